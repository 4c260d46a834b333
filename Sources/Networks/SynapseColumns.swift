/// One value for each synapse of a projection, whoever builds it.
struct SynapseValues {
  private enum Source {
    case constant(Double)
    /// by the synapse's ordinal
    case listed([Double])
    case spaced(LinearSpacing)
    /// by (source, tile, position)
    case drawn(ValueSampler)
  }

  private let source: Source
  private let key: StreamKey
  /// `weight` or `delay`.
  private let part: String

  /// Values of the `part` `weight` or `delay`; `count` says how many ordinals there are, for
  /// lists, and is `nil` where the rule gives none.
  init(
    _ values: NeuronValues, of projection: Projection, part: String, seed: UInt64, count: Int?
  ) throws(NetworkError) {
    key = StreamKey(seed: seed, name: projection.name, purpose: "projection.\(part)")
    self.part = part
    switch values {
    case .constant(let value):
      source = .constant(value)
    case .list(let list):
      guard list.count == count else {
        throw NetworkError(values.listMessage(count: count)).at(part)
      }
      source = .listed(list)
    case .linspace(let first, let last):
      guard let count else {
        throw NetworkError(values.listMessage(count: count)).at(part)
      }
      source = .spaced(LinearSpacing(first: first, last: last, count: count))
    case .normal, .uniform, .lognormal:
      guard let sampler = ValueSampler(values) else {
        throw NetworkError("\(values) cannot be drawn").at(part)
      }
      source = .drawn(sampler)
    }
  }

  /// The value of all, if it is one.
  var homogeneous: Double? {
    if case .constant(let value) = source { return value }
    return nil
  }

  /// What of a synapse's place its value depends on.
  var needs: SynapseBatch.Needs {
    switch source {
    case .constant: SynapseBatch.Needs()
    case .listed, .spaced: SynapseBatch.Needs(ordinals: true)
    case .drawn: SynapseBatch.Needs(places: true)
    }
  }

  /// The values of a batch's synapses, to the front of `values`.
  func evaluate(
    _ batch: inout SynapseBatch, into values: inout [Double]
  ) throws(NetworkError) {
    if values.count < batch.count {
      values.append(contentsOf: repeatElement(0, count: batch.count - values.count))
    }
    switch source {
    case .constant(let value):
      for place in 0..<batch.count { values[place] = value }
    case .listed(let list):
      for place in 0..<batch.count { values[place] = list[batch.ordinals[place]] }
    case .spaced(let line):
      for place in 0..<batch.count { values[place] = line[batch.ordinals[place]] }
    case .drawn(let sampler):
      do throws(NetworkError) {
        try sampler.draw(&batch, key, into: &values)
      } catch {
        throw error.at(part)
      }
    }
  }
}

extension NeuronValues {
  /// Why these values do not fit a rule whose synapses have so many places in a list.
  func listMessage(count: Int?) -> String {
    guard let count else {
      return "a list or linspace needs a rule that fixes every synapse"
    }
    if case .list(let list) = self {
      return "the list has \(list.count) values where \(count) are needed"
    }
    return "the values do not fit \(count) synapses"
  }
}

/// Targets, weights and delays of a worker's synapses while they are being built, each in no more
/// bytes than needed.
struct SynapseColumns {
  /// A delay beyond this is refused: events would have to be kept for as long.
  static let longestDelay = 1_000_000
  /// As many synapses as an index of 32 bits counts.
  static let limit = Int(UInt32.max)

  private let weightValues: SynapseValues
  private let delayValues: SynapseValues?
  private let precision: Projection.WeightPrecision
  private let dt: Double

  private(set) var targets: [UInt32] = []
  private var singles: [Float] = []
  private var doubles: [Double] = []
  private var delays: DelayColumn

  /// What is to be known of synapses' places.
  let needs: SynapseBatch.Needs
  /// Values of a batch.
  private var values: [Double] = []

  var count: Int { targets.count }

  init(_ projection: Projection, seed: UInt64, dt: Double, ordinals: Int?) throws(NetworkError) {
    precision = projection.weightPrecision
    self.dt = dt
    weightValues = try SynapseValues(
      projection.weight, of: projection, part: "weight", seed: seed, count: ordinals)
    switch projection.delay {
    case .steps(let steps):
      delayValues = nil
      delays = DelayColumn(homogeneous: steps)
    case .values(.constant(let seconds)):
      delayValues = nil
      delays = DelayColumn(
        homogeneous: try SynapseColumns.steps(seconds, dt: dt))
    case .values(let values):
      delayValues = try SynapseValues(
        values, of: projection, part: "delay", seed: seed, count: ordinals)
      delays = DelayColumn(homogeneous: nil)
    }
    let (weight, delay) = (weightValues.needs, delayValues?.needs)
    needs = SynapseBatch.Needs(
      places: weight.places || delay?.places == true,
      ordinals: weight.ordinals || delay?.ordinals == true)
  }

