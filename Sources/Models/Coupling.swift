public import Units

/// An electrical connection of two compartments.
///
///     I_b_a = (V_b - V_a) g_b_a  flows into a,   I_a_b = (V_a - V_b) g_a_b  into b
///
/// with one conductance in both directions.
public struct Coupling: Hashable, Sendable {
  /// Where the conductance comes from. Scale and spine factors do not enter.
  public enum Conductance: Hashable, Sendable {
    case explicit(Quantity)
    /// From centre to centre: 2 / (r1 + r2), with r = 4 r_axial length / (π diameter²).
    case halfCylinders
    /// The whole cylinder of the named partner: 1 / r.
    case cylinder(String)
  }

  public var first: String
  public var second: String
  public var conductance: Conductance

  /// Connects two compartments by name.
  public init(_ first: String, _ second: String, _ conductance: Conductance = .halfCylinders) {
    self.first = first
    self.second = second
    self.conductance = conductance
  }
}

/// Refuses couplings that are no tree: unknown partners, loops, and compartments that are left
/// out.
struct CouplingCheck {
  /// For each compartment the representative of those that it is connected with so far.
  private var group: [String: String]
  private let names: [String]

  init(names: [String]) {
    self.names = names
    group = Dictionary(names.map { ($0, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Takes in one coupling.
  mutating func add(_ coupling: Coupling, at path: [String]) throws(ModelError) {
    let first = try representative(of: coupling.first, at: path)
    let second = try representative(of: coupling.second, at: path)
    guard coupling.first != coupling.second else {
      throw ModelError("compartment '\(coupling.first)' is coupled to itself", at: path)
    }
    guard first != second else {
      throw ModelError(
        "coupling '\(coupling.first)' and '\(coupling.second)' closes a cycle", at: path,
        hint: "the couplings of a neuron form a tree: remove one of the cycle")
    }
    for (name, representative) in group where representative == second { group[name] = first }
    if case .cylinder(let name) = coupling.conductance,
      name != coupling.first, name != coupling.second
    {
      throw ModelError(
        "'cylinder_\(name)' names a compartment that is no partner of this coupling", at: path,
        hint: "write cylinder_\(coupling.first) or cylinder_\(coupling.second)")
    }
  }

  /// Compartments that no coupling reaches from the first one.
  var unreached: [String] {
    guard let first = names.first else { return [] }
    return names.filter { group[$0] != group[first] }
  }

  private func representative(of name: String, at path: [String]) throws(ModelError) -> String {
    guard let representative = group[name] else {
      throw ModelError(
        "there is no compartment '\(name)'", at: path,
        hint: "the compartments are " + names.joined(separator: ", "))
    }
    return representative
  }
}
