internal import Units

/// Which neurons are meant: a Python slice, a list, or `all`.
///
/// Unlike Python's, a slice must lie inside the population: half of what was asked for would be
/// a silent error.
extension JobReading {
  /// The most neurons that a list of them may hold.
  static let selectionLimit = 1 << 24

  /// Reads `neurons`; indices ascend. Absent means all.
  func neurons(_ field: JobField?, owner: JobField, size: Int) -> [Int]? {
    guard let field else { return all(size, owner) }
    if let elements = field.elements { return listed(elements, field, size: size) }
    guard let text = text(field, "'neurons' (a slice such as 0:10, a list, or all)") else {
      return nil
    }
    if text == "all" { return all(size, field) }
    guard text.contains(":") else {
      guard let index = count(field, in: 0...(size - 1)) else { return nil }
      return [index]
    }
    guard let slice = slice(text, field, size: size) else { return nil }
    return bounded(slice.count, field) ? Array(slice) : nil
  }

  /// Reads the inside of `pop[0:100]` as a contiguous range.
  func range(_ text: String, _ field: JobField, size: Int) -> Range<Int>? {
    guard let slice = slice(text, field, size: size) else { return nil }
    guard slice.step == 1 else {
      refuse(field, "a slice of a projection has no step", hint: "write it as in pyr[0:100]")
      return nil
    }
    return slice.start..<slice.stop
  }

  /// A slice of Python's, all of it inside `0 ..< size` and not empty.
  private struct Slice: Sequence {
    var start: Int
    var stop: Int
    var step: Int
    /// At least 1.
    var count: Int { (stop - start - 1) / step + 1 }
    func makeIterator() -> StrideTo<Int>.Iterator {
      stride(from: start, to: stop, by: step).makeIterator()
    }
  }

  private func slice(_ text: String, _ field: JobField, size: Int) -> Slice? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3 else {
      refuse(
        field, "'\(text.forMessage)' is no slice", hint: "write start:stop or start:stop:step")
      return nil
    }
    guard let start = bound(parts[0], field, absent: 0, size: size),
      let stop = bound(parts[1], field, absent: size, size: size)
    else { return nil }
    var step = 1
    if parts.count == 3, !isBlank(parts[2]) {
      guard
        let given = count(
          piece(parts[2], field, key: ".step"), in: 1...Int(Int32.max))
      else { return nil }
      step = given
    }
    guard start < stop else {
      refuse(field, "the slice '\(text.forMessage)' of \(size) is empty")
      return nil
    }
    return Slice(start: start, stop: stop, step: step)
  }

  /// One end of a slice; negative ones count from the end.
  private func bound(
    _ text: Substring, _ field: JobField, absent: Int, size: Int
  ) -> Int? {
    guard !isBlank(text) else { return absent }
    let part = piece(text, field)
    guard let value = quantity(part, .one) else { return nil }
    guard let index = Int(exactly: value), index >= -size, index <= size else {
      refuse(
        field, "the slice goes beyond the \(size) that there are",
        hint: "indices go from 0 to \(size - 1)")
      return nil
    }
    return index < 0 ? index + size : index
  }

  /// A part of a text as a value of its own, at the same place.
  private func piece(
    _ text: Substring, _ field: JobField, key: String = "[]"
  ) -> JobField {
    JobField(
      YAMLNode(.scalar(String(text), .plain), at: field.position), path: field.path + key,
      keyPosition: field.keyPosition)
  }

  private func isBlank(_ text: Substring) -> Bool {
    text.unicodeScalars.allSatisfy(ScalarPositions.isBlank)
  }

  private func listed(_ elements: [JobField], _ field: JobField, size: Int) -> [Int]? {
    guard !elements.isEmpty else {
      refuse(field, "the list of neurons is empty")
      return nil
    }
    var seen: Set<Int> = []
    var isRight = true
    for element in elements {
      guard let index = count(element, in: 0...(size - 1)) else {
        isRight = false
        continue
      }
      if !seen.insert(index).inserted {
        refuse(element, "neuron \(index) is listed twice")
        isRight = false
      }
    }
    return isRight ? seen.sorted() : nil
  }

  private func all(_ size: Int, _ field: JobField) -> [Int]? {
    bounded(size, field) ? Array(0..<size) : nil
  }

  private func bounded(_ count: Int, _ field: JobField) -> Bool {
    if count <= JobReading.selectionLimit { return true }
    refuse(
      field, "\(count) neurons are more than one list may hold (\(JobReading.selectionLimit))",
      hint: "choose some with 'neurons', such as 0:1000")
    return false
  }
}