  /// In steps, over all synapses so far.
  var delayRange: ClosedRange<Int> { delays.range }

  /// Forgets the synapses, keeps the memory.
  mutating func removeAll() {
    targets.removeAll(keepingCapacity: true)
    singles.removeAll(keepingCapacity: true)
    doubles.removeAll(keepingCapacity: true)
    delays.removeAll()
  }

  /// Calls `body` with each synapse: target, weight, delay in steps.
  func forEach(_ body: (_ target: UInt32, _ weight: Double, _ delay: Int) -> Void) {
    let common = weightValues.homogeneous.map {
      precision == .single ? Double(Float($0)) : $0
    }
    for place in targets.indices {
      let weight = common ?? (precision == .single ? Double(singles[place]) : doubles[place])
      body(targets[place], weight, delays[place])
    }
  }

  /// Makes room for so many synapses in all, before there is one.
  mutating func reserve(_ count: Int) {
    targets.reserveOnHugePages(count)
    if weightValues.homogeneous == nil {
      if precision == .single {
        singles.reserveOnHugePages(count)
      } else {
        doubles.reserveOnHugePages(count)
      }
    }
    if delayValues != nil { delays.reserve(count) }
  }

  /// Makes synapses whose places are filled in any order.
  mutating func allocate(_ count: Int) {
    targets = [UInt32](onHugePagesRepeating: 0, count: count)
    if weightValues.homogeneous == nil {
      if precision == .single {
        singles = [Float](onHugePagesRepeating: 0, count: count)
      } else {
        doubles = [Double](onHugePagesRepeating: 0, count: count)
      }
    }
    if delayValues != nil { delays.allocate(count) }
  }

  /// Appends a batch of synapses.
  mutating func append(_ batch: inout SynapseBatch) throws(NetworkError) {
    targets.append(contentsOf: batch.targets)
    if weightValues.homogeneous == nil {
      try evaluateWeights(&batch)
      if precision == .single {
        singles.append(contentsOf: values.prefix(batch.count).lazy.map { Float($0) })
      } else {
        doubles.append(contentsOf: values.prefix(batch.count))
      }
    }
    if delayValues != nil {
      try evaluateDelays(&batch)
      delays.append(contentsOf: values.prefix(batch.count))
    }
  }

  /// Puts a batch of synapses into their places.
  mutating func set(_ batch: inout SynapseBatch, at places: [UInt32]) throws(NetworkError) {
    for (synapse, place) in places.enumerated() { targets[Int(place)] = batch.targets[synapse] }
    if weightValues.homogeneous == nil {
      try evaluateWeights(&batch)
      for (synapse, place) in places.enumerated() {
        if precision == .single {
          singles[Int(place)] = Float(values[synapse])
        } else {
          doubles[Int(place)] = values[synapse]
        }
      }
    }
    if delayValues != nil {
      try evaluateDelays(&batch)
      for (synapse, place) in places.enumerated() {
        delays.set(Int(place), Int(values[synapse]))
      }
    }
  }

  /// Makes `values` the batch's delays in steps; what is behind the point is to be cut off.
  private mutating func evaluateDelays(_ batch: inout SynapseBatch) throws(NetworkError) {
    try delayValues?.evaluate(&batch, into: &values)
    let (dt, count, limit) = (self.dt, batch.count, Double(SynapseColumns.longestDelay + 1))
    let isWithin = values.withUnsafeMutableBufferPointer { values in
      var isWithin = true
      for place in 0..<count {
        let seconds = values[place]
        let steps = seconds / dt + 0.5
        isWithin = isWithin && seconds >= 0 && steps < limit
        values[place] = steps
      }
      return isWithin
    }
    guard !isWithin else { return }
    // Again, for the message.
    try delayValues?.evaluate(&batch, into: &values)
    for seconds in values.prefix(count) { _ = try SynapseColumns.steps(seconds, dt: dt) }
  }

  private mutating func evaluateWeights(_ batch: inout SynapseBatch) throws(NetworkError) {
    try weightValues.evaluate(&batch, into: &values)
    let isSingle = precision == .single
    let largest = isSingle ? Double(Float.greatestFiniteMagnitude) : .greatestFiniteMagnitude
    let isWithin = values.prefix(batch.count).withUnsafeBufferPointer { values in
      var isWithin = true
      for weight in values { isWithin = isWithin && weight.magnitude <= largest }
      return isWithin
    }
    guard !isWithin else { return }
    for weight in values.prefix(batch.count) {
      guard weight.isFinite, precision == .double || Float(weight).isFinite else {
        throw NetworkError("the weight \(weight) cannot be kept in single precision")
          .at("weight")
      }
    }
  }

