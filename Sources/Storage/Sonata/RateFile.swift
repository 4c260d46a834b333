/// Counts a population's spikes by bins of steps.
struct RateCounter {
  let name: String
  private let size: Int
  private let steps: Range<Int64>
  private let bin: Int64
  private var counts: [Int64]

  /// Bins start at the window's first step; the last one may be shorter.
  init?(_ stream: RecordingLayout.Stream, merger: OutputMerger) {
    guard let bin = merger.layout.rateBin else { return nil }
    let (covered, layout) = (merger.catalog.steps, merger.layout)
    let first = max(covered.lowerBound, layout.spikesFrom)
    steps = first..<max(first, min(covered.upperBound, layout.spikesTo))
    name = stream.name
    size = stream.size
    self.bin = bin
    counts = Array(repeating: 0, count: steps.isEmpty ? 0 : (steps.count - 1) / Int(bin) + 1)
  }

  mutating func count(_ step: Int64) {
    guard steps.contains(step) else { return }
    counts[Int((step - steps.lowerBound) / bin)] += 1
  }

  /// First step of each bin.
  var starts: [Int64] {
    counts.indices.map { steps.lowerBound + Int64($0) * bin }
  }

  /// Spikes per neuron and second: count / (size × (steps of the bin × dt)).
  func rates(dt: Double) -> [Double] {
    zip(starts, counts).map { start, count in
      let length = min(bin, steps.upperBound - start)
      return size == 0 ? 0 : Double(count) / (Double(size) * (Double(length) * dt))
    }
  }
}

/// Writes `rates.h5`: `/rates/POPULATION/rate` in Hz and `/rates/POPULATION/time`, the starts of
/// the bins in ms.
struct RateFile {
  static let name = "rates.h5"
  let merger: OutputMerger
  let counters: [RateCounter]

  func write() throws(StorageError) {
    let file = try SonataFile.create(RateFile.name, in: merger.directory)
    let rates = try file.createGroup("rates")
    for counter in counters {
      let group = try rates.createGroup(counter.name)
      try write("rate", counter.rates(dt: merger.layout.dt), units: "Hz", into: group)
      let times = counter.starts.map { merger.time.milliseconds($0) }
      try write("time", times, units: "ms", into: group)
      try group.close()
    }
    try rates.close()
    try SonataFile.finish(file, path: try merger.directory.temporary(RateFile.name))
  }

  private func write(
    _ name: String, _ values: [Double], units: String, into group: borrowing HDF5Group
  ) throws(StorageError) {
    let dataset = try group.createDataset(name, of: Double.self, dimensions: [values.count])
    try dataset.write(values, at: [0], count: [values.count])
    try dataset.writeAttribute("units", text: units)
    try dataset.close()
  }
}
