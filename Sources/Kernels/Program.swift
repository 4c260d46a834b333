/// What a population's kernel computes, as typed straight-line code in SSA form.
///
/// A program has structure and values. The structure is all that code generation sees; the
/// values stand in `uniforms`, whose entries of kind `.value` differ between jobs of the same
/// structure. (One value decides on structure: whether the reversal potential of a synapse is 0.)
/// Both back ends run the same program and give the same bits.
package struct Program: Hashable, Sendable {
  /// What real numbers are computed in, by the law of `narrowed`.
  package var precision = Precision.double
  /// The state, as columns over lanes. 8-byte columns come before 4-byte columns, and these before
  /// flags.
  package var columns: [Column]
  /// Evaluated once per population, in order.
  package var uniforms: [UniformEntry]
  /// Each place where a random number is drawn, in the order of lowering.
  package var occurrences: [RandomOccurrence]

  /// Fills `derived` columns; run after initial values and whenever a parameter was set.
  package var derived: Section
  /// Initial values; run once by the portable back end, at step 0.
  package var initial: Section
  /// What recordings read: one output per probe.
  package var probe: Section
  /// The update: stores of all new values, computed from the old ones.
  package var update: Section
  /// On the new state: one boolean output, false in lanes in which no test below can hold. Cheap,
  /// for it runs in every step.
  package var precondition: Section
  /// On the new state, where `precondition` holds in some lane: the boolean outputs are
  /// the spike test (if `spikes`) and then the events' conditions, in order. Stores (`lastspike`,
  /// `not_refractory`) hold in all lanes.
  package var tests: Section
  /// Second reset, reset and actions act in the tail, on lanes of a mask.
  package var secondReset: SecondReset?
  package var reset: Section
  package var events: [Event]
  package var ports: [PortCode]
  /// What stimuli and schedule do at the start of a step, on lanes of a mask; `payload` is the lane's.
  package var starts: [Section]
  /// Whether there is a threshold.
  package var spikes: Bool

  /// The flag column that `tests` raises in lanes that spike and the next tail lowers; there only
  /// if a reset or a second reset exists.
  package var pendingSpike: Int?
  /// The flag column `not_refractory`, if anything beside the threshold reads it.
  package var notRefractory: Int?
}

/// How exactly a kernel computes with real numbers.
package enum Precision: Hashable, Sendable {
  /// f64 throughout
  case double
  /// f32, but for times, integers and what no state enters
  case single
}

/// One column of the state of a population.
package struct Column: Hashable, Sendable {
  package enum Element: Hashable, Sendable {
    /// f64; integers too, which are exact in it below 2^53
    case real
    /// f32
    case single
    /// 64 bits: bit (n mod 64) says that the second reset is due in the tail of step n
    case bits
    /// one byte, 0 or 1
    case flag

    package var bytes: Int {
      switch self {
      case .real, .bits: 8
      case .single: 4
      case .flag: 1
      }
    }

    /// Whether it holds numbers, of whatever precision.
    var isNumber: Bool { self == .real || self == .single }
  }

  package enum Role: Hashable, Sendable {
    /// a differential variable, or a parameter that something writes or that differs by neuron
    case variable
    /// `lastspike`, `not_refractory`
    case refractoriness
    /// spikes and events of the last step that the next tail has to act on, and second resets
    case pending
    /// hoisted: depends on constant per-neuron columns only; never saved, evaluated anew
    case derived
  }

  package var name: String
  package var element: Element
  package var role: Role
  /// What every lane holds before initial values are evaluated.
  package var initialValue: Double

  package init(name: String, element: Element, role: Role, initialValue: Double = 0) {
    self.name = name
    self.element = element
    self.role = role
    self.initialValue = initialValue
  }
}

/// An entry of the table of uniforms.
package enum UniformEntry: Hashable, Sendable {
  /// A constant of the model or job, a literal of the text, `dt` or `N`. No part of the structure.
  case value(Double)
  /// Computed from earlier entries: operands are places in the table.
  case computed(Operation)
}

/// A place in the text where a random number is drawn: a stream of its own.
package struct RandomOccurrence: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case uniform
    case normal
    case poisson
  }
  package var kind: Kind
  /// Names the stream within its population: `update.0`, `initial.2`, `port.x_dist.0`; does not
  /// change when other populations or projections come or go.
  package var purpose: String

  package init(kind: Kind, purpose: String) {
    self.kind = kind
    self.purpose = purpose
  }
}