  /// floor(seconds / dt + 0.5).
  @inline(__always)
  static func steps(_ seconds: Double, dt: Double) throws(NetworkError) -> Int {
    guard seconds >= 0 else {
      throw NetworkError(
        "a delay of \(seconds) s is negative", hint: "give the distribution a min of 0 s"
      ).at("delay")
    }
    let steps = seconds / dt + 0.5
    guard steps < Double(longestDelay + 1) else {
      throw NetworkError(
        "a delay of \(seconds) s is more than \(longestDelay) steps of \(dt) s"
      ).at("delay")
    }
    // Not below 0, so that cutting off is rounding down.
    return Int(steps)
  }

  /// The rows, once every synapse is in its place.
  ///
  /// - Parameter neurons: of the worker: targets are below it.
  consuming func rows(starts: [UInt32], neurons: Int) -> SynapseRows {
    let weights: SynapseRows.Weights =
      if let weight = weightValues.homogeneous {
        .homogeneous(precision == .single ? Double(Float(weight)) : weight)
      } else if precision == .single {
        .single(singles.trimmed())
      } else {
        .double(doubles.trimmed())
      }
    let range = targets.isEmpty ? 0...0 : delays.range
    var kept = delays.delays
    if case .bytes(let bytes) = kept, neurons <= SynapseRows.mostWithDelay {
      for place in targets.indices {
        targets[place] |= UInt32(bytes[place]) << SynapseRows.delayShift
      }
      kept = .inTargets
    }
    return SynapseRows(
      starts: starts, targets: targets.trimmed(), weights: weights, delays: kept,
      minimumDelay: range.lowerBound, maximumDelay: range.upperBound)
  }
}

/// Delays in steps, in bytes until one needs more.
struct DelayColumn {
  private enum Width {
    case none, bytes, shorts, words
  }

  private var width: Width
  private var bytes: [UInt8] = []
  private var shorts: [UInt16] = []
  private var words: [UInt32] = []
  private var smallest: Int
  private var largest: Int

  init(homogeneous steps: Int?) {
    width = steps == nil ? .bytes : .none
    smallest = steps ?? .max
    largest = steps ?? 0
  }

  /// Of all delays so far; 0 ... 0 if there is none.
  var range: ClosedRange<Int> { smallest <= largest ? smallest...largest : 0...0 }

  var delays: SynapseRows.Delays {
    switch width {
    case .none: .homogeneous(smallest)
    case .bytes: .bytes(bytes.trimmed())
    case .shorts: .shorts(shorts.trimmed())
    case .words: .words(words.trimmed())
    }
  }

  subscript(place: Int) -> Int {
    switch width {
    case .none: smallest
    case .bytes: Int(bytes[place])
    case .shorts: Int(shorts[place])
    case .words: Int(words[place])
    }
  }

  /// Forgets the delays, not how long they were.
  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    shorts.removeAll(keepingCapacity: true)
    words.removeAll(keepingCapacity: true)
  }

  mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }
  mutating func allocate(_ count: Int) { bytes = [UInt8](repeating: 0, count: count) }

  /// Appends delays; what is behind the point is cut off.
  mutating func append(contentsOf steps: ArraySlice<Double>) {
    guard let least = steps.min(), let most = steps.max() else { return }
    note(Int(least))
    note(Int(most))
    switch width {
    case .none: break
    case .bytes: bytes.append(contentsOf: steps.lazy.map { UInt8($0) })
    case .shorts: shorts.append(contentsOf: steps.lazy.map { UInt16($0) })
    case .words: words.append(contentsOf: steps.lazy.map { UInt32($0) })
    }
  }

  mutating func set(_ index: Int, _ steps: Int) {
    note(steps)
    switch width {
    case .none: break
    case .bytes: bytes[index] = UInt8(steps)
    case .shorts: shorts[index] = UInt16(steps)
    case .words: words[index] = UInt32(steps)
    }
  }

  private mutating func note(_ steps: Int) {
    smallest = min(smallest, steps)
    guard steps > largest else { return }
    largest = steps
    if width == .bytes, steps > UInt8.max {
      shorts.reserveCapacity(bytes.capacity)
      shorts.append(contentsOf: bytes.lazy.map(UInt16.init))
      bytes = []
      width = .shorts
    }
    if width == .shorts, steps > UInt16.max {
      words.reserveCapacity(shorts.capacity)
      words.append(contentsOf: shorts.lazy.map(UInt32.init))
      shorts = []
      width = .words
    }
  }
}

extension Array where Element: BitwiseCopyable {
  /// The same elements in memory of no more than their size, if much is unused.
  fileprivate consuming func trimmed() -> [Element] {
    guard capacity > count + count / 16 + 64 else { return self }
    return Array(onHugePages: self)
  }
}
