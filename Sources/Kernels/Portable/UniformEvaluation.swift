import KernelABI

extension Program {
  /// Evaluates the table of uniforms; truth is 1, untruth 0.
  ///
  /// The calling thread flushes denormals, as every thread that evaluates a program.
  package func uniformTable(mathematics: PortableMathematics) -> [Double] {
    var evaluation = UniformEvaluation(mathematics)
    var table: [Double] = []
    table.reserveCapacity(uniforms.count)
    for entry in uniforms {
      switch entry {
      case .value(let value): table.append(value)
      case .computed(let operation): table.append(evaluation.value(of: operation, on: table))
      }
    }
    return table
  }

  /// Evaluates the table with the best functions of this processor: all give the same bits.
  package func uniformTable() -> [Double] {
    guard let mathematics = PortableMathematics() else {
      preconditionFailure("every processor has the baseline functions")
    }
    return uniformTable(mathematics: mathematics)
  }
}

extension Float {
  /// The nearest f32, and 0 in place of a denormal, of which kernels of single precision see none.
  package init(narrowing number: Double) {
    let single = Float(number)
    self = single.isSubnormal ? (single.sign == .minus ? -0.0 : 0.0) : single
  }
}

extension Sequence<Double> {
  /// A table of uniforms as kernels of single precision read it.
  package var singles: [Float] { map { Float(narrowing: $0) } }
}

/// Evaluates operations on single numbers with the functions over arrays.
private struct UniformEvaluation: ~Copyable {
  private let mathematics: PortableMathematics
  /// Three operands, the result, and a row of flags: 8 lanes each.
  private let rows: UnsafeMutablePointer<Double>

  init(_ mathematics: PortableMathematics) {
    self.mathematics = mathematics
    rows = UnsafeMutableRawPointer.allocate(byteCount: 5 * 64, alignment: 64)
      .initializeMemory(as: Double.self, repeating: 0, count: 40)
  }

  deinit { rows.deallocate() }

  mutating func value(of operation: Operation, on table: [Double]) -> Double {
    let (a, b, c, out) = (rows, rows + 8, rows + 16, rows + 24)
    let flags = UnsafeMutableRawPointer(rows + 32).assumingMemoryBound(to: UInt8.self)
    for (row, operand) in operation.operands.enumerated() {
      (rows + 8 * row).update(repeating: table[operand], count: 8)
    }
    switch operation {
    case .constant(let number): return number
    case .truth(let truth): return truth ? 1 : 0
    case .unary(let name, _): mathematics.unary(name.code, out, a, 8)
    case .binary(let name, _, _): mathematics.binary(name.code, out, a, b, 8)
    case .fma: mathematics.fma(out, a, b, c, 8)
    case .compare(let name, _, _):
      mathematics.compare(name.code, flags, a, b, 8)
      return Double(flags[0])
    case .select: return a[0] != 0 ? b[0] : c[0]
    case .not: return a[0] != 0 ? 0 : 1
    case .and: return a[0] != 0 && b[0] != 0 ? 1 : 0
    case .or: return a[0] != 0 || b[0] != 0 ? 1 : 0
    case .uniform(let place): return table[place]
    case .load, .step, .neuronIndex, .payload, .random, .poisson, .narrow, .widen: return .nan
    }
    return out[0]
  }
}
