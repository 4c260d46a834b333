extension Program {
  /// Gathers the constant factors of each product: dt × (X × r) becomes X × (dt × r), of which
  /// the second factor is a uniform, and -x / tau becomes x × (-1/tau).
  func gatheringUniforms() -> Program {
    var program = self
    var table = UniformTable(uniforms)
    let products = Products(update, constantColumns: constantColumns)
    var values: [Int] = []
    program.update = update.rewritten { place, instruction, code in
      let value: Int
      if products.isRoot(place) {
        let factors = products.factors(of: place)
        value = factors.multiplied(values: values, in: &code, table: &table)
      } else {
        value = code.hoisted(instruction, into: &table)
      }
      values.append(value)
      return value
    }
    // What is left behind must not count as a reader in the passes to come.
    program.update = program.update.withoutDeadCode
    program.uniforms = table.entries
    return program
  }
}

/// The factors of a product, by how often they change.
private struct Factors {
  var isNegative = false
  var varying: [Int] = []
  var neuron: [Int] = []
  var uniform: [Int] = []

  /// Varying × (neuron × uniform), the sign with the factor that changes least.
  func multiplied(values: [Int], in code: inout SectionBuilder, table: inout UniformTable) -> Int {
    func product(_ factors: [Int], _ code: inout SectionBuilder, _ table: inout UniformTable)
      -> Int?
    {
      var result: Int?
      for factor in factors {
        let value = values[factor]
        guard let left = result else {
          result = value
          continue
        }
        result = code.hoisted(Instruction(.binary(.multiply, left, value), .real), into: &table)
      }
      return result
    }
    var isNegative = self.isNegative
    var result: Int?
    for factors in [uniform, neuron, varying] {
      guard var part = product(factors, &code, &table) else { continue }
      if isNegative {
        part = code.hoisted(Instruction(.unary(.negate, part), .real), into: &table)
        isNegative = false
      }
      guard let constant = result else {
        result = part
        continue
      }
      result = code.hoisted(Instruction(.binary(.multiply, part, constant), .real), into: &table)
    }
    return result ?? code.emit(.constant(1), .real)
  }
}

/// The products of a section: trees of multiplications and negations that no one else reads.
private struct Products {
  let section: Section
  private let constancy: [Constancy]
  /// Whether a value is a multiplication or negation that may be taken apart.
  private let isProduct: [Bool]
  /// Whether its one reader takes it apart.
  private let isPart: [Bool]

  init(_ section: Section, constantColumns: Set<Int>) {
    self.section = section
    constancy = section.constancy(constantColumns: constantColumns)
    let exact = section.exactValues
    let isProduct = section.instructions.indices.map { place in
      guard !exact[place] else { return false }
      switch section.instructions[place].operation {
      case .binary(.multiply, _, _), .unary(.negate, _): return true
      default: return false
      }
    }
    self.isProduct = isProduct
    isPart = section.users.enumerated().map { place, users in
      guard isProduct[place], users.count == 1, let user = users[0] else { return false }
      return isProduct[user]
    }
  }

  func isRoot(_ place: Int) -> Bool { isProduct[place] && !isPart[place] }

  func factors(of place: Int) -> Factors {
    var factors = Factors()
    var open = [place]
    while let value = open.popLast() {
      guard value == place || isPart[value] else {
        switch constancy[value] {
        case .uniform: factors.uniform.append(value)
        case .neuron: factors.neuron.append(value)
        case .varying: factors.varying.append(value)
        }
        continue
      }
      if case .unary(.negate, _) = section.instructions[value].operation {
        factors.isNegative.toggle()
      }
      open += section.instructions[value].operation.operands.reversed()
    }
    return factors
  }
}
