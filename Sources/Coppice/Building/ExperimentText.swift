import Networks

/// An experiment in words: everything that it is made of, the same text for the same experiment.
/// It tells runs of different experiments apart.
struct ExperimentText: CustomStringConvertible {
  private(set) var description = ""

  init(_ experiment: Experiment) {
    write(experiment, named: "experiment", indent: 0)
  }

  /// One value a line, parts of it below it; dictionaries in the order of their keys.
  private mutating func write(_ value: Any, named name: String, indent: Int) {
    let mirror = Mirror(reflecting: value)
    let head = String(repeating: " ", count: indent) + (name.isEmpty ? "" : name + ": ")
    guard !mirror.children.isEmpty, !(value is Double) else {
      description += head + String(reflecting: value) + "\n"
      return
    }
    guard mirror.displayStyle != .dictionary else {
      description += head + "\n"
      for (key, element) in ExperimentText.sorted(mirror) {
        write(element, named: key, indent: indent + 1)
      }
      return
    }
    description += head + (mirror.displayStyle == .enum ? "" : "\(mirror.subjectType)") + "\n"
    for child in mirror.children {
      write(child.value, named: child.label ?? "", indent: indent + 1)
    }
  }

  private static func sorted(_ dictionary: Mirror) -> [(String, Any)] {
    dictionary.children.compactMap { entry in
      let parts = Array(Mirror(reflecting: entry.value).children)
      guard parts.count == 2 else { return nil }
      return ("\(parts[0].value)", parts[1].value)
    }.sorted { $0.0 < $1.0 }
  }
}
