/// The shape of a grid of runs, whose points are counted as the elements of an array: the last
/// dimension varies fastest.
public struct GridShape: Hashable, Sendable, Codable {
  /// How many values each dimension has.
  public var counts: [Int]

  /// Makes a shape; each count is at least 1.
  public init(_ counts: [Int]) { self.counts = counts }

  /// How many points there are.
  public var count: Int { counts.reduce(1, *) }

  /// Which value of each dimension a point has.
  public func places(ofPoint index: Int) -> [Int] {
    var rest = index
    let reversed = counts.reversed().map { count in
      defer { rest /= count }
      return rest % count
    }
    return reversed.reversed()
  }

  /// `0007`: what a point's output directory is called.
  public func name(ofPoint index: Int) -> String {
    let digits = String(index)
    let width = max(4, String(count - 1).count)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
