import Foundation
import Testing

@testable import Kernels

/// A directory for one test, and scripts in it that play the compiler.
private struct Workshop: ~Copyable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("coppice tests; $(false) \(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Makes an executable script; `$out` is the path after `-o`.
  func script(_ name: String, _ body: String) throws -> String {
    let file = path + "/" + name
    let text = """
      #!/bin/sh
      for last; do test "$previous" = -o && out="$last"; previous="$last"; done
      \(body)
      """
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    return file
  }

  /// What stands in the directory for temporary files, scripts and their notes apart.
  func leftovers() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasPrefix("coppice-") }
  }

  func note(_ name: String) throws -> String {
    try String(contentsOfFile: path + "/" + name, encoding: .utf8)
  }

  func compiler(_ cc: String, isa: String? = nil) throws -> KernelCompiler {
    var environment = ["COPPICE_CC": cc, "PATH": "/usr/bin:/bin", "TMPDIR": path]
    environment["COPPICE_ISA"] = isa
    environment["CPATH"] = "/poisoned"
    return try KernelCompiler(environment: environment)
  }
}

@Suite struct CompilerTests {
  @Test func failingCompilerIsAnErrorThatNamesIt() throws {
    let workshop = try Workshop()
    let compiler = try workshop.compiler("/bin/false")
    let error = #expect(throws: CompilationError.self) {
      try compiler.compile([try WrittenActiveModel.program])
    }
    #expect(
      error
        == .compilerFailed(compiler: "/bin/false", ending: "ended with status 1", output: ""))
    #expect(try workshop.leftovers().isEmpty)
  }

  @Test func messagesOfTheCompilerReachTheError() throws {
    let workshop = try Workshop()
    let script = try workshop.script("cc", "echo to stdout; echo no such target >&2; exit 3")
    let compiler = try workshop.compiler(script)
    let error = #expect(throws: CompilationError.self) {
      try compiler.compile([try WrittenActiveModel.program])
    }
    let text = try #require(error?.description)
    #expect(text.contains("status 3"))
    #expect(text.contains("to stdout\nno such target"))
  }

  @Test func compilerKilledBySignalIsAnError() throws {
    let workshop = try Workshop()
    let compiler = try workshop.compiler(try workshop.script("cc", "kill -9 $$"))
    let error = #expect(throws: CompilationError.self) {
      try compiler.compile([try WrittenActiveModel.program])
    }
    #expect(error?.description.contains("killed by signal 9") == true)
  }

  @Test(arguments: ["no-such-compiler", "/no/such/compiler", "./cc", "bin/cc", "/tmp"])
  func missingCompilerIsAnErrorThatSaysWhatToDo(name: String) throws {
    let workshop = try Workshop()
    let error = #expect(throws: CompilationError.self) { try workshop.compiler(name) }
    #expect(error == .noCompiler(searched: [name]))
    #expect(error?.description.contains("COPPICE_CC") == true)
  }

  @Test func relativeEntriesOfThePathAreNotSearched() throws {
    let error = #expect(throws: CompilationError.self) {
      try KernelCompiler(environment: ["PATH": ".:bin::"])
    }
    #expect(error == .noCompiler(searched: ["cc", "gcc", "clang"]))
  }

  @Test func compilerThatHangsIsStoppedWithItsChildren() throws {
    let workshop = try Workshop()
    let script = try workshop.script("cc", "sleep 600 & echo $! > \"${0%/*}/child\"; wait")
    var compiler = try workshop.compiler(script)
    compiler.timeLimit = 0.5
    let clock = ContinuousClock()
    let start = clock.now
    let error = #expect(throws: CompilationError.self) {
      try compiler.compile([try WrittenActiveModel.program])
    }
    #expect(clock.now - start < .seconds(20))
    #expect(error == .compilerTimedOut(compiler: script, seconds: 0.5))
    let child = try #require(
      Int32(try workshop.note("child").trimmingCharacters(in: .whitespacesAndNewlines)))
    var isGone = false
    for _ in 0..<100 where !isGone {
      isGone = !Self.isRunning(child)
      if !isGone { Thread.sleep(forTimeInterval: 0.02) }
    }
    #expect(isGone)
    #expect(try workshop.leftovers().isEmpty)
  }

  /// Whether a process exists and is no zombie.
  private static func isRunning(_ process: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    else { return false }
    return !status.contains(") Z ")
  }

  @Test func compilerWithoutOutputIsAnError() throws {
    let workshop = try Workshop()
    let compiler = try workshop.compiler("/bin/true")
    let error = #expect(throws: CompilationError.self) {
      try compiler.compile([try WrittenActiveModel.program])
    }
    #expect(error?.description.contains("left no output") == true)
  }

  @Test func argumentsPassNoShellAndTheEnvironmentIsClean() throws {
    let workshop = try Workshop()
    let script = try workshop.script(
      "c;c $(touch pwned)",
      """
      printf '%s\\n' "$@" > "${0%/*}/arguments"; env > "${0%/*}/environment"
      stat -c %a "${out%/*}" > "${0%/*}/mode"
      echo lib > "$out"
      """)
    let compiler = try workshop.compiler(script)
    #expect(compiler.path == script)
    let libraries = try compiler.compile([try WrittenActiveModel.program])
    #expect(libraries == [Array("lib\n".utf8)])
    let arguments = try workshop.note("arguments").split(separator: "\n")
    #expect(arguments.contains("-ffp-contract=off"))
    #expect(arguments.contains { $0.hasPrefix(workshop.path) && $0.hasSuffix(".c") })
    #expect(!arguments.contains { $0.contains("fast-math") || $0.contains("march=native") })
    let environment = try workshop.note("environment")
    #expect(environment.contains("PATH=/usr/bin:/bin"))
    #expect(!environment.contains("CPATH"))
    #expect(try workshop.note("mode") == "700\n")
    #expect(try workshop.leftovers().isEmpty)
  }

  /// Where others could exchange what was compiled before it is loaded, nothing is.
  @Test(arguments: [0o777, 0o775, 0o773])
  func nothingIsCompiledWhereOthersMayRenameFiles(mode: Int) throws {
    let workshop = try Workshop()
    let compiler = try workshop.compiler(try workshop.script("cc", "echo lib > \"$out\""))
    let manager = FileManager.default
    try manager.setAttributes([.posixPermissions: mode], ofItemAtPath: workshop.path)
    let error = #expect(throws: CompilationError.self) {
      try compiler.compile([try WrittenActiveModel.program])
    }
    #expect(error?.description.contains("others may rename what is in it") == true)
    #expect(try workshop.leftovers().isEmpty)
    // As /tmp is: entries stay with their owners.
    try manager.setAttributes([.posixPermissions: mode | 0o1000], ofItemAtPath: workshop.path)
    #expect(try compiler.compile([try WrittenActiveModel.program]) == [Array("lib\n".utf8)])
  }

  /// What lies where a library was to come is read only if it is a file of this user's alone.
  @Test(arguments: [
    "ln -s /etc/passwd \"$out\"", "mkfifo \"$out\"", "mkdir \"$out\"",
    "echo lib > \"$out\"; chmod o+w \"$out\"",
  ])
  func anOutputThatIsNoFileOfOursIsRefused(body: String) throws {
    let workshop = try Workshop()
    let compiler = try workshop.compiler(try workshop.script("cc", body))
    #expect(throws: CompilationError.self) {
      try compiler.compile([try WrittenActiveModel.program])
    }
    #expect(try workshop.leftovers().isEmpty)
  }

  @Test func privateDirectoryGoesWithAllThatIsInIt() throws {
    let workshop = try Workshop()
    let path: String
    do {
      let directory = try PrivateDirectory(in: workshop.path)
      path = directory.path
      try FileManager.default.createDirectory(
        atPath: path + "/a/b", withIntermediateDirectories: true)
      try "x".write(toFile: path + "/a/b/c", atomically: false, encoding: .utf8)
      try FileManager.default.createSymbolicLink(
        atPath: path + "/link", withDestinationPath: "/usr")
      try #require(FileManager.default.fileExists(atPath: path + "/a/b/c"))
    }
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(FileManager.default.fileExists(atPath: "/usr/bin"))
  }

  @Test func likeStructuresAreCompiledOnce() throws {
    let workshop = try Workshop()
    let script = try workshop.script(
      "cc", "echo run >> \"${0%/*}/runs\"; echo \"${out##*/}\" > \"$out\"")
    let compiler = try workshop.compiler(script)
    let active = try WrittenActiveModel.program
    var other = active
    other.uniforms = other.uniforms.map { _ in .value(7) }
    var passive = active
    passive.ports = []
    var silent = passive
    silent.reset = Section()
    let libraries = try compiler.compile([active, passive, other, silent, passive])
    #expect(
      libraries.map { String(decoding: $0, as: UTF8.self) }
        == ["0.so\n", "1.so\n", "0.so\n", "2.so\n", "1.so\n"])
    #expect(try workshop.note("runs").split(separator: "\n").count == 3)
  }

  @Test func oneFailureAmongManyIsReported() throws {
    let workshop = try Workshop()
    let script = try workshop.script(
      "cc", "case \"$out\" in */1.so) sleep 0.2; exit 4;; esac; echo ok > \"$out\"")
    var compiler = try workshop.compiler(script)
    compiler.concurrency = 3
    let active = try WrittenActiveModel.program
    var passive = active
    passive.ports = []
    var silent = passive
    silent.reset = Section()
    let error = #expect(throws: CompilationError.self) {
      try compiler.compile([active, passive, silent])
    }
    #expect(error?.description.contains("status 4") == true)
    #expect(try workshop.leftovers().isEmpty)
  }

  @Test func bytesThatAreNoKernelAreRefused() throws {
    #expect(throws: CompilationError.self) { try CompiledKernel(library: []) }
    #expect(throws: CompilationError.self) { try CompiledKernel(library: Array("lib".utf8)) }
  }

  @Test func instructionSetCanBeLoweredOnly() throws {
    let workshop = try Workshop()
    let widest = InstructionSet.ofThisProcessor
    #expect(try workshop.compiler("/bin/true").instructionSet == widest)
    #expect(try workshop.compiler("/bin/true", isa: "baseline").instructionSet == .baseline)
    #expect(throws: CompilationError.self) { try workshop.compiler("/bin/true", isa: "fastest") }
    for set in InstructionSet.allCases where set > widest {
      #expect(throws: CompilationError.self) {
        try workshop.compiler("/bin/true", isa: set.rawValue)
      }
    }
  }
}
