import Equations
import Units

@testable import Kernels

/// Writes straight-line code by hand.
struct HandWrittenSection {
  var section = Section()

  mutating func add(_ operation: Kernels.Operation, _ type: ValueType = .real) -> Int {
    section.instructions.append(Instruction(operation, type))
    return section.instructions.count - 1
  }

  mutating func load(_ column: Int, _ type: ValueType = .real) -> Int {
    add(.load(column: column), type)
  }

  mutating func compare(_ comparison: Comparison, _ x: Int, _ y: Int) -> Int {
    add(.compare(comparison, x, y), .boolean)
  }

  mutating func store(_ value: Int, to column: Int) {
    section.stores.append(.init(column: column, value: value))
  }

  mutating func output(_ value: Int) { section.outputs.append(value) }
}

extension Section {
  static func build(_ body: (inout HandWrittenSection) -> Void) -> Section {
    var builder = HandWrittenSection()
    body(&builder)
    return builder.section
  }
}

extension Program {
  /// A program without code.
  static var empty: Program {
    Program(
      columns: [], uniforms: [], occurrences: [], derived: Section(), initial: Section(),
      probe: Section(), update: Section(), precondition: Section(), tests: Section(),
      secondReset: nil, reset: Section(), events: [], ports: [], spikes: false, pendingSpike: nil,
      notRefractory: nil)
  }
}

/// The four compartments with dendritic spikes of the Dendrify paper, lowered by hand.
struct ActiveModel {
  static let volts = 0..<4
  static let sodium = 4..<7
  static let potassium = 7..<10
  static let synapses = 10..<12
  static let timers = 12..<15
  static let lastSpike = 15
  static let riseAllowed = 16..<19
  static let fallAllowed = 19..<22
  static let pendingSpike = 22
  static let pendingRise = 23..<26
  static let pendingFall = 26..<29

  private(set) var program = Program.empty
  private var places: [Double: Int] = [:]

  init(potential: Double = -0.070) {
    program.columns = Self.columns(potential: potential)
    program.spikes = true
    program.pendingSpike = Self.pendingSpike
    program.update = update()
    program.precondition = precondition()
    program.tests = tests()
    program.reset = .build { b in
      let reset = b.add(.uniform(uniform(-0.055)))
      b.store(reset, to: 0)
    }
    for dendrite in 0..<3 { addEvents(of: dendrite) }
    program.ports = Self.synapses.map { column in
      .additive([
        Program.Contribution(
          column: column, amount: .build { $0.output($0.add(.payload)) }, isMasked: false)
      ])
    }
    program.probe = .build { b in b.output(b.load(0)) }
  }

  private static func columns(potential: Double) -> [Column] {
    (0..<29).map { index in
      switch index {
      case volts:
        Column(name: "V\(index)", element: .real, role: .variable, initialValue: potential)
      case sodium, potassium, synapses, timers:
        Column(name: "x\(index)", element: .real, role: .variable)
      case lastSpike:
        Column(name: "lastspike", element: .real, role: .refractoriness, initialValue: -1e4)
      case riseAllowed:
        Column(name: "f\(index)", element: .flag, role: .variable, initialValue: 1)
      case fallAllowed: Column(name: "f\(index)", element: .flag, role: .variable)
      default: Column(name: "p\(index)", element: .flag, role: .pending)
      }
    }
  }

  private mutating func uniform(_ value: Double) -> Int {
    if let place = places[value] { return place }
    program.uniforms.append(.value(value))
    places[value] = program.uniforms.count - 1
    return program.uniforms.count - 1
  }

  private mutating func update() -> Section {
    var b = HandWrittenSection()
    let v = Self.volts.map { b.load($0) }
    var u: [Double: Int] = [:]
    func constant(_ x: Double, _ self: inout ActiveModel) -> Int {
      if let known = u[x] { return known }
      let value = b.add(.uniform(self.uniform(x)))
      u[x] = value
      return value
    }
    for index in 0..<4 {
      let leak = 0.0061 + 0.0003 * Double(index)
      var sum = b.add(
        .fma(constant(-leak, &self), v[index], constant(leak * -0.07, &self)))
      for neighbour in [index - 1, index + 1] where v.indices.contains(neighbour) {
        let difference = b.add(.binary(.subtract, v[neighbour], v[index]))
        let coupling = 0.011 + 0.001 * Double(index * 4 + neighbour)
        sum = b.add(.fma(constant(coupling, &self), difference, sum))
      }
      if index > 0 {
        for (column, reversal) in [(Self.sodium, 0.07), (Self.potassium, -0.089)] {
          let g = b.load(column.lowerBound + index - 1)
          let drive = b.add(.binary(.subtract, constant(reversal, &self), v[index]))
          sum = b.add(.fma(g, drive, sum))
          let decay = constant(1 - 0.1 / (reversal > 0 ? 0.3 : 2.0), &self)
          b.store(b.add(.binary(.multiply, g, decay)), to: column.lowerBound + index - 1)
        }
      }
      if index > 1 {
        let s = b.load(Self.synapses.lowerBound + index - 2)
        let drive = b.add(.unary(.negate, v[index]))
        sum = b.add(.fma(s, drive, sum))
        let decay = constant(0.95, &self)
        b.store(b.add(.binary(.multiply, s, decay)), to: Self.synapses.lowerBound + index - 2)
      }
      b.store(b.add(.binary(.add, v[index], sum)), to: index)
    }
    return b.section
  }

