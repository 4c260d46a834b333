/// The words of a command line, taken apart by what a command declares.
struct Arguments {
  /// An option of a command.
  struct Option {
    var name: String
    /// Name of its value in messages; `nil`: a flag without one.
    var value: String?
    var isRepeatable = false
    /// Words that are taken as its value where the value may be left out; `nil`: it may not.
    var optionalValue: (@Sendable (String) -> Bool)?
  }

  private(set) var operands: [String] = []
  private var values: [String: [String]] = [:]

  /// - Throws: `CommandFailure` (64) for an unknown option, with the nearest known one, a missing
  ///   value, an option given twice, or the wrong number of operands.
  init(
    _ words: [String], options: [Option], operands names: ClosedRange<Int>, of usage: String
  ) throws(CommandFailure) {
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("-"), word != "-" else {
        operands.append(word)
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      guard let option = options.first(where: { $0.name == name }) else {
        throw Arguments.unknown(name, among: options.map(\.name), usage: usage)
      }
      if values[name] != nil, !option.isRepeatable {
        throw CommandFailure("\(name) is given twice", exitCode: ExitCode.usage)
      }
      guard let value = option.value else {
        guard parts.count == 1 else {
          throw CommandFailure("\(name) takes no value", exitCode: ExitCode.usage)
        }
        values[name] = [""]
        continue
      }
      if let isValue = option.optionalValue, parts.count == 1, !(rest.first.map(isValue) ?? false) {
        values[name] = [""]
        continue
      }
      guard let given = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
        throw CommandFailure("\(name) needs a value: \(name) \(value)", exitCode: ExitCode.usage)
      }
      values[name, default: []].append(given)
    }
    guard names.contains(operands.count) else {
      throw CommandFailure("usage: \(usage)", exitCode: ExitCode.usage)
    }
  }

  private static func unknown(
    _ name: String, among known: [String], usage: String
  ) -> CommandFailure {
    let near = known.filter { $0.hasPrefix(name) || name.hasPrefix($0) }.first
    let hint = near.map { "; did you mean \($0)?" } ?? ""
    return CommandFailure(
      "unknown option \(name)\(hint)\nusage: \(usage)", exitCode: ExitCode.usage)
  }

  func has(_ name: String) -> Bool { values[name] != nil }

  func value(_ name: String) -> String? { values[name]?.last }

  func all(_ name: String) -> [String] { values[name] ?? [] }

  /// A whole number in a range.
  func number(
    _ name: String, in range: ClosedRange<Int>
  ) throws(CommandFailure) -> Int? {
    guard let text = value(name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw CommandFailure(
        "\(name) takes a whole number from \(range.lowerBound) to \(range.upperBound), "
          + "not '\(text)'", exitCode: ExitCode.usage)
    }
    return number
  }

  /// One of some words.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _ type: Choice.Type
  ) throws(CommandFailure) -> Choice? where Choice.RawValue == String {
    guard let text = value(name) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw CommandFailure(
        "\(name) takes one of \(words), not '\(text)'", exitCode: ExitCode.usage)
    }
    return choice
  }
}
