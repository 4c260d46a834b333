/// An amount of memory or disk, for people: `1.5 GB`.
package struct ByteCount: CustomStringConvertible {
  private let bytes: Double

  package init(_ bytes: Double) {
    self.bytes = bytes
  }

  package var description: String {
    let units = ["B", "KB", "MB", "GB", "TB", "PB"]
    var value = bytes.isFinite ? max(bytes, 0) : 0
    var place = 0
    while value >= 1000, place + 1 < units.count {
      value /= 1000
      place += 1
    }
    guard place > 0 else { return "\(Int(value)) B" }
    guard value < 1e15 else { return "\(value.rounded()) \(units[place])" }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(units[place])"
  }
}
