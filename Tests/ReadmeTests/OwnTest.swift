import ActiveInference
import BeliefTesting
import Testing

@Test("In my maze the agent believes what it believed when its golden was recorded")
func beliefsAreThoseRecorded() throws {
  try checkGolden("my-maze", Trace.recorded(of: makeMaze(), steps: 10))
}
