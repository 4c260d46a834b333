import Equations
import Units

/// Numbers that every text may name.
enum NamedNumbers {
  /// π, Euler's number, and units whose names nothing else can have: they win over constants.
  static func reserved(_ name: String) -> Double? {
    if let number = EquationNames.numbers[name] { return number }
    return UnitTable.isReserved(name) ? UnitTable.unit(named: name)?.scale : nil
  }

  /// Units whose names a constant may take.
  static func unit(_ name: String) -> Double? { UnitTable.equationUnit(named: name)?.scale }
}
