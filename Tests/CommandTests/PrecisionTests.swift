import Foundation
import Testing

/// Runs in single precision on the command line: what they tell, need and find.
@Suite struct PrecisionTests {
  private static let active = CommandRun.package.path + "/jobs/scalability/recurrent.yaml"

  private func run(_ precision: String, in folder: TemporaryFolder) throws -> RunFile {
    let out = folder.path + "/" + precision
    let run = try CommandRun.coppice([
      "run", PrecisionTests.active, "--output", out, "--threads", "1", "--log-level", "error",
      "--set", "constants.neurons=1000", "--set", "simulation.duration=200 ms",
      "--set", "simulation.precision=\(precision)",
    ])
    try #require(run.exitCode == 0, "\(run.errors)")
    let data = try Data(contentsOf: URL(filePath: out + "/run.json"))
    return try JSONDecoder().decode(RunFile.self, from: data)
  }

  private struct RunFile: Decodable {
    var precision: String
    var spikes: [String: Int]
  }

  /// The paper's recurrent network fires as much: the same input, and a difference of far less than
  /// chance makes between seeds.
  @Test func aNetworkFiresAsMuchAsInDoublePrecision() throws {
    let folder = try TemporaryFolder()
    let (double, single) = (try run("double", in: folder), try run("single", in: folder))
    #expect(double.precision == "double")
    #expect(single.precision == "single")
    let (a, b) = (Double(double.spikes["pyr"] ?? 0), Double(single.spikes["pyr"] ?? 0))
    try #require(a > 500)
    #expect(abs(a - b) < 2 * a.squareRoot())
    #expect(double.spikes["x"] == single.spikes["x"], "the input is drawn in f64")
    let inspection = try CommandRun.coppice(["inspect", folder.path + "/single"])
    #expect(inspection.output.contains("single"))
  }

  @Test func lessMemoryIsForeseen() throws {
    func megabytes(_ precision: String) throws -> Double {
      let check = try CommandRun.coppice([
        "check", PrecisionTests.active, "--set", "constants.neurons=1000000",
        "--set", "simulation.precision=\(precision)",
      ])
      #expect(check.exitCode == 0, "\(check.errors)")
      let line = check.output.split(separator: "\n").map { $0.split(separator: " ") }
        .first { $0.first == "state" && $0.last == "MB" }
      return try #require(line.flatMap { Double($0[1]) }, "\(check.output)")
    }
    #expect(try megabytes("single") < 0.75 * megabytes("double"))
  }
}
