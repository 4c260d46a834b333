import Glibc

/// The machine's own functions: what the tests compare with.
enum Logarithm {
  static func of(_ value: Double) -> Double { log(value) }
}

enum Exponential {
  static func of(_ value: Double) -> Double { exp(value) }
}
