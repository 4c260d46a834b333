import KernelABI

/// Synapses of a worker before their values are drawn: some that are drawn together, such as the
/// row of one source.
struct SynapseBatch {
  /// What of a synapse's place its weight and delay depend on.
  struct Needs {
    /// Source, tile and position.
    var places = false
    /// Place in a list of values.
    var ordinals = false
  }

  let needs: Needs
  /// Index in the target population, less the first neuron of the worker.
  private(set) var targets: [UInt32] = []
  private(set) var sources: [UInt32] = []
  private(set) var tiles: [UInt32] = []
  /// In the row of source and tile.
  private(set) var positions: [UInt32] = []
  private(set) var ordinals: [Int] = []

  init(needs: Needs) {
    self.needs = needs
  }

  var count: Int { targets.count }

  mutating func removeAll() {
    targets.removeAll(keepingCapacity: true)
    guard needs.places || needs.ordinals else { return }
    sources.removeAll(keepingCapacity: true)
    tiles.removeAll(keepingCapacity: true)
    positions.removeAll(keepingCapacity: true)
    ordinals.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  mutating func append(target: UInt32, source: Int, tile: Int, position: Int, ordinal: Int = 0) {
    targets.append(target)
    if needs.places {
      sources.append(UInt32(source))
      tiles.append(UInt32(tile))
      positions.append(UInt32(position))
    }
    if needs.ordinals { ordinals.append(ordinal) }
  }

  /// Appends a target whose place `placeTargets` will tell.
  @inline(__always)
  mutating func append(target: UInt32) { targets.append(target) }

  /// Tells the places of the last targets, from `begin` on: neighbours in the row of source and tile.
  mutating func placeTargets(from begin: Int, source: Int, tile: Int, position: Int) {
    guard needs.places else { return }
    let added = targets.count - begin
    sources.append(contentsOf: repeatElement(UInt32(source), count: added))
    tiles.append(contentsOf: repeatElement(UInt32(tile), count: added))
    positions.append(contentsOf: UInt32(position)..<UInt32(position + added))
  }

  /// One number for each synapse by its place, the first that is drawn there.
  mutating func draw(_ law: coppice_number_law, _ key: StreamKey, into numbers: inout [Double]) {
    let count = self.count
    let padded = SynapseBatch.padded(count)
    // Counters beyond the last synapse: their numbers are thrown away.
    for _ in count..<padded {
      sources.append(0)
      tiles.append(0)
      positions.append(0)
    }
    if numbers.count < padded {
      numbers.append(contentsOf: repeatElement(0, count: padded - numbers.count))
    }
    coppice_numbers(law, key.bits, sources, tiles, positions, &numbers, padded)
    sources.removeLast(padded - count)
    tiles.removeLast(padded - count)
    positions.removeLast(padded - count)
  }

  /// Rounded up to a whole batch of the vector functions.
  static func padded(_ count: Int) -> Int {
    let batch = Int(COPPICE_BATCH)
    return (count + batch - 1) / batch * batch
  }
}
