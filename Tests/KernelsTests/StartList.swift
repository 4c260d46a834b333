import KernelABI

/// A start as tests write it.
struct WrittenStart {
  /// From the first step of the run or of the visit.
  var step: Int
  var code = 0
  var value = 0.0
  /// One for each lane of the block.
  var values: [Double]?
  /// Where it acts; `nil`: in all lanes.
  var lanes: Set<Int>?

  /// Hands starts to a kernel for the time of a call.
  static func with<Result>(
    _ starts: [WrittenStart], lanes: Int,
    _ body: (UnsafePointer<coppice_start>, UInt32) -> Result
  ) -> Result {
    let sorted = starts.sorted { ($0.step, $0.code) < ($1.step, $1.code) }
    let list = UnsafeMutablePointer<coppice_start>.allocate(capacity: sorted.count + 1)
    let numbers = UnsafeMutablePointer<Double>.allocate(capacity: sorted.count * lanes + 1)
    let flags = UnsafeMutablePointer<UInt8>.allocate(capacity: sorted.count * lanes + 1)
    defer {
      list.deallocate()
      numbers.deallocate()
      flags.deallocate()
    }
    for (place, start) in sorted.enumerated() {
      for lane in 0..<lanes {
        numbers[place * lanes + lane] = start.values.map { lane < $0.count ? $0[lane] : 0 } ?? 0
        flags[place * lanes + lane] = start.lanes?.contains(lane) ?? true ? 1 : 0
      }
      list[place] = coppice_start(
        step: UInt32(start.step), code: UInt32(start.code), value: start.value,
        values: start.values == nil ? nil : UnsafePointer(numbers + place * lanes),
        where: start.lanes == nil ? nil : UnsafePointer(flags + place * lanes))
    }
    return body(list, UInt32(sorted.count))
  }
}
