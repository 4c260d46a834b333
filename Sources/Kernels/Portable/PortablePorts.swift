import KernelABI

/// What arrives at a block, under the interpreter.
struct PortablePorts {
  private enum Code {
    case additive([Contribution])
    case general(PortableSection)
  }

  private struct Contribution {
    /// Place among the sums.
    var sum: Int
    var amount: Amount
    var isMasked: Bool
  }

  private enum Amount {
    case payload
    case uniform(Int)
    case constant(Double)
    case computed(PortableSection)
  }

  private var codes: [Code] = []
  /// By sum: the columns that get it.
  let summed: [[Int]]
  /// Columns of f32.
  private let narrow: Set<Int>
  private let notRefractory: Int?
  private let hasGeneral: Bool

  init(_ program: Program) {
    notRefractory = program.notRefractory
    let summed = program.sums
    narrow = Set(summed.joined().filter { program.columns[$0].element == .single })
    var codes: [Code] = []
    for port in program.ports {
      switch port {
      case .additive(let contributions):
        codes.append(
          .additive(
            contributions.compactMap { contribution in
              summed.firstIndex { $0.first == contribution.column }.map { sum in
                Contribution(
                  sum: sum, amount: Self.amount(contribution.amount, of: program),
                  isMasked: contribution.isMasked)
              }
            }))
      case .general(let code): codes.append(.general(PortableSection(code, of: program)))
      }
    }
    hasGeneral = codes.contains { if case .general = $0 { true } else { false } }
    self.codes = codes
    self.summed = summed
  }

  private static func amount(_ section: Section, of program: Program) -> Amount {
    switch section.outputs.first.map({ section.instructions[$0].operation }) {
    case .payload?: .payload
    case .uniform(let place)?: .uniform(place)
    case .constant(let number)?: .constant(number)
    default: .computed(PortableSection(section, of: program))
    }
  }

  /// The sections that need buffers.
  var sections: [PortableSection] {
    codes.flatMap { code -> [PortableSection] in
      switch code {
      case .additive(let contributions):
        contributions.compactMap { if case .computed(let code) = $0.amount { code } else { nil } }
      case .general(let code): [code]
      }
    }
  }

  func clearSums(_ lanes: PortableLanes) {
    for place in summed.indices {
      sums(place, lanes).update(repeating: 0, count: lanes.count)
      touched(place, lanes).update(repeating: 0, count: lanes.count)
    }
  }

  /// Adds what the engine has summed for step k of the visit, and leaves no sums behind.
  func addSums(ofStep k: UInt32, lanes: PortableLanes) {
    guard !summed.isEmpty, let due = lanes.visit.sums_due, let all = lanes.visit.sums else {
      return
    }
    let width = Int(COPPICE_GROUP_LANES)
    for group in 0..<Int(lanes.visit.lanes) / width where due[group] >> k & 1 != 0 {
      var sums = all + (group * Int(lanes.visit.sum_depth) + Int(k)) * summed.count * width
      for columns in summed {
        for lane in 0..<width where sums[lane].bitPattern != (-0.0).bitPattern {
          for column in columns {
            add(sums[lane], to: column, ofLane: group * width + lane, lanes: lanes)
          }
        }
        sums.update(repeating: -0.0, count: width)
        sums += width
      }
    }
  }

  /// Adds a sum to a column; for a narrow one it is rounded once.
  private func add(_ sum: Double, to column: Int, ofLane lane: Int, lanes: PortableLanes) {
    if narrow.contains(column) {
      lanes.singles(.column(column))[lane] += Float(sum)
    } else {
      lanes.numbers(.column(column))[lane] += sum
    }
  }

  /// Arrivals of a tail: sums first, then the events that run one by one.
  func arrive(events: Range<Int>, lanes: inout PortableLanes) {
    guard !events.isEmpty else { return }
    for index in events { sum(lanes.visit.events[index], lanes: &lanes) }
    for index in events { add(at: lanes.visit.events[index], lanes: lanes) }
    if hasGeneral { runGeneral(events: events, lanes: &lanes) }
  }

  private func sum(_ event: coppice_event, lanes: inout PortableLanes) {
    guard case .additive(let contributions) = codes[Int(event.port)] else { return }
    let lane = Int(event.lane)
    for contribution in contributions {
      if contribution.isMasked, let flag = notRefractory, lanes.flags(.column(flag))[lane] == 0 {
        continue
      }
      let amount: Double
      switch contribution.amount {
      case .payload: amount = event.payload
      case .uniform(let place): amount = lanes.visit.uniforms[place]
      case .constant(let number): amount = number
      case .computed(let code): amount = compute(code, payload: event.payload, lanes: &lanes)
      }
      sums(contribution.sum, lanes)[lane] += amount
      touched(contribution.sum, lanes)[lane] = 1
    }
  }

  private func compute(_ code: PortableSection, payload: Double, lanes: inout PortableLanes)
    -> Double
  {
    let count = lanes.count
    lanes.payload = payload
    lanes.count = Int(COPPICE_LANE_MULTIPLE)
    lanes.compute(code)
    lanes.count = count
    return code.outputs.first.map { lanes.numbers($0)[0] } ?? 0
  }

  /// Adds the sums of the event's lane, once, and clears them.
  private func add(at event: coppice_event, lanes: PortableLanes) {
    guard case .additive(let contributions) = codes[Int(event.port)] else { return }
    let lane = Int(event.lane)
    for contribution in contributions where touched(contribution.sum, lanes)[lane] != 0 {
      let sums = sums(contribution.sum, lanes)
      for column in summed[contribution.sum] {
        add(sums[lane], to: column, ofLane: lane, lanes: lanes)
      }
      sums[lane] = 0
      touched(contribution.sum, lanes)[lane] = 0
    }
  }

  private func runGeneral(events: Range<Int>, lanes: inout PortableLanes) {
    let count = lanes.count
    lanes.count = Int(COPPICE_LANE_MULTIPLE)
    for index in events {
      let event = lanes.visit.events[index]
      let before = index > events.lowerBound ? lanes.visit.events[index - 1] : nil
      let follows = before.map { $0.lane == event.lane && $0.port == event.port } ?? false
      lanes.ordinal = follows ? lanes.ordinal + 1 : 0
      guard case .general(let code) = codes[Int(event.port)] else { continue }
      lanes.payload = event.payload
      lanes.first = Int(event.lane) & ~(Int(COPPICE_LANE_MULTIPLE) - 1)
      lanes.run(code, onlyIn: Int(event.lane))
    }
    (lanes.first, lanes.count, lanes.ordinal) = (0, count, 0)
  }

  private func sums(_ place: Int, _ lanes: PortableLanes) -> UnsafeMutablePointer<Double> {
    (lanes.scratch + lanes.layout.sum(place) * Int(lanes.visit.lanes))
      .assumingMemoryBound(to: Double.self)
  }

  private func touched(_ place: Int, _ lanes: PortableLanes) -> UnsafeMutablePointer<UInt8> {
    (lanes.scratch + lanes.layout.touched(place) * Int(lanes.visit.lanes))
      .assumingMemoryBound(to: UInt8.self)
  }
}
