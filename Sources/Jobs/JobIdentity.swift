/// What makes the results of a job, part by part, and nothing else: neither its name nor how long
/// it runs, what it writes or how often it is saved.
///
/// A run goes on from a checkpoint of the same parts only. Contents of input files belong to it
/// too; whoever compares adds them, for their names say nothing.
extension ResolvedValues {
  private static let sections = ["models", "populations", "projections", "stimuli", "schedule"]
  private static let settings = ["dt", "seed", "method", "precision"]

  /// Text by path: `simulation.dt`, `models.pyramidal`, `projections.recurrent`.
  func identity(of root: YAMLNode) -> [String: String] {
    guard case .mapping(let entries) = filled(root).content else { return [:] }
    var parts: [String: String] = [:]
    for entry in entries {
      switch entry.key {
      case "simulation":
        guard case .mapping(let inner) = entry.value.content else { continue }
        for setting in inner where ResolvedValues.settings.contains(setting.key) {
          parts["simulation.\(setting.key)"] = ResolvedValues.text(of: setting.value)
        }
      case _ where ResolvedValues.sections.contains(entry.key):
        guard case .mapping(let inner) = entry.value.content else {
          parts[entry.key] = ResolvedValues.text(of: entry.value)
          continue
        }
        for part in inner {
          parts["\(entry.key).\(part.key)"] = ResolvedValues.text(
            of: entry.key == "projections" ? part.value.withoutStore : part.value)
        }
        // Arrivals of one step act in the order of projections, and stimuli in theirs.
        if entry.key == "projections" || entry.key == "stimuli" {
          parts["order of \(entry.key)"] = inner.map(\.key).joined(separator: ", ")
        }
      default: break
      }
    }
    addConstants(of: entries, to: &parts)
    return parts
  }

  /// Adds the constants that equations read by name: elsewhere their values stand in their places.
  private func addConstants(of entries: [YAMLNode.Entry], to parts: inout [String: String]) {
    let constants = entries.first { $0.key == "constants" }
    guard case .mapping(let inner)? = constants?.value.content else { return }
    let read = parts.values.reduce(into: Set<String>()) { $0.formUnion(Identifiers.all(in: $1)) }
    for constant in inner where read.contains(constant.key) {
      parts["constants.\(constant.key)"] = ResolvedValues.text(of: constant.value)
    }
  }

  private static func text(of node: YAMLNode) -> String {
    var writer = YAMLWriter()
    writer.write(node)
    return writer.text.hasSuffix("\n") ? String(writer.text.dropLast()) : writer.text
  }
}

extension YAMLNode {
  /// A projection without what changes no result: where its synapses are.
  fileprivate var withoutStore: YAMLNode {
    guard case .mapping(let entries) = content else { return self }
    var node = self
    node.content = .mapping(entries.filter { $0.key != "store" })
    return node
  }
}
