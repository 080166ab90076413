import ActiveInference
import Foundation
import KernelReferences

/// RELIABILITY.md, made of what has been compared.
package enum ReliabilityDocument {
  package static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "RELIABILITY.md")

  package static func text() throws -> String {
    [
      opening, try table(), refused, try values(), kernels(), standing, deviations, bits, gaps,
    ].joined(separator: "\n\n") + "\n"
  }

  private static let opening = """
    # Reliability

    Reliable means here: every number that an agent computes has been computed by somebody else too, and they agree. This page
    says who that is for each algorithm and each option, how closely they agree, and where they are known not to and why.
    It is made by one command from what the tests compare, and a test fails where it is not up to date:

    ```console
    $ .ci/reliability            # compares this page with what is so now
    $ .ci/reliability --update   # writes it
    ```

    Four oracles judge the library:

    - **pymdp 1.0.4** and **pymdp 0.0.7.1**, the published packages. Scripts had them replay agents, most of them random; what
      they computed lies beside the scripts in [Tests/Golden](Tests/Golden/README.md). A difference of more than 1e-9 fails.
    - **SPM**, its `spm_MDP_VB_X.m` run under Octave on models, outcomes and actions that were given; a script lies beside what it
      computed, as above. A difference of more than 1e-9 fails.
    - **Enumeration**: reference code of our own, [Tests/Conformance](Tests/Conformance/BruteForce.swift), plain loops over all
      joint states, all joint outcomes and all policies of small random models, which shares no computation with the library.
      A difference of more than 1e-12 fails.

    Differences are absolute below 1 and relative above.
    """

  // MARK: - The table

  private static func table() throws -> String {
    var lines = [
      "## Every algorithm and option", "",
      "How many cases exercise it, how many numbers of those were compared, beliefs, free energy, every term of expected free",
      "energy, posteriors, choice and counts, and a power of ten that the largest difference is below. A case is an agent that goes",
      "through a record of some steps; it counts in every row whose option it has. A dash: that oracle has no such case.",
    ]
    for section in ConformanceSection.all {
      let heads = Oracle.allCases.map(\.rawValue).joined(separator: " | ")
      lines += [
        "", "### \(section.title)", "", "| | settings | \(heads) |",
        "| --- | --- | --- | --- | --- |",
      ]
      for row in section.rows {
        let cells = Oracle.allCases.map { cell(row.cases(of: $0)) }.joined(separator: " | ")
        lines.append("| \(row.title) | \(settings(row)) | \(cells) |")
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func cell(_ cases: [ConformanceCase]) -> String {
    if cases.isEmpty { return "-" }
    let compared = cases.reduce(0) { $0 + $1.compared }
    let noun = cases.count == 1 ? "case" : "cases"
    return "\(grouped(cases.count)) \(noun), \(grouped(compared)) numbers, "
      + bound(cases.map(\.largest).max() ?? 0)
  }

  /// The settings of a row; of one that takes numbers, which were taken.
  private static func settings(_ row: ConformanceRow) -> String {
    // The preset stands in the title.
    row.settings.filter { !$0.hasPrefix("preset=") }.map { setting in
      let parts = setting.split(separator: "=")
      if parts.count == 2 { return "`\(parts[0]): \(parts[1])`" }
      let numbers = Set(
        Conformance.cases.filter(row.includes).compactMap { $0.value(of: setting)?.double })
      if numbers.isEmpty { return "`\(setting)`" }
      return "`\(setting)` "
        + (numbers.count > 8
          ? "\(plain(numbers.min() ?? 0)) to \(plain(numbers.max() ?? 0))"
          : numbers.sorted().map(plain).joined(separator: ", "))
    }.joined(separator: ", ")
  }

  // Differences are printed as a power of ten that is above them, and none below 1e-12: how the last
  // digits round depends on the C library's logarithm on which the enumeration stands, and on the
  // processor, and this page must be the same everywhere, in debug and in release.
  private static func bound(_ largest: Double) -> String {
    var exponent = 12
    while exponent > 0 && largest >= pow(10, -Double(exponent)) { exponent -= 1 }
    return "1e-\(exponent)"
  }

  // MARK: - What is not in this build

  private static let refused: String = {
    var lines = [
      "## Named by the format and refused by this build", "",
      "`aif.agent/1` has more than this build. What it has not is an error that names it, never accepted and ignored.",
      "",
      "| setting | values |", "| --- | --- |",
    ]
    for setting in AgentConfiguration.settings {
      if !setting.isInBuild {
        lines.append("| `\(setting.path)` | all but the default |")
      } else if !setting.valuesElsewhere.isEmpty {
        let names = setting.valuesElsewhere.map { "`\($0)`" }.joined(separator: ", ")
        lines.append("| `\(setting.path)` | \(names) |")
      }
    }
    return lines.joined(separator: "\n")
  }()

  // MARK: - Numbers

  private static func values() throws -> String {
    var lines = [
      "## Reference values in numbers", "",
      "Numbers that are printed in notebooks and papers or in notes on pymdp, to the digits printed there.",
      "",
      "| | | oracle | its value | ours | difference below |",
      "| --- | --- | --- | --- | --- | --- |",
    ]
    for value in NamedValue.all {
      let digits = max(1, Int((-log10(2 * value.tolerance)).rounded()))
      func shown(_ numbers: [Double]) -> String {
        numbers.map { number in
          // A zero has no sign.
          let text = String(format: "%.\(min(digits, 8))f", number)
          return Double(text) == 0 ? String(text.drop { $0 == "-" }) : text
        }.joined(separator: ", ")
      }
      lines.append(
        "| \(value.name) | \(value.what) | \(value.oracle.rawValue) | \(shown(value.expected)) "
          + "| \(shown(try value.measure())) | \(plain(value.tolerance)) |")
    }
    lines += [
      "",
      "G2, the counts that the bandit gains, has a test of its own, and so has G7's chain smoothed exactly.",
    ]
    return lines.joined(separator: "\n")
  }

  // MARK: - Kernels

  private static func kernels() -> String {
    var lines = [
      "## Elementary functions", "",
      "Against references rounded from 300 bits with mpmath, `Tests/KernelsTests/References`, over the whole range of doubles. The",
      "bits are the same on every processor, and so are the errors.", "",
      "| | references | allowed | largest error |", "| --- | --- | --- | --- |",
    ]
    for kernel in KernelReferences.all {
      let (count, worst) = (
        (try? kernel.references().count) ?? 0, (try? kernel.worst().error) ?? .nan
      )
      lines.append(
        "| \(kernel.name) | \(grouped(count)) | \(plain(kernel.allowed)) ulp | "
          + String(format: "%.1f ulp |", (10 * worst).rounded(.up) / 10))
    }
    return lines.joined(separator: "\n")
  }

  // MARK: - What else is held

  private static let standing: String =
    ([
      "## The same by other ways", "",
      "Options that must change nothing, and what has a closed form. Each has a test, named last.",
      "",
      "| | compared with | difference allowed | test |", "| --- | --- | --- | --- |",
    ]
    + StandingCheck.all.map {
      "| \($0.what) | \($0.judge) | \($0.tolerance) | \"\($0.test)\" |"
    }).joined(separator: "\n")

  private static let deviations: String =
    ([
      "## Every known deviation", "",
      "Q are the defects of pymdp 1.0.4 that we know, D whatever else differs from a reference. \"Kept\" means that a preset reproduces",
      "it. A test shows each, named last.", "",
      "| | what the reference does | here | test |", "| --- | --- | --- | --- |",
    ]
    + Deviation.all.map { "| \($0.id) | \($0.what) | \($0.here) | \"\($0.test)\" |" })
    .joined(separator: "\n")

  private static let bits = """
    ## Bits

    - The same input gives the same bits, whatever the number of threads, the lanes, the savings, and whoever steps beside whom.
    - exp, log and digamma are our own and give the same bits on every x86-64 processor. So does a step, but for matrices of 128 rows
      and columns and more: those are multiplied by OpenBLAS, whose kernels differ by processor type. Across types such a step agrees
      to 1e-12; on one type its bits are the same.
    - A trace is verified to the same bits by `./aif verify`; `--tolerance` is for traces from another processor type.
    """

  private static let gaps = """
    ## What is not covered

    - Models of many states and long horizons: enumeration goes up to 18 joint states, 72 where tables are sparse, and horizons of 3,
      the fixtures up to some hundred. Beyond, the same code is only compared with itself.
    - pymdp's random choices, its batches, its environments as programs (their tables are compared beside each environment), and
      `jax` in single precision.
    - What this build refuses, above, vmp and mmp of `window.json` among it.
    - SPM: none of its numbers is in the repository but those that pymdp 0.0.7.1 shares.
    - Processors other than x86-64.
    """

  // MARK: - Words

  /// 1,234,567.
  private static func grouped(_ number: Int) -> String {
    var digits = String(number)
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
      place -= 3
    }
    return digits
  }

  /// 16 and 0.25, without a point that nothing follows.
  private static func plain(_ number: Double) -> String { String(format: "%g", number) }
}
