internal import Glibc
internal import KernelABI

/// The system's C compiler, as a maker of kernels.
///
/// It is run without a shell, in a cleaned environment, in a private directory that is removed
/// afterwards, under a limit of time. Nothing is cached.
package struct KernelCompiler: Sendable {
  /// Its absolute path.
  package let path: String
  /// What kernels are compiled for.
  package let instructionSet: InstructionSet
  /// Lanes (f64) that advance together: those of the instruction set. Any other of 2, 4 and 8 is
  /// emulated, slowly and with the same results.
  package var width: Int
  /// What kernels are laid out for.
  package var visits = VisitLength.long
  /// Wall time (s) after which a compiler is killed.
  package var timeLimit = 60.0
  /// Compilers that run at the same time.
  package var concurrency = 2

  private let temporaryDirectory: String?
  private let childEnvironment: [String]

  /// Names looked for where `COPPICE_CC` is not set.
  private static let names = ["cc", "gcc", "clang"]

  /// Finds the compiler: `COPPICE_CC` (an absolute path, or a name in `PATH`), or else cc, gcc or
  /// clang. `COPPICE_ISA` (avx512, avx2, baseline) lowers the instruction set.
  package init() throws(CompilationError) {
    var environment: [String: String] = [:]
    for name in ["COPPICE_CC", "COPPICE_ISA", "PATH", "TMPDIR", "LD_LIBRARY_PATH"] {
      if let value = getenv(name) { environment[name] = String(cString: value) }
    }
    try self.init(environment: environment)
  }

  /// As `init()`, in another environment.
  package init(environment: [String: String]) throws(CompilationError) {
    let wished = environment["COPPICE_CC"].flatMap { $0.isEmpty ? nil : $0 }
    let names = wished.map { [$0] } ?? Self.names
    // Relative entries of PATH would mean whatever directory a job was started in.
    let directories = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
      .filter { $0.hasPrefix("/") }.map(String.init)
    guard let path = names.lazy.compactMap({ Self.find($0, in: directories) }).first else {
      throw .noCompiler(searched: names)
    }
    self.path = path
    instructionSet = try .wished(environment["COPPICE_ISA"])
    width = instructionSet.width
    temporaryDirectory = environment["TMPDIR"]
    var child = ["PATH=" + directories.joined(separator: ":"), "LC_ALL=C"]
    if let libraries = environment["LD_LIBRARY_PATH"] {
      child.append("LD_LIBRARY_PATH=" + libraries)
    }
    childEnvironment = child
  }

  private static func find(_ name: String, in directories: [String]) -> String? {
    let candidates =
      name.hasPrefix("/")
      ? [name] : name.contains("/") ? [] : directories.map { $0 + "/" + name }
    return candidates.first { candidate in
      var status = stat()
      return stat(candidate, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        && access(candidate, X_OK) == 0
    }
  }

  /// The C text that is compiled for a program.
  ///
  /// gcc is told to order instructions before it allots registers, so that the polynomials of several
  /// compartments overlap; other compilers do not know the pragma and do so by themselves.
  package func translationUnit(of program: Program) -> String {
    let emulation = width == instructionSet.width ? "" : "#define COPPICE_ISA_GENERIC 1\n"
    return """
      #pragma GCC optimize ("schedule-insns", "sched-pressure")
      #define COPPICE_WIDTH \(width)
      \(emulation)\(String(cString: coppice_kernel_abi_source()))
      \(String(cString: coppice_kernel_math_source()))
      \(program.precision == .single ? String(cString: coppice_single_math_source()) : "")
      \(CEmitter.source(of: program, width: width, visits: visits))
      """
  }

  /// Compiles programs, each structure once.
  ///
  /// - Returns: For each program the bytes of a shared library, for `CompiledKernel`.
  package func compile(_ programs: [Program]) throws(CompilationError) -> [[UInt8]] {
    var texts: [String] = []
    var places: [String: Int] = [:]
    let placeOfProgram = programs.map { program in
      let text = translationUnit(of: program)
      if let place = places[text] { return place }
      places[text] = texts.count
      texts.append(text)
      return texts.count - 1
    }
    let libraries = try compile(texts: texts)
    return placeOfProgram.map { libraries[$0] }
  }
}

extension KernelCompiler {
  /// A kernel is some tens of kilobytes; a file beyond this is none.
  private static let libraryLimit = 64 << 20
  private static let messageLimit = 4 << 10

  /// Flags that leave results alone: no contraction, no reordering, no assumption about NaN or
  /// signed zeros. (`errno` of sqrt and the trapping of operations are no results.)
  ///
  /// -O1 with -fcaller-saves, without which gcc keeps no vector in a register across a call on a
  /// rare path, gives AVX2 kernels as fast as -O2 or -O3 in half the time. With AVX-512, gcc needs
  /// -O2 to leave numbers for all lanes in memory: the step loop is a fifth shorter.
  private var flags: [String] {
    let level = instructionSet == .avx512 ? "-O2" : "-O1"
    return ["-std=gnu11", level, "-fcaller-saves", "-ffp-contract=off", "-fno-math-errno"]
      + ["-fno-trapping-math", "-fPIC", "-shared", "-fvisibility=hidden"]
      + ["-fno-stack-protector", "-pipe", "-w"] + instructionSet.flags
  }

  private func compile(texts: [String]) throws(CompilationError) -> [[UInt8]] {
    let directory = try PrivateDirectory(in: temporaryDirectory)
    var libraries: [[UInt8]] = []
    // Batches of equal size rather than a queue: kernels of one job are much alike.
    for start in stride(from: 0, to: texts.count, by: max(1, concurrency)) {
      let batch = start..<min(start + max(1, concurrency), texts.count)
      for number in batch {
        try WholeFile.write(Array(texts[number].utf8), to: "\(directory.path)/\(number).c")
      }
      try run(batch, in: directory.path)
      for number in batch {
        libraries.append(try library(number, in: directory.path))
      }
    }
    return libraries
  }

  /// Runs compilers on some of the texts, all at the same time.
  private func run(_ numbers: Range<Int>, in directory: String) throws(CompilationError) {
    guard let number = numbers.first else { return }
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(timeLimit)
    let base = "\(directory)/\(number)"
    var process = try CompilerProcess(
      arguments: [path] + flags + ["-o", base + ".so", "-x", "c", base + ".c", "-lm"],
      environment: childEnvironment + ["TMPDIR=" + directory],
      messages: base + ".txt", seconds: timeLimit)
    // A child in the making shares nothing with its siblings: the rest starts before we wait.
    try run(numbers.dropFirst(), in: directory)
    while true {
      if let ending = process.poll() {
        if ending == .exited(0) { return }
        throw .compilerFailed(
          compiler: path, ending: ending.description, output: messages(number, in: directory))
      }
      guard clock.now < deadline else {
        throw .compilerTimedOut(compiler: path, seconds: timeLimit)
      }
      usleep(1000)
    }
  }

  private func library(_ number: Int, in directory: String) throws(CompilationError) -> [UInt8] {
    let file = "\(directory)/\(number).so"
    guard access(file, R_OK) == 0 else {
      throw .compilerFailed(
        compiler: path, ending: "left no output", output: messages(number, in: directory))
    }
    let bytes = try WholeFile.read(file, atMost: Self.libraryLimit)
    guard !bytes.isEmpty else {
      throw .compilerFailed(
        compiler: path, ending: "left an empty output", output: messages(number, in: directory))
    }
    return bytes
  }

  private func messages(_ number: Int, in directory: String) -> String {
    let bytes = try? WholeFile.read("\(directory)/\(number).txt", atMost: Self.messageLimit)
    return String(decoding: bytes ?? [], as: UTF8.self)
  }
}
