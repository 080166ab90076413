import ActiveInference
import Conformance
import Testing

@Suite("Options of an agent") struct OptionTests {
  @Test("fixtures and random models are there for every oracle", arguments: Oracle.allCases)
  func oracles(oracle: Oracle) {
    #expect(Conformance.cases.contains { $0.oracle == oracle })
  }
}
