internal import Equations
internal import Models

/// Finds the places in the job where the texts and values of one model come from.
struct ModelContext {
  let reading: JobReading
  let map: JobMap

  /// Checks a definition; an error is noted at its character in the user's text.
  func system(of definition: NeuronDefinition) -> EquationSystem? {
    do throws(DefinitionError) {
      let system = try EquationSystem(definition)
      for warning in system.warnings {
        reading.diagnostics.warn(warning, at: map.field.keyPosition, path: map.field.path)
      }
      return system
    } catch {
      refuse(error)
      return nil
    }
  }

  /// Notes an error of a model's description at the node that its path names.
  func refuse(_ error: ModelError) {
    var field = map.field
    for component in error.path {
      guard let inner = self.inner(component, of: field) else { break }
      field = inner
    }
    // An error that names the field itself, not something missing in it, points at the value.
    if let last = error.path.last, field.name == last || field.path.hasSuffix("[\(last)]") {
      reading.refuse(field, error.message, hint: error.hint)
    } else {
      reading.refuseKey(field, error.message, hint: error.hint)
    }
  }

  private func refuse(_ error: DefinitionError) {
    let found: (field: JobField, offset: Int)? =
      switch error.part {
      case .threshold: place("spike", "threshold").map { ($0, error.error.span.offset) }
      case .reset: place("spike", "reset").map { ($0, error.error.span.offset) }
      case .refractory: place("spike", "refractory").map { ($0, error.error.span.offset) }
      case .secondReset: place("spike", "second_reset").map { ($0, error.error.span.offset) }
      case .eventCondition(let name):
        place("events", name, "condition").map { ($0, error.error.span.offset) }
      case .eventAction(let name):
        place("events", name, "action").map { ($0, error.error.span.offset) }
      case .equations: equationPlace(error.error)
      }
    if let found {
      var located = error.error
      located.span.offset = found.offset
      reading.refuse(found.field, located)
      return
    }
    let line = composedLine(error.error).text
    reading.refuseKey(
      map.field, "\(error.error.message), in the model's '\(line.forMessage)'",
      hint: error.error.hint)
  }

  private func place(_ path: String...) -> JobField? {
    var field = map.field
    for component in path {
      guard let inner = inner(component, of: field) else { return nil }
      field = inner
    }
    return field.node.text == nil ? nil : field
  }

  private func inner(_ component: String, of field: JobField) -> JobField? {
    if let elements = field.elements {
      guard let index = Int(component), elements.indices.contains(index) else { return nil }
      return elements[index]
    }
    return field.entries?.first { $0.key == component }?.field
  }

  /// The line of the composed equations that holds the error, and the error's offset in it.
  private func composedLine(_ error: EquationError) -> (text: String, offset: Int, length: Int) {
    let scalars = Array(error.text.unicodeScalars)
    let offset = min(max(error.span.offset, 0), scalars.count)
    let start = scalars[..<offset].lastIndex(of: "\n").map { $0 + 1 } ?? 0
    let end = scalars[offset...].firstIndex(of: "\n") ?? scalars.count
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars[start..<end])
    return (text, offset - start, min(max(error.span.length, 0), end - offset))
  }

  /// The user's text that an error in the composed equations comes from.
  ///
  /// The models layer trims lines, joins them and adds currents at their ends, so the line up
  /// to the end of the error is looked for, white space apart.
  private func equationPlace(_ error: EquationError) -> (field: JobField, offset: Int)? {
    let line = composedLine(error)
    let scalars = Array(line.text.unicodeScalars)
    let wanted = scalars[..<min(line.offset + line.length, scalars.count)]
      .filter { !ScalarPositions.isBlank($0) }
    let before = scalars[..<line.offset].count { !ScalarPositions.isBlank($0) }
    guard !wanted.isEmpty else { return nil }
    for (field, suffix) in userTexts {
      let visible = VisibleText(field.node.text ?? "", suffix: suffix)
      guard let start = visible.first(wanted) else { continue }
      return (field, visible.offset(at: start + before))
    }
    return nil
  }

  /// Texts of equations in the model, with what `{0}` stands for in them.
  private var userTexts: [(JobField, String)] {
    var texts: [(JobField, String)] = []
    if let equations = place("equations") { texts.append((equations, "")) }
    for (_, field) in map["replace"]?.entries ?? [] where field.node.text != nil {
      texts.append((field, ""))
    }
    for (name, field) in map["compartments"]?.entries ?? [] {
      let fields =
        [inner("equations", of: field), inner("add_equations", of: field)].compactMap { $0 }
        + (inner("replace", of: field)?.entries ?? []).map(\.field)
      for text in fields where text.node.text != nil { texts.append((text, "_" + name)) }
    }
    return texts
  }
}

/// The visible characters of a text and where each stands in it.
private struct VisibleText {
  private var scalars: [Unicode.Scalar] = []
  private var offsets: [Int] = []

  /// Takes a text apart; `{0}` becomes the suffix, comments are left out.
  init(_ text: String, suffix: String) {
    let source = Array(text.unicodeScalars)
    var index = 0
    while index < source.count {
      if source[index...].starts(with: "{0}".unicodeScalars) {
        for scalar in suffix.unicodeScalars {
          scalars.append(scalar)
          offsets.append(index)
        }
        index += 3
        continue
      }
      if source[index] == "#" {
        while index < source.count, source[index] != "\n" { index += 1 }
        continue
      }
      if !ScalarPositions.isBlank(source[index]) {
        scalars.append(source[index])
        offsets.append(index)
      }
      index += 1
    }
  }

  /// Where a run of visible characters starts, counted in visible ones.
  func first(_ run: [Unicode.Scalar]) -> Int? {
    guard run.count <= scalars.count else { return nil }
    return (0...(scalars.count - run.count)).first { scalars[$0...].starts(with: run) }
  }

  /// Where in the text a visible character stands; behind the last one at the end.
  func offset(at index: Int) -> Int {
    if index < offsets.count { return offsets[index] }
    return offsets.last.map { $0 + 1 } ?? 0
  }
}
