import Foundation

/// The command line under test, run as users run it.
struct CommandRun {
  var exitCode: Int32
  var output: String
  var errors: String

  /// The package's folder.
  static let package: URL = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// `COPPICE_BINARY`, or what the debug build has left.
  static let binary: String =
    ProcessInfo.processInfo.environment["COPPICE_BINARY"].map {
      $0.hasPrefix("/") ? $0 : package.path + "/" + $0
    } ?? package.path + "/.build/debug/coppice"

  static func fixture(_ name: String) -> String {
    package.path + "/Tests/CommandTests/Fixtures/" + name
  }

  /// Runs `coppice`, under `mpirun` when `ranks` is given.
  ///
  /// - Parameter seconds: after which it counts as hanging and is killed.
  static func coppice(
    _ words: [String], ranks: Int? = nil, environment: [String: String] = [:],
    in folder: String? = nil, seconds: Double = 120, signals: [Signal] = []
  ) throws -> CommandRun {
    var command = [binary] + words
    if let ranks {
      command =
        [
          "mpirun", "--oversubscribe", "--bind-to", "none", "--allow-run-as-root", "-np",
          "\(ranks)",
        ] + command
    }
    return try run(
      command, environment: environment, in: folder, seconds: seconds, signals: signals)
  }

  static func run(
    _ command: [String], environment: [String: String] = [:], in folder: String? = nil,
    seconds: Double = 120, signals: [Signal] = []
  ) throws -> CommandRun {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    // A test runs on a thread that blocks signals, and processes inherit that.
    process.arguments = ["--default-signal=USR1,USR2,TERM,INT"] + command
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.currentDirectoryURL = folder.map { URL(filePath: $0) } ?? package
    let scratch = try TemporaryFolder()
    let outputFile = scratch.path + "/output"
    let errorFile = scratch.path + "/errors"
    for file in [outputFile, errorFile] {
      _ = FileManager.default.createFile(atPath: file, contents: nil)
    }
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: outputFile))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: errorFile))
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let deadline = Date(timeIntervalSinceNow: seconds)
    var waiting = signals[...]
    while process.isRunning, Date() < deadline {
      usleep(2000)
      guard let signal = waiting.first,
        (try? signal.moment(outputFile)) == true
      else { continue }
      kill(process.processIdentifier, signal.number)
      waiting.removeFirst()
    }
    if process.isRunning {
      process.terminate()
      usleep(300_000)
      kill(process.processIdentifier, SIGKILL)
    }
    process.waitUntilExit()
    let status = process.terminationStatus
    let code = process.terminationReason == .exit ? status : -status
    return CommandRun(
      exitCode: code, output: try String(contentsOfFile: outputFile, encoding: .utf8),
      errors: try String(contentsOfFile: errorFile, encoding: .utf8))
  }
}

/// A signal that a command gets while it runs.
struct Signal {
  var number: Int32
  /// Whether it is time: gets the path of the file that takes the command's output.
  var moment: (String) throws -> Bool

  /// Once an output directory holds a checkpoint that is none of `other`.
  static func afterGeneration(in output: String, other: [String], _ number: Int32) -> Signal {
    Signal(number: number) { _ in
      let names = try? FileManager.default.contentsOfDirectory(atPath: output + "/checkpoints")
      return names?.contains { $0.hasPrefix("gen-") && !other.contains($0) } ?? false
    }
  }

  /// So long after the beginning.
  static func at(seconds: Double, _ number: Int32) -> Signal {
    let time = Date(timeIntervalSinceNow: seconds)
    return Signal(number: number) { _ in Date() >= time }
  }
}

/// A folder that goes with the value that owns it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(
      path: "coppice-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
