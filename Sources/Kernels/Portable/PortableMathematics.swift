import KernelABI

/// The vector functions of one kind of processor, over arrays.
package struct PortableMathematics: @unchecked Sendable {
  // Sendable: pointers to C functions without state, and the constant that names them.
  typealias Unary =
    @convention(c) (coppice_unary, UnsafeMutablePointer<Double>?, UnsafePointer<Double>?, Int) ->
    Void
  typealias Binary =
    @convention(c) (
      coppice_binary, UnsafeMutablePointer<Double>?, UnsafePointer<Double>?,
      UnsafePointer<Double>?, Int
    ) -> Void
  typealias Ternary =
    @convention(c) (
      UnsafeMutablePointer<Double>?, UnsafePointer<Double>?, UnsafePointer<Double>?,
      UnsafePointer<Double>?, Int
    ) -> Void
  typealias Compare =
    @convention(c) (
      coppice_comparison, UnsafeMutablePointer<UInt8>?, UnsafePointer<Double>?,
      UnsafePointer<Double>?, Int
    ) -> Void
  typealias Select =
    @convention(c) (
      UnsafeMutablePointer<Double>?, UnsafePointer<UInt8>?, UnsafePointer<Double>?,
      UnsafePointer<Double>?, Int
    ) -> Void
  typealias Draw =
    @convention(c) (UnsafeMutablePointer<Double>?, UInt64, UInt64, UInt64, UInt32, Int) -> Void
  typealias DrawPoisson =
    @convention(c) (
      UnsafeMutablePointer<Double>?, UInt64, UInt64, UInt64, UInt32, UnsafePointer<Double>?, Int
    ) -> Void

  /// The functions over arrays of f32.
  struct Single {
    typealias Unary =
      @convention(c) (coppice_unary, UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, Int) ->
      Void
    typealias Binary =
      @convention(c) (
        coppice_binary, UnsafeMutablePointer<Float>?, UnsafePointer<Float>?,
        UnsafePointer<Float>?, Int
      ) -> Void
    typealias Ternary =
      @convention(c) (
        UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?,
        UnsafePointer<Float>?, Int
      ) -> Void
    typealias Compare =
      @convention(c) (
        coppice_comparison, UnsafeMutablePointer<UInt8>?, UnsafePointer<Float>?,
        UnsafePointer<Float>?, Int
      ) -> Void
    typealias Select =
      @convention(c) (
        UnsafeMutablePointer<Float>?, UnsafePointer<UInt8>?, UnsafePointer<Float>?,
        UnsafePointer<Float>?, Int
      ) -> Void

    let unary: Unary
    let binary: Binary
    let fma: Ternary
    let compare: Compare
    let select: Select
    let narrow: @convention(c) (UnsafeMutablePointer<Float>?, UnsafePointer<Double>?, Int) -> Void
    let widen: @convention(c) (UnsafeMutablePointer<Double>?, UnsafePointer<Float>?, Int) -> Void

    init?(_ table: coppice_portable_single) {
      guard let unary = table.unary, let binary = table.binary, let fma = table.fma,
        let compare = table.compare, let select = table.select, let narrow = table.narrow,
        let widen = table.widen
      else { return nil }
      (self.unary, self.binary, self.fma, self.compare) = (unary, binary, fma, compare)
      (self.select, self.narrow, self.widen) = (select, narrow, widen)
    }
  }

  let unary: Unary
  let binary: Binary
  let fma: Ternary
  let compare: Compare
  let select: Select
  let uniform: Draw
  let normal: Draw
  let poisson: DrawPoisson
  let single: Single
  /// `baseline`, `avx2` or `avx512`.
  package let name: String

  /// The functions of that name, or the best for this processor; `nil` if there are none of that
  /// name or this processor cannot run them.
  package init?(named name: String? = nil) {
    let found = name.map { coppice_portable_named($0) } ?? coppice_portable_best()
    guard let table = found?.pointee, let unary = table.unary, let binary = table.binary,
      let fma = table.fma, let compare = table.compare, let select = table.select,
      let uniform = table.uniform, let normal = table.normal, let poisson = table.poisson,
      let title = table.name, let single = Single(table.single)
    else { return nil }
    (self.unary, self.binary, self.fma, self.compare) = (unary, binary, fma, compare)
    (self.select, self.uniform, self.normal, self.poisson) = (select, uniform, normal, poisson)
    self.single = single
    self.name = String(cString: title)
  }
}

extension UnaryOperation {
  /// KernelABI's enumerations have the order of ours.
  var code: coppice_unary {
    coppice_unary(rawValue: UInt32(Self.allCases.firstIndex(of: self) ?? 0))
  }
}

extension BinaryOperation {
  var code: coppice_binary {
    coppice_binary(rawValue: UInt32(Self.allCases.firstIndex(of: self) ?? 0))
  }
}

extension Comparison {
  var code: coppice_comparison {
    coppice_comparison(rawValue: UInt32(Self.allCases.firstIndex(of: self) ?? 0))
  }
}
