/// Why a kernel could not be compiled or loaded. The portable back end does without either.
package enum CompilationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No C compiler under any of these names.
  case noCompiler(searched: [String])
  /// `COPPICE_ISA` names no instruction set, or one that this processor lacks.
  case unusableInstructionSet(String, available: [InstructionSet])
  /// The compiler ended with a status other than 0, or without an output.
  case compilerFailed(compiler: String, ending: String, output: String)
  /// The compiler took longer than allowed and was killed.
  case compilerTimedOut(compiler: String, seconds: Double)
  /// A call of the system failed.
  case system(call: String, reason: String)
  /// Others could exchange what is compiled there.
  case unsafeDirectory(String, reason: String)
  /// The bytes are no kernel that this program can run.
  case notLoadable(reason: String)

  package var description: String {
    switch self {
    case .noCompiler(let searched):
      "no C compiler found (tried \(searched.joined(separator: ", "))); install one, name it in "
        + "COPPICE_CC, or run with --backend portable"
    case .unusableInstructionSet(let name, let available):
      "COPPICE_ISA asks for '\(name)'; this processor can do "
        + available.map(\.rawValue).joined(separator: ", ")
    case .compilerFailed(let compiler, let ending, let output):
      "the C compiler \(compiler) \(ending)\(output.isEmpty ? "" : ":\n" + output)"
    case .compilerTimedOut(let compiler, let seconds):
      "the C compiler \(compiler) took longer than \(seconds) s and was stopped; "
        + "name another one in COPPICE_CC, or run with --backend portable"
    case .system(let call, let reason): "\(call) failed: \(reason)"
    case .unsafeDirectory(let path, let reason):
      "nothing is compiled in \(path): \(reason); name another directory in TMPDIR"
    case .notLoadable(let reason): "the compiled kernel cannot be loaded: \(reason)"
    }
  }
}

extension CompilationError {
  /// A failed call, with the text of an error number.
  static func system(_ call: String, error: Int32) -> CompilationError {
    .system(call: call, reason: SystemError.text(of: error))
  }
}