/// Straight-line code. Value k is the result of instruction k; operands come before their uses.
/// `load` gives the column as it is when the section begins; stores happen at its end, together.
package struct Section: Hashable, Sendable {
  package struct Store: Hashable, Sendable {
    package var column: Int
    package var value: Int
    package init(column: Int, value: Int) {
      self.column = column
      self.value = value
    }
  }

  package var instructions: [Instruction]
  package var stores: [Store]
  package var outputs: [Int]

  package init(instructions: [Instruction] = [], stores: [Store] = [], outputs: [Int] = []) {
    self.instructions = instructions
    self.stores = stores
    self.outputs = outputs
  }

  package var isEmpty: Bool { stores.isEmpty && outputs.isEmpty }
}

package struct Instruction: Hashable, Sendable {
  package var operation: Operation
  package var type: ValueType
  package init(_ operation: Operation, _ type: ValueType) {
    self.operation = operation
    self.type = type
  }
}

/// What a value of a program is. Integers are carried as f64, exact below 2^53.
package enum ValueType: Hashable, Sendable {
  case real
  /// A real number in f32; only in programs of single precision.
  case single
  case integer
  case boolean
}

package enum Operation: Hashable, Sendable {
  /// A number that lowering itself brings in (0, 1, 2, 0.5); values of users are uniforms.
  case constant(Double)
  case truth(Bool)
  /// An entry of the table of uniforms; as a single, rounded to the nearest.
  case uniform(Int)
  case load(column: Int)
  /// n, as an integer. In a tail, the n whose tail it is.
  case step
  /// i: the neuron's index in its population.
  case neuronIndex
  /// w: the event's payload, or what a stimulus gives; in ports and starts only.
  case payload
  case random(occurrence: Int)
  /// `poisson(lambda)`
  case poisson(occurrence: Int, lambda: Int)
  case unary(UnaryOperation, Int)
  case binary(BinaryOperation, Int, Int)
  /// a × b + c with one rounding
  case fma(Int, Int, Int)
  case compare(Comparison, Int, Int)
  case select(mask: Int, Int, Int)
  case not(Int)
  case and(Int, Int)
  case or(Int, Int)
  /// A number rounded to the nearest f32.
  case narrow(Int)
  /// A number of f32 as f64, exactly.
  case widen(Int)
}

/// Lane-wise functions of one number; names as KernelABI's.
package enum UnaryOperation: String, Hashable, Sendable, CaseIterable {
  case negate, absolute, sign, squareRoot, floor, ceil, truncate
  /// The last two: 2^x as a quotient.
  case exp, exp2, exp2Numerator, exp2Denominator
  case log, log10, expm1, log1p, exprel
  case sin, cos, tan, arcsin, arccos, arctan, sinh, cosh, tanh
}

package enum BinaryOperation: String, Hashable, Sendable, CaseIterable {
  case add, subtract, multiply, divide
  /// x < y ? x : y, and x > y ? x : y
  case minimum, maximum
  case power
}

package enum Comparison: String, Hashable, Sendable, CaseIterable {
  case less, lessOrEqual, greater, greaterOrEqual, equal, notEqual
}

extension Program {
  /// A reset that follows each spike.
  package struct SecondReset: Hashable, Sendable {
    package var code: Section
    /// 0 ... 64 steps. (0: in the tail of the spike's own step, before the reset.)
    package var width: Int
    /// The column of pending bits; `nil` when the width is 0.
    ///
    /// In the tail of step n, bit n mod 64 is acted on and lowered first; then, in lanes with a
    /// pending spike, bit (n + width) mod 64 is raised. So a width of 64 needs no 65th bit.
    package var pending: Int?
    package init(code: Section, width: Int, pending: Int?) {
      self.code = code
      self.width = width
      self.pending = pending
    }
  }

  package struct Event: Hashable, Sendable {
    package var name: String
    package var action: Section
    package var isRecordable: Bool
    /// The flag column between condition and action.
    package var pending: Int
    package init(name: String, action: Section, isRecordable: Bool, pending: Int) {
      self.name = name
      self.action = action
      self.isRecordable = isRecordable
      self.pending = pending
    }
  }

  /// What an event of an additive port adds to one column.
  package struct Contribution: Hashable, Sendable {
    package var column: Int
    /// One output, which reads nothing but payload and uniforms.
    package var amount: Section
    /// Not while the neuron is refractory: where the column `notRefractory` is 0, nothing is added.
    package var isMasked: Bool
    package init(column: Int, amount: Section, isMasked: Bool) {
      self.column = column
      self.amount = amount
      self.isMasked = isMasked
    }
  }

  /// What an event does at its lane.
  package enum PortCode: Hashable, Sendable {
    /// Amounts of one step are summed from 0.0 per lane and column over all additive ports, in
    /// the order of events, and added once (in lanes with such an event only). Acts before
    /// `.general`.
    case additive([Contribution])
    /// Run event by event, in the order of events, on the event's lane.
    case general(Section)
  }
}
