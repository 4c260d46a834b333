internal import Equations
internal import Units

/// `constants`: names for quantities. One may be made of others, in any order.
extension JobReading {
  /// Reads the section into `constants`.
  func readConstants(_ field: JobField?) {
    guard let field, let entries = named(field, "constants") else { return }
    var pending: [String: JobField] = [:]
    var order: [String] = []
    for (name, value) in entries where isFreeName(name, value) {
      pending[name] = value
      order.append(name)
    }
    let names = Set(order)
    var needs: [String: Set<String>] = [:]
    var neededBy: [String: [String]] = [:]
    for name in order {
      let used = Identifiers.all(in: pending[name]?.node.text ?? "").intersection(names)
      needs[name] = used
      for other in used { neededBy[other, default: []].append(name) }
    }
    // What needs nothing first, then what needs only that, and so on; a cycle is left over.
    var ready = order.filter { needs[$0]?.isEmpty ?? true }
    var next = 0
    while next < ready.count {
      let name = ready[next]
      next += 1
      if let value = pending.removeValue(forKey: name) { define(name, value) }
      for other in neededBy[name] ?? [] {
        needs[other]?.remove(name)
        if needs[other]?.isEmpty ?? false { ready.append(other) }
      }
    }
    refuseCircle(order.filter { pending[$0] != nil }, pending)
  }

  /// Refuses constants that wait for one another, at the first of them.
  private func refuseCircle(_ names: [String], _ fields: [String: JobField]) {
    brokenConstants.formUnion(names)
    guard let first = names.first, let field = fields[first] else { return }
    let others = names.dropFirst().prefix(8).map { "'\($0)'" }.joined(separator: ", ")
    refuse(
      field, "the constant '\(first)' depends on itself",
      hint: others.isEmpty ? nil : "by way of \(others)")
  }

  private func define(_ name: String, _ field: JobField) {
    guard let value = quantity(field) else {
      brokenConstants.insert(name)
      return
    }
    constants[name] = value
  }

  /// Whether a name may be a constant's; internal names may, but are of no use.
  private func isFreeName(_ name: String, _ field: JobField) -> Bool {
    if let problem = EquationNames.problem(withConstant: name) {
      refuseKey(field, "\(problem) and cannot be a constant", hint: "choose another name")
      brokenConstants.insert(name)
      return false
    }
    if InternalNames.all.contains(name) {
      diagnostics.warn(
        "'\(name)' is a name of every population, which wins over this constant",
        at: field.keyPosition, path: field.path, hint: "choose another name")
    }
    return true
  }
}

/// Names that mean something in every population's equations.
enum InternalNames {
  static let all: Set<String> = [
    "t", "dt", "i", "N", "t_in_timesteps", "lastspike", "not_refractory",
  ]
}
