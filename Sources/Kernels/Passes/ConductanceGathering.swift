extension Program {
  /// Writes V + k Σ gᵢ (Eᵢ - V) as V + k (Σ gᵢ Eᵢ - (Σ gᵢ) V), where that takes fewer operations.
  ///
  /// A leak and the own side of a coupling are then constants, and a synapse takes two operations in
  /// place of three, or one if it reverses at 0, as AMPA does. What is lost by taking two larger
  /// numbers from each other is k Σ gᵢ times a unit in the last place of E: with a step that Euler's method
  /// can bear, less than one of V.
  func gatheringConductances() -> Program {
    let membranes = Membranes(self)
    return rewritingUpdate { place, _, new in
      membranes.membrane(at: place)?.newVoltage(in: &new)
    }
  }
}

/// The terms of V + k (Σ gᵢ (Eᵢ - V) + …) + …
private struct Membrane {
  /// g (E - V), or -g V where E is 0 or there is none.
  struct Pull {
    var conductance: Factors
    var reversal: Int?
    /// Whether a division comes first.
    var isLate: Bool { conductance.divisor != nil }
  }

  let voltage: Int
  /// k
  var rate = Factors()
  /// Constant conductances towards constant potentials.
  var leaks: [Pull] = []
  /// Changing conductances towards constant potentials.
  var gates: [Pull] = []
  /// Constant conductances towards other voltages.
  var couplings: [Pull] = []
  var constantCurrents: [Factors] = []
  var currents: [Factors] = []
  /// What is added beside the multiple of k.
  var others: [Term] = []

  init(voltage: Int) { self.voltage = voltage }

  func newVoltage(in new: inout Rewriting) -> Int {
    var sum = RunningSum(new[voltage])
    for other in others { sum.add(other, in: &new) }
    sum.add(change(in: &new), in: &new)
    return sum.value ?? new[voltage]
  }

  /// k times the current. Where all terms have constant factors anyway, these take k in; where not,
  /// the current is multiplied.
  private func change(in new: inout Rewriting) -> Int {
    let isTakenIn = (gates.map(\.conductance) + currents).allSatisfy { !$0.uniform.isEmpty }
    return isTakenIn
      ? current(times: rate, in: &new)
      : product(current(times: Factors(), in: &new), rate.uniformPart(in: &new), in: &new)
  }

  /// The sums begin with what is constant and end with what is known last: behind a quotient, as that of
  /// a magnesium block, three roundings follow in place of one for each term.
  ///
  /// - Parameter rate: of constants, taken in by every term.
  private func current(times rate: Factors, in new: inout Rewriting) -> Int {
    var slope = RunningSum()
    var drive = RunningSum()
    for current in constantCurrents {
      drive.add(current.times(rate).multiplied(in: &new), in: &new)
    }
    for pull in leaks + couplings {
      slope.subtract(pull.conductance.times(rate).multiplied(in: &new), in: &new)
    }
    for pull in leaks + couplings {
      guard let reversal = pull.reversal else { continue }
      let conductance = pull.conductance.times(rate).multiplied(in: &new)
      drive.add(product(new[reversal], conductance, in: &new), in: &new)
    }
    for current in currents { drive.add(current.times(rate).multiplied(in: &new), in: &new) }
    let (early, late) = (gates.filter { !$0.isLate }, gates.filter(\.isLate))
    for pull in early + late {
      let conductance = pull.conductance.times(rate)
      let gate = conductance.varyingPart(in: &new)
      let scale = conductance.uniformPart(in: &new)
      if conductance.uniform.isEmpty, !conductance.isNegative {
        slope.subtract(gate, in: &new)
      } else {
        slope.add(product(gate, new.value(.unary(.negate, scale)), in: &new), in: &new)
      }
      guard let reversal = pull.reversal else { continue }
      drive.add(product(gate, product(new[reversal], scale, in: &new), in: &new), in: &new)
    }
    return total(slope.value, drive.value, in: &new)
  }

  /// With one rounding, so that no later pass takes the drives apart together with V.
  private func total(_ slope: Int?, _ drive: Int?, in new: inout Rewriting) -> Int {
    guard let slope else { return drive ?? new.value(.constant(0)) }
    guard let drive else { return product(slope, new[voltage], in: &new) }
    return new.code.emit(.fma(slope, new[voltage], drive), .real)
  }
}

private func product(_ x: Int, _ y: Int, in new: inout Rewriting) -> Int {
  new.value(.binary(.multiply, x, y))
}

/// A sum as far as it has come.
private struct RunningSum {
  private(set) var value: Int?

  init(_ first: Int? = nil) { value = first }

  mutating func add(_ term: Int, in new: inout Rewriting) {
    value = value.map { new.value(.binary(.add, $0, term)) } ?? term
  }

  mutating func subtract(_ term: Int, in new: inout Rewriting) {
    value = new.value(value.map { .binary(.subtract, $0, term) } ?? .unary(.negate, term))
  }

  /// - Parameter term: of the old section.
  mutating func add(_ term: Term, in new: inout Rewriting) {
    let value = new[term.value]
    if term.isNegative { subtract(value, in: &new) } else { add(value, in: &new) }
  }
}

