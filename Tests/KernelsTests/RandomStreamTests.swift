import Kernels
import Testing

@Suite("Random streams")
struct RandomStreamTests {
  @Test("Philox4x64-10 gives the known answers of Random123")
  func knownAnswers() {
    let ones = UInt64.max
    #expect(
      Philox4x64.block(counter: (0, 0, 0, 0), key: (0, 0)) == (
        0x1655_4d9e_ca36_314c, 0xdb20_fe9d_672d_0fdc,
        0xd7e7_72ce_e186_176b, 0x7e68_b68a_ec7b_a23b
      ))
    #expect(
      Philox4x64.block(counter: (ones, ones, ones, ones), key: (ones, ones)) == (
        0x87b0_92c3_013f_e90b, 0x438c_3c67_be8d_0224,
        0x9cc7_d7c6_9cd7_77b6, 0xa09c_aebf_594f_0ba0
      ))
    #expect(
      Philox4x64.block(
        counter: (
          0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344,
          0xa409_3822_299f_31d0, 0x082e_fa98_ec4e_6c89
        ), key: (0x4528_21e6_38d0_1377, 0xbe54_66cf_34e9_0c6c)) == (
          0xa528_f454_03e6_1d95, 0x38c7_2dbd_566e_9788,
          0xa5a1_610e_72fd_18b5, 0x57bd_43b5_e52b_7fe6
        ))
  }

  @Test("a stream walks the blocks of its address, word by word")
  func layout() {
    var random = RandomStream(seed: 7, episode: 5, step: 3, purpose: .outcome, index: 2)
    for block in 0..<3 as Range<UInt64> {
      let words = Philox4x64.block(counter: (block, 3 << 32 | 2, 3, 5), key: (7, 0))
      #expect(random.next() == words.0)
      #expect(random.next() == words.1)
      #expect(random.next() == words.2)
      #expect(random.next() == words.3)
    }
  }

  @Test("words that are passed over leave the others what they are")
  func skipping() {
    var whole = stream()
    let words = (0..<40).map { _ in whole.next() }
    for pattern in 0..<64 as Range<UInt64> {
      var random = stream()
      for place in words.indices {
        // Runs of several lengths, so that whole blocks are passed over too.
        if pattern >> UInt64(place / 3 % 6) & 1 == 1 {
          random.skip()
        } else {
          #expect(random.next() == words[place])
        }
      }
    }
  }

  @Test("any draw is had by its number, without those before it")
  func addressedDraws() {
    var whole = stream()
    let words = (0..<200).map { _ in whole.next() }
    for (number, word) in words.enumerated() {
      var random = stream()
      for _ in 0..<number { random.skip() }
      #expect(random.next() == word, "draw \(number)")
    }
  }

  @Test("no two addresses share a counter, whatever the purpose, index, step, episode and draw")
  func distinctCounters() {
    // Under one key Philox is a bijection: blocks are distinct if and only if counters are.
    struct Block: Hashable {
      let words: SIMD4<UInt64>
    }
    let places: [UInt64] = [0, 1, 2, 3, 1 << 32, .max]
    let indices: [UInt32] = [0, 1, 2, 63, .max]
    var blocks: Set<Block> = []
    var count = 0
    for purpose in RandomStream.Purpose.allCases {
      for index in indices {
        for step in places {
          for episode in places {
            var random = RandomStream(
              seed: 7, episode: episode, step: step, purpose: purpose, index: index)
            for _ in 0..<4 {
              let words = SIMD4(random.next(), random.next(), random.next(), random.next())
              blocks.insert(Block(words: words))
              count += 1
            }
          }
        }
      }
    }
    #expect(blocks.count == count)
    #expect(count == RandomStream.Purpose.allCases.count * 5 * 36 * 4)
  }

  @Test("the same address gives the same numbers, and a copy goes its own way")
  func addressed() {
    var one = stream()
    var two = stream()
    #expect(one.next() == two.next())
    var fork = one
    let ahead = (0..<5).map { _ in fork.next() }
    #expect((0..<5).map { _ in one.next() } == ahead)
    #expect((0..<5).map { _ in two.next() } == ahead)
  }

  @Test("a change of any part of the address gives unrelated numbers")
  func independence() {
    let streams = [
      RandomStream(seed: 1, episode: 1, step: 1, purpose: .transition, index: 1),
      RandomStream(seed: 2, episode: 1, step: 1, purpose: .transition, index: 1),
      RandomStream(seed: 1, episode: 2, step: 1, purpose: .transition, index: 1),
      RandomStream(seed: 1, episode: 1, step: 2, purpose: .transition, index: 1),
      RandomStream(seed: 1, episode: 1, step: 1, purpose: .outcome, index: 1),
      RandomStream(seed: 1, episode: 1, step: 1, purpose: .transition, index: 2),
    ]
    let count = 4096
    let numbers = streams.map { start in
      var random = start
      return (0..<count).map { _ in random.nextUnit() - 0.5 }
    }
    for i in numbers.indices {
      #expect(Set(numbers[i]).count == count)
      for j in 0..<i {
        // The product of two centred uniforms has variance 1/144.
        let mean = zip(numbers[i], numbers[j]).map(*).reduce(0, +) / Double(count)
        #expect(abs(mean) <= 4.5 / 12 / Double(count).squareRoot(), "\(i) and \(j): \(mean)")
      }
    }
  }

  @Test("units lie in [0, 1) and fill it evenly")
  func units() {
    var random = stream()
    var bins = [Int](repeating: 0, count: 64)
    let count = 64_000
    for _ in 0..<count {
      let unit = random.nextUnit()
      #expect(unit >= 0 && unit < 1)
      bins[Int(unit * 64)] += 1
    }
    let expected = Double(count) / 64
    let chi = bins.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    // 63 degrees of freedom: mean 63, standard deviation 11.2.
    #expect(abs(chi - 63) <= 4 * 11.2, "\(chi)")
  }

  @Test("it serves the standard library's random functions")
  func standardLibrary() {
    var random = stream()
    #expect((1...6).contains(Int.random(in: 1...6, using: &random)))
    #expect((0..<10).shuffled(using: &random).sorted() == Array(0..<10))
  }
}
