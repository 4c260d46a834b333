/// Numbers that every text may name.
enum NamedNumbers {
  static func value(of name: String) -> Double? {
    switch name {
    case "pi": Double.pi
    case "e": 2.718281828459045
    case "inf": Double.infinity
    default: nil
    }
  }
}
