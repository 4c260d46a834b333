internal import KernelABI

/// What vectors a kernel is compiled for. Results do not depend on it.
package enum InstructionSet: String, Hashable, Sendable, CaseIterable, Comparable {
  /// What every processor of the architecture has.
  case baseline
  case avx2
  case avx512

  /// The widest that this processor has.
  package static var ofThisProcessor: InstructionSet {
    allCases.last { coppice_isa_available($0.rawValue) != 0 } ?? .baseline
  }

  /// What `COPPICE_ISA` asks for, or the widest that there is.
  ///
  /// - Parameter wish: its value; nothing counts as none.
  /// - Throws: `unusableInstructionSet`.
  package static func wished(_ wish: String?) throws(CompilationError) -> InstructionSet {
    let widest = ofThisProcessor
    guard let wish, !wish.isEmpty else { return widest }
    guard let set = InstructionSet(rawValue: wish), set <= widest else {
      throw .unusableInstructionSet(wish, available: allCases.filter { $0 <= widest })
    }
    return set
  }

  /// Lanes (f64) that advance together.
  package var width: Int {
    switch self {
    case .avx512: 8
    case .avx2: 4
    case .baseline: 2
    }
  }

  /// Compiler flags; explicit, so that the compiler's guess of the processor plays no part.
  var flags: [String] {
    switch self {
    case .avx512:
      [
        "-mavx512f", "-mavx512dq", "-mavx512vl", "-mavx512bw", "-mfma", "-mavx2",
        "-mprefer-vector-width=512",
      ]
    case .avx2: ["-mavx2", "-mfma"]
    case .baseline: []
    }
  }

  package static func < (a: InstructionSet, b: InstructionSet) -> Bool { a.width < b.width }
}
