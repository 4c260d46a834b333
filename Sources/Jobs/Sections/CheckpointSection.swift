internal import Units

/// When a run saves itself, and how many such generations it keeps.
public struct CheckpointSettings: Hashable, Sendable {
  /// Of real time between checkpoints, in s; `nil`: none for time's sake.
  public var everyWall: Double?
  /// Of simulated time between checkpoints, in steps; `nil`: none for its sake.
  public var everySimulated: Int64?
  /// Generations kept, at least 1.
  public var keep: Int

  /// Makes settings; without arguments, the defaults of the job format.
  public init(everyWall: Double? = 900, everySimulated: Int64? = nil, keep: Int = 2) {
    self.everyWall = everyWall
    self.everySimulated = everySimulated
    self.keep = keep
  }
}

extension JobReading {
  /// Reads `checkpoint`.
  func readCheckpoint(_ field: JobField?) -> CheckpointSettings? {
    var settings = CheckpointSettings()
    guard let field else { return settings }
    let keys = ["every_wall", "every_simulated", "keep"]
    guard let map = map(field, keys: keys, what: "'checkpoint'") else { return nil }
    var isRight = true
    if let every = map["every_wall"] {
      if every.node.text == "none" {
        settings.everyWall = nil
      } else if let time = wallTime(every) {
        settings.everyWall = time
      } else {
        isRight = false
      }
    } else {
      resolved.add("every_wall", "15 min", to: field.path)
    }
    if let every = map["every_simulated"], every.node.text != "none" {
      if let steps = interval(every) { settings.everySimulated = steps } else { isRight = false }
    }
    if let keep = map["keep"] {
      if let count = count(keep, in: 1...1000) { settings.keep = count } else { isRight = false }
    } else {
      resolved.add("keep", "2", to: field.path)
    }
    return isRight ? settings : nil
  }

  /// Reads a real time, which may be in minutes or hours.
  private func wallTime(_ field: JobField) -> Double? {
    if let text = field.node.text, let seconds = WallTime.seconds(text) {
      guard seconds > 0, seconds.isFinite else {
        refuse(field, "'\(field.name)' must be greater than 0")
        return nil
      }
      return seconds
    }
    return quantity(field, .time, .positive)
  }
}

/// Times as people say them of computers: `15 min`, `2 h`.
package enum WallTime {
  /// Seconds of a number of seconds, minutes, hours or days; `nil` for any other text.
  package static func seconds(_ text: String) -> Double? {
    let scales: [(String, Double)] = [
      ("minutes", 60), ("minute", 60), ("min", 60), ("hours", 3600), ("hour", 3600), ("h", 3600),
      ("days", 86400), ("day", 86400), ("d", 86400), ("s", 1),
    ]
    for (unit, scale) in scales where text.hasSuffix(unit) {
      var number = text.dropLast(unit.count)
      while number.last == " " { number.removeLast() }
      guard let last = number.last, last.isNumber || last == "." else { continue }
      if let value = Double(number), value.isFinite { return value * scale }
    }
    return nil
  }
}