/// Finds the new voltages of a program's update.
private struct Membranes {
  private let program: Program
  private let sums: Sums
  private let products: Products
  private let constancy: [Constancy]
  private let readers: [Int]

  init(_ program: Program) {
    self.program = program
    sums = Sums(program.update)
    products = Products(program.update, constantColumns: program.constantColumns)
    constancy = program.update.constancy(constantColumns: program.constantColumns)
    readers = program.update.users.map(\.count)
  }

  /// The sum at a place, if it is a new voltage that takes fewer operations this way.
  func membrane(at place: Int) -> Membrane? {
    guard sums.isRoot(place) else { return nil }
    var terms = sums.terms(of: place)
    guard let old = terms.firstIndex(where: isOldVoltage) else { return nil }
    var membrane = Membrane(voltage: terms.remove(at: old).value)
    let sums = terms.map(sum)
    guard let multiple = sums.firstIndex(where: { $0 != nil }), let sum = sums[multiple] else {
      return nil
    }
    terms.remove(at: multiple)
    membrane.rate = sum.factor
    membrane.others = terms
    // In halves of an operation. Adding the multiple of V takes one.
    var saved = -2
    for current in sum.terms { saved += take(current, into: &membrane) }
    // The first term of a sum is added to nothing, but for one that begins with a constant.
    if membrane.currents.contains(where: { $0.uniform.isEmpty && $0.neuron.isEmpty }) { saved -= 2 }
    return saved > 0 ? membrane : nil
  }

  private func operation(_ value: Int) -> Operation { program.update.instructions[value].operation }

  private func isOldVoltage(_ term: Term) -> Bool {
    guard !term.isNegative, case .load = operation(term.value) else { return false }
    return constancy[term.value] == .varying
  }

  /// The sum that a term is a constant multiple of.
  private func sum(in term: Term) -> (terms: [Term], factor: Factors)? {
    var factor = factors(of: term)
    guard factor.varying.count == 1, factor.neuron.isEmpty, factor.divisor == nil,
      let sum = factor.varying.first, sums.isRoot(sum), readers[sum] == 1
    else { return nil }
    factor.varying = []
    return (sums.terms(of: sum), factor)
  }

  private func factors(of term: Term) -> Factors {
    var factors = Factors()
    if products.isRoot(term.value) {
      factors = products.factors(of: term.value)
    } else {
      factors.append(term.value, constancy[term.value])
    }
    factors.isNegative = factors.isNegative != term.isNegative
    return factors
  }

  /// - Returns: halves of an operation that this saves.
  private func take(_ term: Term, into membrane: inout Membrane) -> Int {
    let factors = factors(of: term)
    if let found = pull(factors, on: membrane.voltage) { return add(found, to: &membrane) }
    if constancy[term.value] == .uniform {
      membrane.constantCurrents.append(factors)
    } else {
      membrane.currents.append(factors)
    }
    return 0
  }
}

extension Membranes {
  private typealias Found = (pull: Membrane.Pull, difference: Int?)

  /// A product with a factor E - V, or V.
  private func pull(_ product: Factors, on voltage: Int) -> Found? {
    guard product.neuron.isEmpty else { return nil }
    for (index, factor) in product.varying.enumerated() {
      var conductance = product
      conductance.varying.remove(at: index)
      let isConstant = conductance.varying.isEmpty && conductance.divisor == nil
      let isGate = !conductance.varying.isEmpty
      if factor == voltage, isConstant || isGate {
        conductance.isNegative.toggle()
        return (.init(conductance: conductance), nil)
      }
      guard case .binary(.subtract, let x, let y) = operation(factor), x == voltage || y == voltage
      else { continue }
      let reversal = x == voltage ? y : x
      guard isConstant || (isGate && constancy[reversal] == .uniform) else { continue }
      if x == voltage { conductance.isNegative.toggle() }
      let pull = Membrane.Pull(
        conductance: conductance, reversal: isZero(reversal) ? nil : reversal)
      return (pull, factor)
    }
    return nil
  }

  /// Whether a value is the constant 0. Models that differ in this differ in structure.
  private func isZero(_ value: Int) -> Bool {
    guard case .uniform(let place) = operation(value) else { return false }
    return program.uniforms[place] == .value(0)
  }

  /// - Returns: halves of an operation that this saves.
  private func add(_ found: Found, to membrane: inout Membrane) -> Int {
    // A difference that is read twice is half of one for each reader.
    let difference = found.difference.map { max(3 - readers[$0], 0) } ?? 0
    let pull = found.pull
    if !pull.conductance.varying.isEmpty {
      membrane.gates.append(pull)
      let isScaled = !pull.conductance.uniform.isEmpty
      return difference + (isScaled ? 2 : 0) - (pull.reversal == nil ? 0 : 2)
    }
    if let reversal = pull.reversal, constancy[reversal] != .uniform {
      membrane.couplings.append(pull)
      return difference
    }
    membrane.leaks.append(pull)
    return difference + 2
  }
}
