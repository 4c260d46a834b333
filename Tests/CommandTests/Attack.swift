import Foundation
import Testing

/// Something that someone who means harm, or a mishap that looks like it, does around a command.
struct Attack: Sendable, CustomTestStringConvertible {
  /// What must come of it.
  enum Outcome: Sendable {
    /// The exit code, and a part of the message.
    case refused(Int32, String)
    /// The command does its work as if nothing had happened.
    case harmless
  }

  var name: String
  var outcome: Outcome
  /// The words behind `coppice`.
  var words: [String] = Attack.run
  var environment: [String: String] = [:]
  /// Only root can be someone else.
  var needsRoot = false
  /// What comes before the command, such as a change of the user.
  var launcher: [String] = []
  /// Lays the trap, in the folder in which the command runs.
  var prepare: @Sendable (AttackedFolder) throws -> Void = { _ in }

  var testDescription: String { name }

  /// The command that most attacks are aimed at.
  static let run = ["run", "job.yaml", "--output", "result", "--backend", "portable"]
  static let compiledRun = ["run", "job.yaml", "--output", "result", "--backend", "compiled"]
}

/// A folder with a job, and beside it what an attack must not touch.
struct AttackedFolder {
  let job: JobFolder
  var path: String { job.path }

  init() throws {
    job = try JobFolder()
    for (name, text) in AttackedFolder.victim { try write(text, to: name) }
  }

  /// What belongs to the user and is no run's business: a file, and checkpoints of another run.
  private static let victim = [
    "victim/precious": "years of work\n",
    "victim/gen-000000000010/shard-00000.h5": "another run's state\n",
    "victim/step-000000000000.rank-00000.h5": "another run's output\n",
  ]

  func write(_ text: String, to name: String, mode: Int = 0o644) throws {
    let url = URL(filePath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
    try setMode(mode, of: name)
  }

  func makeDirectory(_ name: String, mode: Int = 0o755) throws {
    try FileManager.default.createDirectory(
      atPath: path + "/" + name, withIntermediateDirectories: true)
    try setMode(mode, of: name)
  }

  func setMode(_ mode: Int, of name: String) throws {
    try FileManager.default.setAttributes(
      [.posixPermissions: mode], ofItemAtPath: path + "/" + name)
  }

  /// Makes a file or directory someone else's.
  func give(_ name: String) throws {
    try #require(chown(path + "/" + name, 12_345, 12_345) == 0)
  }

  /// A symbolic link to something of the victim.
  func link(_ name: String, to target: String = "victim/precious") throws {
    try FileManager.default.createDirectory(
      at: URL(filePath: path + "/" + name).deletingLastPathComponent(),
      withIntermediateDirectories: true)
    try #require(symlink(path + "/" + target, path + "/" + name) == 0)
  }

  /// A second name of the victim's file.
  func hardLink(_ name: String) throws {
    try makeDirectory("result")
    try #require(Glibc.link(path + "/victim/precious", path + "/" + name) == 0)
  }

  func pipe(_ name: String) throws { try #require(mkfifo(path + "/" + name, 0o600) == 0) }

  /// Runs the job up to a checkpoint.
  func stopRun() throws {
    let run = try CommandRun.coppice(
      Attack.run, environment: ["COPPICE_STOP_AT": "50"], in: path)
    try #require(run.exitCode == 75, "\(run.errors)")
  }

  /// A program that would show that it was run.
  func plantProgram(_ name: String) throws {
    try write("#!/bin/sh\ntouch '\(path)/pwned'\nexit 1\n", to: name, mode: 0o755)
  }

  /// What was harmed; `nil`: nothing.
  func harm() throws -> String? {
    for (name, text) in AttackedFolder.victim {
      guard let data = FileManager.default.contents(atPath: path + "/" + name),
        String(decoding: data, as: UTF8.self) == text
      else { return "\(name) is not what it was" }
    }
    let files = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    let isStrange = { (name: String) in name.split(separator: "/").last?.hasPrefix("pwned") == true
    }
    return files.first(where: isStrange).map { "\($0) was made" }
  }
}
