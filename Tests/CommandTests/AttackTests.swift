import Foundation
import Testing

/// Nothing that others lay in the way of a run makes it write, read or execute what it should not.
@Suite(.serialized) struct AttackTests {
  private static let isRoot = geteuid() == 0
  private static let possible = Attack.all.filter { isRoot || !$0.needsRoot }

  @Test(arguments: possible)
  func comesToNothing(attack: Attack) throws {
    let folder = try AttackedFolder()
    try attack.prepare(folder)
    let environment = attack.environment.mapValues {
      $0.replacing("$FOLDER", with: folder.path)
    }
    let run = try CommandRun.run(
      attack.launcher + [CommandRun.binary] + attack.words, environment: environment,
      in: folder.path, seconds: 30)
    #expect(!run.isBroken, "\(run.exitCode) \(run.errors)")
    switch attack.outcome {
    case .harmless:
      #expect(run.exitCode == 0, "\(run.errors)\(run.output)")
    case .refused(let code, let message):
      #expect(run.exitCode == code, "\(run.errors)\(run.output)")
      #expect(run.errors.contains(message), "\(run.errors)")
    }
    #expect(
      !(run.errors + run.output).unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
    #expect(try folder.harm() == nil)
  }

  @Test func thereAreFortyAtLeast() {
    #expect(Attack.all.count(where: { !$0.needsRoot }) >= 40)
  }

  /// The subject: a folder without a trap in it, and one in which harm is done.
  @Test func harmIsNoticed() throws {
    let folder = try AttackedFolder()
    #expect(try folder.harm() == nil)
    try folder.write("", to: "a/pwned")
    #expect(try folder.harm() == "a/pwned was made")
    try folder.job.remove("a/pwned")
    try folder.job.remove("victim/gen-000000000010/shard-00000.h5")
    #expect(try folder.harm() != nil)
  }

  /// A name of the user's reaches no compiler, nor does a number.
  @Test func generatedCodeHoldsNothingOfTheUsers() throws {
    let words = [
      "zanzibar", "yggdrasil", "quixotic", "ombudsman", "labyrinth", "jabberwock", "gossamer",
      "wyvern", "7.654321", "0.123456789",
    ]
    let folder = try JobFolder(
      """
      constants: {zanzibar: 7.654321 mV}
      simulation: {duration: 1 ms}
      models:
        yggdrasil:
          equations: |
            dquixotic/dt = (zanzibar - quixotic)/(0.123456789*ms) : volt
            ombudsman : 1
            labyrinth = quixotic*ombudsman : volt
          spike: {threshold: labyrinth > 15*mV, reset: quixotic = 0*mV}
          events: {jabberwock: {condition: ombudsman > 3, action: ombudsman = 0}}
      populations: {gossamer: {model: yggdrasil, size: 2}}
      projections: {wyvern: {source: gossamer, target: gossamer, connect: all_to_all, on_pre: ombudsman += 1}}

      """)
    let show = try CommandRun.coppice(["show", "job.yaml", "--kernel"], in: folder.path)
    try #require(show.exitCode == 0, "\(show.errors)")
    try #require(show.output.contains("coppice_kernel"), "no kernel: \(show.output.prefix(200))")
    // The command names the population above its kernel.
    let code = show.output.split(separator: "\n").filter { !$0.hasPrefix("// population ") }
      .joined(separator: "\n")
    for word in words { #expect(!code.contains(word), "\(word)") }
    let job = try String(contentsOfFile: folder.path + "/job.yaml", encoding: .utf8)
    for word in words { #expect(job.contains(word)) }
  }

  private static let canTrace =
    (try? CommandRun.run(["strace", "-f", "-e", "execve", "true"]))?.exitCode == 0

  @Test(.enabled(if: canTrace))
  func noShellIsRun() throws {
    let folder = try JobFolder()
    let run = try CommandRun.run(
      ["strace", "-f", "-qq", "-e", "trace=execve", "-o", "trace", CommandRun.binary]
        + Attack.compiledRun, in: folder.path)
    try #require(run.exitCode == 0, "\(run.errors)")
    let trace = try String(contentsOfFile: folder.path + "/trace", encoding: .utf8)
    // What strace tells in two lines, for another process spoke meanwhile, has no result in the first.
    let programs = trace.split(separator: "\n").filter {
      $0.contains("execve(\"") && !$0.contains(" = -1 ")
    }.compactMap { $0.split(separator: "\"").dropFirst().first.map { String($0) } }
    let names = programs.compactMap { $0.split(separator: "/").last.map { String($0) } }
    #expect(names.contains { $0.contains("cc1") }, "a compiler was run: \(names)")
    #expect(!names.contains { ["sh", "bash", "dash", "env"].contains($0) }, "\(names)")
  }
}
