public import Units

/// The names that the equation language gives a meaning to, and the rules for all others.
public enum EquationNames {
  /// What a name that the engine itself provides stands for.
  struct Internal {
    let type: EquationSystem.ValueType
    let dimension: Dimension
    /// Whether it is the same for the whole population.
    let isShared: Bool
  }

  static let internals: [String: Internal] = [
    "t": Internal(type: .real, dimension: .time, isShared: true),
    "dt": Internal(type: .real, dimension: .time, isShared: true),
    "t_in_timesteps": Internal(type: .integer, dimension: .one, isShared: true),
    "N": Internal(type: .integer, dimension: .one, isShared: true),
    "i": Internal(type: .integer, dimension: .one, isShared: false),
    "lastspike": Internal(type: .real, dimension: .time, isShared: false),
    "not_refractory": Internal(type: .boolean, dimension: .one, isShared: false),
  ]

  /// What the engine itself keeps for each neuron and a recording may read beside the variables,
  /// as Brian's monitors may.
  public static let recordable: [String: Dimension] = ["lastspike": .time, "not_refractory": .one]

  /// π and Euler's number, known in every expression.
  public static let numbers: [String: Double] = ["pi": .pi, "e": 2.718281828459045]

  static let pythonKeywords: Set<String> = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in",
    "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with",
    "yield",
  ]

  /// Whether the name is `xi` or begins with `xi_`: white noise.
  public static func isNoise(_ name: String) -> Bool { name == "xi" || name.hasPrefix("xi_") }

  /// The longest name.
  public static let maximumLength = 64

  /// Why a variable, an event or a parameter cannot have that name; `nil` if it can.
  public static func problem(withVariable name: String) -> String? {
    if let problem = problem(withSpelling: name) { return problem }
    if internals[name] != nil || isNoise(name) {
      return "`\(name)` has a meaning of its own in equations"
    }
    if numbers[name] != nil { return "`\(name)` is a number known to all equations" }
    if UnitTable.isReserved(name) { return "`\(name)` is the name of a unit" }
    if EquationFunction(rawValue: name) != nil { return "`\(name)` is the name of a function" }
    return nil
  }

  /// Why a constant cannot have that name; `nil` if it can.
  ///
  /// Internal names such as `N` may be constants of a job: inside equations the internal name wins.
  public static func problem(withConstant name: String) -> String? {
    if let problem = problem(withSpelling: name) { return problem }
    if numbers[name] != nil { return "`\(name)` is a number known to all expressions" }
    if UnitTable.isReserved(name) { return "`\(name)` is the name of a unit" }
    if EquationFunction(rawValue: name) != nil { return "`\(name)` is the name of a function" }
    return nil
  }

  private static func problem(withSpelling name: String) -> String? {
    guard let first = name.unicodeScalars.first else { return "a name is empty" }
    let shown = name.unicodeScalars.count > maximumLength ? name.prefix(20) + "…" : name[...]
    guard name.unicodeScalars.count <= maximumLength else {
      return "the name `\(shown)` is longer than \(maximumLength) characters"
    }
    func isLetter(_ scalar: Unicode.Scalar) -> Bool {
      ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }
    let isSpeltRight = name.unicodeScalars.allSatisfy {
      isLetter($0) || ("0"..."9").contains($0)
    }
    guard isLetter(first), isSpeltRight else {
      return "the name `\(shown)` is not made of letters, digits and underscores"
    }
    return pythonKeywords.contains(name) ? "`\(name)` is a word of the language" : nil
  }
}

/// A function of the equation language, by its Brian name.
public enum EquationFunction: String, Hashable, Sendable, CaseIterable {
  case exp, log, log10, expm1, log1p, exprel, sqrt, abs, sign, floor, ceil, clip, min, max
  case sin, cos, tan, arcsin, arccos, arctan, sinh, cosh, tanh
  case rand, randn, poisson, timestep, int

  /// What goes in and what comes out.
  enum Rule {
    /// plain number to plain number
    case dimensionless
    /// the dimension stays, the result is no integer
    case rounding
    /// the dimension stays, integers stay integers
    case absolute
    case sign
    case squareRoot
    /// arguments of one dimension, which the result has
    case extremum
    case clip
    /// no argument, a plain number
    case draw
    /// plain number to integer
    case poisson
    case timestep
    case int
  }

  var rule: Rule {
    switch self {
    case .exp, .log, .log10, .expm1, .log1p, .exprel, .sin, .cos, .tan, .arcsin, .arccos, .arctan,
      .sinh, .cosh, .tanh:
      .dimensionless
    case .sqrt: .squareRoot
    case .abs: .absolute
    case .sign: .sign
    case .floor, .ceil: .rounding
    case .clip: .clip
    case .min, .max: .extremum
    case .rand, .randn: .draw
    case .poisson: .poisson
    case .timestep: .timestep
    case .int: .int
    }
  }

  /// How many arguments it takes, and how errors say so.
  var arity: (range: ClosedRange<Int>, text: String) {
    switch rule {
    case .draw: (0...0, "no argument")
    case .clip: (3...3, "3 arguments")
    case .timestep: (2...2, "2 arguments")
    case .extremum: (2...64, "2 or more arguments")
    default: (1...1, "1 argument")
    }
  }

  /// Whether two calls with the same arguments may differ.
  public var isRandom: Bool {
    switch self {
    case .rand, .randn, .poisson: true
    default: false
    }
  }
}
