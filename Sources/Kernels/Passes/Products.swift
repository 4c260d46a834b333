/// The factors of a product, by how often they change.
struct Factors {
  var isNegative = false
  var varying: [Int] = []
  var neuron: [Int] = []
  var uniform: [Int] = []
  /// What the varying ones are divided by.
  var divisor: Int?

  mutating func append(_ value: Int, _ constancy: Constancy) {
    switch constancy {
    case .uniform: uniform.append(value)
    case .neuron: neuron.append(value)
    case .varying: varying.append(value)
    }
  }

  /// (Varying / divisor) × (neuron × uniform), the sign with the factor that changes least.
  func multiplied(in new: inout Rewriting) -> Int {
    var isNegative = self.isNegative
    var constant: Int?
    for factors in [uniform, neuron, varying] {
      guard let first = factors.first else { continue }
      var part = factors.dropFirst().reduce(new[first]) {
        new.value(.binary(.multiply, $0, new[$1]))
      }
      if factors == varying, let divisor { part = new.value(.binary(.divide, part, new[divisor])) }
      if isNegative { part = new.value(.unary(.negate, part)) }
      isNegative = false
      constant = constant.map { new.value(.binary(.multiply, part, $0)) } ?? part
    }
    return constant ?? new.value(.constant(isNegative ? -1 : 1))
  }

  /// Multiplied by uniform factors.
  func times(_ uniforms: Factors) -> Factors {
    var product = self
    product.uniform += uniforms.uniform
    product.isNegative = isNegative != uniforms.isNegative
    return product
  }

  /// The varying factors, divided.
  func varyingPart(in new: inout Rewriting) -> Int {
    var gate = self
    (gate.isNegative, gate.neuron, gate.uniform) = (false, [], [])
    return gate.multiplied(in: &new)
  }

  /// The uniform factors and the sign.
  func uniformPart(in new: inout Rewriting) -> Int {
    Factors(isNegative: isNegative, uniform: uniform).multiplied(in: &new)
  }
}

/// The products of a section: trees of multiplications and negations, and of one division below
/// them, that no one else reads.
struct Products {
  let section: Section
  private let constancy: [Constancy]
  /// Whether a value is a multiplication or negation that may be taken apart.
  private let isProduct: [Bool]
  /// Whether its one reader takes it apart.
  private let isPart: [Bool]

  init(_ section: Section, constantColumns: Set<Int>) {
    self.section = section
    let constancy = section.constancy(constantColumns: constantColumns)
    self.constancy = constancy
    let exact = section.exactValues
    let users = section.users
    func isProduct(_ place: Int) -> Bool {
      switch section.instructions[place].operation {
      case .binary(.multiply, _, _), .unary(.negate, _): !exact[place]
      default: false
      }
    }
    func reader(_ place: Int) -> Int? { users[place].count == 1 ? users[place][0] : nil }
    /// A quotient of varying values that a product reads.
    func isFactor(_ place: Int) -> Bool {
      guard case .binary(.divide, let x, let y) = section.instructions[place].operation,
        !exact[place], constancy[x] == .varying, constancy[y] == .varying
      else { return false }
      return reader(place).map(isProduct) ?? false
    }
    self.isProduct = section.instructions.indices.map(isProduct)
    isPart = section.instructions.indices.map { place in
      guard !isFactor(place) else { return true }
      guard isProduct(place), let reader = reader(place) else { return false }
      if isFactor(reader) { return section.instructions[reader].operation.operands[0] == place }
      return isProduct(reader)
    }
  }

  func isRoot(_ place: Int) -> Bool { isProduct[place] && !isPart[place] }

  func factors(of place: Int) -> Factors {
    var factors = Factors()
    var open = [place]
    while let value = open.popLast() {
      let operation = section.instructions[value].operation
      switch operation {
      case .binary(.divide, let x, let y) where isPart[value] && factors.divisor == nil:
        factors.divisor = y
        open.append(x)
      case .binary(.multiply, _, _) where value == place || isPart[value]:
        open += operation.operands.reversed()
      case .unary(.negate, let x) where value == place || isPart[value]:
        factors.isNegative.toggle()
        open.append(x)
      default: factors.append(value, constancy[value])
      }
    }
    return factors
  }
}