  private mutating func precondition() -> Section {
    var b = HandWrittenSection()
    var result = b.compare(.greater, b.load(0), b.add(.uniform(uniform(-0.04))))
    for dendrite in 0..<3 {
      let over = b.compare(.greater, b.load(1 + dendrite), b.add(.uniform(uniform(-0.035))))
      result = b.add(.or(result, over), .boolean)
      let fall = b.load(Self.fallAllowed.lowerBound + dendrite, .boolean)
      result = b.add(.or(result, fall), .boolean)
    }
    b.output(result)
    return b.section
  }

  private mutating func tests() -> Section {
    var b = HandWrittenSection()
    let step = b.add(.step, .integer)
    let time = b.add(.binary(.multiply, step, b.add(.uniform(uniform(1e-4)))))
    let spike = b.compare(.greater, b.load(0), b.add(.uniform(uniform(-0.04))))
    b.output(spike)
    let last = b.load(Self.lastSpike)
    b.store(b.add(.select(mask: spike, time, last)), to: Self.lastSpike)
    for dendrite in 0..<3 {
      let timer = b.load(Self.timers.lowerBound + dendrite)
      let over = b.compare(.greater, b.load(1 + dendrite), b.add(.uniform(uniform(-0.035))))
      let rest = b.add(.binary(.add, timer, b.add(.uniform(uniform(0.005)))))
      let rested = b.compare(.greater, time, rest)
      let rise = b.load(Self.riseAllowed.lowerBound + dendrite, .boolean)
      let both = b.add(.and(over, rested), .boolean)
      b.output(b.add(.and(both, rise), .boolean))
      let delay = b.add(.binary(.add, timer, b.add(.uniform(uniform(0.0002)))))
      let delayed = b.compare(.greater, time, delay)
      let fall = b.load(Self.fallAllowed.lowerBound + dendrite, .boolean)
      b.output(b.add(.and(delayed, fall), .boolean))
    }
    return b.section
  }

  private mutating func addEvents(of dendrite: Int) {
    var rise = HandWrittenSection()
    let step = rise.add(.step, .integer)
    let time = rise.add(.binary(.multiply, step, rise.add(.uniform(uniform(1e-4)))))
    rise.store(time, to: Self.timers.lowerBound + dendrite)
    let sodium = rise.load(Self.sodium.lowerBound + dendrite)
    let more = rise.add(.binary(.add, sodium, rise.add(.uniform(uniform(0.12)))))
    rise.store(more, to: Self.sodium.lowerBound + dendrite)
    rise.store(rise.add(.truth(false), .boolean), to: Self.riseAllowed.lowerBound + dendrite)
    rise.store(rise.add(.truth(true), .boolean), to: Self.fallAllowed.lowerBound + dendrite)
    program.events.append(
      .init(
        name: "rise\(dendrite)", action: rise.section, isRecordable: true,
        pending: Self.pendingRise.lowerBound + dendrite))
    var fall = HandWrittenSection()
    let potassium = fall.load(Self.potassium.lowerBound + dendrite)
    let less = fall.add(.binary(.add, potassium, fall.add(.uniform(uniform(0.02)))))
    fall.store(less, to: Self.potassium.lowerBound + dendrite)
    fall.store(fall.add(.truth(true), .boolean), to: Self.riseAllowed.lowerBound + dendrite)
    fall.store(fall.add(.truth(false), .boolean), to: Self.fallAllowed.lowerBound + dendrite)
    program.events.append(
      .init(
        name: "fall\(dendrite)", action: fall.section, isRecordable: false,
        pending: Self.pendingFall.lowerBound + dendrite))
  }
}
