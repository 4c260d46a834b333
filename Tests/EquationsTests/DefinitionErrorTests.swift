import Equations
import Testing
import Units

@Suite struct DefinitionErrorTests {
  /// Equations with 1️⃣ before the fault, the message and the hint.
  static let bad: [(marked: String, message: String, hint: String?)] = [
    (
      "1️⃣V",
      "an equation cannot begin like this",
      "write dx/dt = … : unit, x = … : unit, or x : unit"
    ),
    ("dV/dt = 1️⃣: volt", "`:` cannot stand here, where a value is due", nil),
    (
      "dV/dt = -V/(10*ms)1️⃣",
      "the equation of `V` has no unit",
      "end it with a unit, such as : volt, or : 1 for a plain number"
    ),
    (
      "dV/dt = -V/(10*ms)1️⃣\nx : 1",
      "the equation of `V` has no unit",
      "end it with a unit, such as : volt, or : 1 for a plain number"
    ),
    (
      "x = 3 :1️⃣",
      "a unit is missing here",
      "such as volt, siemens/metre**2, 1, boolean or integer"
    ),
    ("x : 1️⃣mV", "`mV` is not a unit without prefix", "variables are kept in SI: write volt"),
    ("x : 1️⃣vollt", "`vollt` is not a known unit", "did you mean `volt`?"),
    ("x : 1️⃣bool", "`bool` is no type", "write boolean, integer, or 1 for a plain number"),
    (
      "x : volt 1️⃣y : 1",
      "the equation of `x` ends before this",
      "each equation stands on a line of its own"
    ),
    (
      "1️⃣d/dt = 3 : 1",
      "an equation cannot begin like this",
      "write dx/dt = … : unit, x = … : unit, or x : unit"
    ),
    (
      "1️⃣dV/dx = 3 : 1",
      "an equation cannot begin like this",
      "write dx/dt = … : unit, x = … : unit, or x : unit"
    ),
    (
      "1️⃣3 = x : 1",
      "an equation cannot begin like this",
      "write dx/dt = … : unit, x = … : unit, or x : unit"
    ),
    ("x = 11️⃣,2 : 1", "`,` can stand only between the arguments of a function", nil),
    ("x = (1 + 21️⃣, 3) : 1", "`,` can stand only between the arguments of a function", nil),
    ("x = 1️⃣(1 + 2 : 1", "`(` is never closed", nil),
    ("x = 1 + 21️⃣) : 1", "`)` closes nothing", nil),
    ("x = 2 1️⃣y : 1", "an operator is missing before `y`", "write * to multiply"),
    ("x = 1️⃣10mV : volt", "`10mV` is neither a number nor a name", "write 10*mV"),
    ("x = 1️⃣1_000 : 1", "`1_000` is neither a number nor a name", nil),
    ("x = 1️⃣0x10 : 1", "`0x10` is neither a number nor a name", nil),
    (
      "x = 1️⃣010 : 1",
      "`010` begins with a zero",
      "octal numbers are not read; leave the zeros out"
    ),
    ("x = 1️⃣1e999 : 1", "`1e999` is too large for a 64-bit number", nil),
    ("x = 1️⃣1e-999 : 1", "`1e-999` is too small for a 64-bit number", nil),
    ("x = 31️⃣[0] : 1", "variables cannot be indexed", nil),
    ("x = y1️⃣.z : 1", "names have no attributes", nil),
    ("x = 31️⃣^2 : 1", "`^` is not the power", "write **"),
    ("x = 1 1️⃣&& 2 : 1", "`&&` is no operator of the language", "write and"),
    ("x = 1️⃣!y : 1", "`!` is no operator of the language", "write not"),
    ("x = 31️⃣@4 : 1", "the character `@` cannot stand in equations", nil),
    ("x = 1️⃣'a' : 1", "there are no strings in equations", nil),
    ("x = 1️⃣lambda : 1", "`lambda` is no word of the language", nil),
    ("x = 1️⃣true : boolean", "`true` is not defined", "write True"),
    (
      "x = 2 1️⃣if y else 3 : 1",
      "there is no `if` in expressions",
      "multiply with a condition: int(x > 0)*y"
    ),
    ("x = 1 < 2 1️⃣< 3 : boolean", "comparisons cannot be chained", "write a < b and b < c"),
    ("x = 1 + 1️⃣not True : 1", "`not` needs parentheses here", "write (not x)"),
    ("x = 1️⃣* 3 : 1", "`*` cannot stand here, where a value is due", nil),
    ("x = a 1️⃣+= 3 : 1", "`+=` cannot stand here", nil),
    (
      "dV/dt = -V/tau + 1️⃣I : volt\ntau : second\nI : amp",
      "cannot add `I`, a current (A), to `-V/tau`, a voltage per time (V/s)",
      nil
    ),
    (
      "dV/dt = 1️⃣-V : volt",
      "`-V` is a voltage (V), where a voltage per time (V/s) is due: dV/dt is that of `V` per second",
      nil
    ),
    ("x : 1\n1️⃣x : volt", "`x` is defined twice", nil),
    ("1️⃣ms : 1", "no variable can have this name: `ms` is the name of a unit", nil),
    ("1️⃣t : 1", "no variable can have this name: `t` has a meaning of its own in equations", nil),
    (
      "1️⃣xi_a : 1",
      "no variable can have this name: `xi_a` has a meaning of its own in equations",
      nil
    ),
    ("1️⃣exp : 1", "no variable can have this name: `exp` is the name of a function", nil),
    ("1️⃣pi : 1", "no variable can have this name: `pi` is a number known to all equations", nil),
    ("1️⃣lambda : 1", "no variable can have this name: `lambda` is a word of the language", nil),
    (
      "1️⃣aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg : 1",
      "no variable can have this name: the name `aaaaaaaaaabbbbbbbbbb…` is longer than 64 characters",
      nil
    ),
    ("x = 1️⃣V_som : volt\nV_soma : volt", "`V_som` is not defined", "did you mean `V_soma`?"),
    ("x = 1️⃣inf : 1", "`inf` is not a finite number", nil),
    ("x = 3*1️⃣s : second", "`s` is not defined", "for the unit, write second"),
    ("x = 1️⃣expp(3) : 1", "there is no function `expp`", "did you mean `exp`?"),
    ("x = 1️⃣pow(2, 3) : 1", "there is no function `pow`", "did you mean `**`?"),
    ("x = 1️⃣exp(1, 2) : 1", "`exp` takes 1 argument, not 2", nil),
    ("x = 1️⃣clip(1, 2) : 1", "`clip` takes 3 arguments, not 2", nil),
    (
      "x = exp(1️⃣V) : 1\nV : volt",
      "`exp` needs a plain number, and `V` is a voltage (V)",
      "divide it by a quantity of its kind"
    ),
    ("x = 1️⃣exp : 1", "`exp` is a function and needs its arguments", "such as exp(…)"),
    ("y = 1️⃣V(3) : 1\nV : 1", "`V` is not a function", "to multiply, write V*(…)"),
    (
      "x = V + 1️⃣1 : volt\nV : volt",
      "cannot add `1`, a plain number, to `V`, a voltage (V)",
      "give the number its unit: 1*mV"
    ),
    (
      "x = 2*mV - 1️⃣(3*nS) : volt",
      "cannot subtract `3*nS`, a conductance (S), from `2*mV`, a voltage (V)",
      nil
    ),
    (
      "x = V > 1️⃣0 : boolean\nV : volt",
      "cannot compare `V`, a voltage (V), with `0`, a plain number",
      "give the number its unit: 0*mV"
    ),
    (
      "x = V % 1️⃣2 : volt\nV : volt",
      "cannot take `V`, a voltage (V), modulo `2`, a plain number",
      "give the number its unit: 2*mV"
    ),
    ("x = 1️⃣V // 2 : 1\nV : volt", "`//` needs plain numbers, and `V` is a voltage (V)", nil),
    (
      "x = V**1️⃣n : 1\nV : volt\nn : 1",
      "`V` is a voltage (V), and its exponent must be a number that does not change",
      nil
    ),
    ("x = 2**1️⃣(3*mV) : 1", "an exponent is a plain number, and `3*mV` is a voltage (V)", nil),
    ("x = V**1️⃣1e6 : 1\nV : volt", "the exponent of a quantity is out of range", nil),
    (
      "x = min(V, 1️⃣3) : volt\nV : volt",
      "`min` needs arguments of one dimension: `V`, a voltage (V), and `3`, a plain number",
      "give the number its unit: 3*mV"
    ),
    (
      "x = timestep(t, 1️⃣3) : integer",
      "`timestep` needs a time (s), and `3` is a plain number",
      "give the number its unit: 3*ms"
    ),
    (
      "x = 1️⃣V : boolean\nV : 1",
      "`V` is a plain number, where a condition is due for the boolean `x`",
      "compare it with something, such as V > -50*mV"
    ),
    ("x = 1️⃣2.5 : integer", "`2.5` is not an integer, and `x` is", "write int(…)"),
    (
      "x = 1️⃣(1 < 2) + 1 : 1",
      "`1 < 2` is a condition, where `+` needs a number",
      "write int(1 < 2), which is 0 or 1"
    ),
    (
      "x = not 1️⃣V : boolean\nV : 1",
      "`V` is a plain number, where a condition is due after `not`",
      "compare it with something, such as V > -50*mV"
    ),
    (
      "x = V > 1 and 1️⃣3 : boolean\nV : 1",
      "`3` is a plain number, where a condition is due beside `and`",
      "compare it with something, such as V > -50*mV"
    ),
    (
      "x = 1️⃣xi : second**-0.5",
      "`xi` is white noise, which only a differential equation can hold",
      "for a random number, write randn() or rand()"
    ),
    (
      "dx/dt = -x/ms + exp(1️⃣xi*sqrt(ms))/ms : 1",
      "white noise must be a factor of a term, such as sigma*sqrt(2/tau)*xi",
      nil
    ),
    (
      "dx/dt = xi*sqrt(ms)*1️⃣xi/ms*second**0.5 : 1",
      "white noise must be a factor of a term, such as sigma*sqrt(2/tau)*xi",
      nil
    ),
    (
      "dx/dt = xi/sqrt(ms) : 1\ndy/dt = 1️⃣xi/sqrt(ms) : 1",
      "`xi` is already the noise of `x`",
      "name each noise: xi_y"
    ),
    (
      "1️⃣a = b : 1\nb = c : 1\nc = a : 1",
      "`a` needs itself: `a` needs `b` needs `c` needs `a`",
      "only differential equations may refer to themselves"
    ),
    ("1️⃣a = a + 1 : 1", "`a` needs itself", "only differential equations may refer to themselves"),
    (
      "x = 1️⃣rand() : 1",
      "a random number in `x` would differ wherever it is read",
      "add the flag (constant over dt)"
    ),
    ("x : 1 (1️⃣constnt)", "`constnt` is not a flag", "did you mean `constant`?"),
    ("dx/dt = 1/ms : 1 (1️⃣constant)", "only parameters can be `constant`", nil),
    ("x = 3 : 1 (1️⃣constant)", "only parameters can be `constant`", nil),
    ("x : 1 (1️⃣unless refractory)", "only differential equations can be `unless refractory`", nil),
    ("x : 1 1️⃣(constant", "`(` is never closed", nil),
    ("x = 1️⃣i + 1 : 1 (shared)", "`x` is shared, and this differs from neuron to neuron", nil),
    (
      "dx/dt = 1/ms : 1️⃣integer",
      "a differential equation needs a unit: `x` cannot be an integer",
      nil
    ),
    ("x : 1 (1️⃣event-driven)", "the flag `event-driven` is not supported", nil),
    ("x,1️⃣ 3 : 1", "a name is missing after `,`", nil),
    ("x : siemens**1️⃣y", "the power of a unit is a number up to 24", nil),
    (
      "x : 1 1️⃣; y : 1",
      "the equation of `x` ends before this",
      "each equation stands on a line of its own"
    ),
    ("x = f(a1️⃣=3) : 1", "arguments are given by their order, not by name", nil),
    ("x = 1️⃣E_K*2 : volt", "`E_K` is not defined", nil),
    ("x = 3*1️⃣mv : volt", "`mv` is not defined", "did you mean `mV`?"),
  ]

  @Test(arguments: bad)
  func faultsAreToldAtTheirPlace(marked: String, message: String, hint: String?) throws {
    let marker = try #require(marked.firstRange(of: "1️⃣"))
    let before = marked[..<marker.lowerBound]
    let text = marked.replacing("1️⃣", with: "", maxReplacements: 1)
    let definition = NeuronDefinition(
      equations: text, constants: ["E_Na": Quantity(0.05, .voltage)])
    let error = #expect(throws: DefinitionError.self) { try EquationSystem(definition) }
    #expect(error?.part == .equations)
    #expect(error?.error.message == message)
    #expect(error?.error.hint == hint)
    #expect(error?.error.text == text)
    #expect(error?.error.span.offset == before.unicodeScalars.count)
    #expect(error?.error.line == before.count { $0 == "\n" } + 1)
    let lineStart = before.lastIndex(of: "\n").map { before.index(after: $0) } ?? before.startIndex
    #expect(error?.error.column == before[lineStart...].unicodeScalars.count + 1)
  }

  @Test func theTableIsLong() { #expect(DefinitionErrorTests.bad.count >= 60) }

  private let equations = """
    dV/dt = (E - V)/tau : volt (unless refractory)
    E = -60*mV : volt
    tau : second (constant)
    gate : boolean
    steps : integer
    x : 1
    level : volt (shared)
    """

  /// One text of a definition and its fault.
  static let badParts: [(part: DefinitionError.Part, marked: String, message: String)] = [
    (.threshold, "1️⃣V", "`V` is a voltage (V), where a condition is due here"),
    (.threshold, "V > 1️⃣-50", "cannot compare `V`, a voltage (V), with `-50`, a plain number"),
    (.threshold, "V > -50*mV1️⃣)", "`)` closes nothing"),
    (.threshold, "1️⃣", "an expression is missing here"),
    (.reset, "1️⃣E = -50*mV", "`E` is a subexpression and cannot be assigned to"),
    (.reset, "1️⃣tau = 3*ms", "`tau` is declared constant and cannot be assigned to"),
    (.reset, "1️⃣level = 3*mV", "`level` is shared, and one neuron cannot assign to it"),
    (.reset, "1️⃣c = 3", "`c` is a constant and cannot be assigned to"),
    (.reset, "1️⃣t = 3*ms", "`t` is built in and cannot be assigned to"),
    (.reset, "1️⃣mV = 3", "`mV` is built in and cannot be assigned to"),
    (.reset, "1️⃣y = 3", "`y` is not defined"),
    (
      .reset, "V = 1️⃣-60",
      "`-60` is a plain number, where a voltage (V) is due: it goes to `V`"
    ),
    (
      .reset, "V *= 1️⃣2*mV",
      "`2*mV` is a voltage (V), where a plain number is due: `V` keeps its dimension"
    ),
    (
      .reset, "gate = 1️⃣2",
      "`2` is a plain number, where a condition is due for the boolean `gate`"
    ),
    (.reset, "1️⃣gate += 1", "`gate` is boolean: only `=` can assign to it"),
    (.reset, "steps = 1️⃣x", "`x` is not an integer, and `steps` is"),
    (.reset, "1️⃣steps /= 2", "`steps` is an integer, and `/=` gives none"),
    (.reset, "x 1️⃣== 2", "`==` compares; it assigns nothing"),
    (.reset, "x 1️⃣**= 2", "`**=` is no assignment of the language"),
    (.reset, "x 1️⃣%= 2", "`%=` is no assignment of the language"),
    (.reset, "1️⃣3 = x", "a statement begins with the name of a variable"),
    (.reset, "f1️⃣(x)", "a statement assigns to a variable; it cannot only call `f`"),
    (.reset, "x =1️⃣", "an expression is missing here"),
    (.reset, "x =1️⃣\n3", "an expression is missing here"),
    (.reset, "x = 1 1️⃣x = 2", "an operator is missing before `x`"),
    (.reset, "1️⃣if x > 1", "`if` is no word of the language"),
    (.reset, "x = 1; x = 1️⃣yy", "`yy` is not defined"),
    (.refractory, "1️⃣V", "`V` is a voltage (V), where `refractory` needs a time or a condition"),
    (.refractory, "4 1️⃣mss", "`mss` is not a known unit"),
    (.eventCondition("a"), "1️⃣x", "`x` is a plain number, where a condition is due here"),
    (.eventAction("a"), "1️⃣E = 3*mV", "`E` is a subexpression and cannot be assigned to"),
    (
      .eventCondition("exp"), "1️⃣x > 1",
      "no event can have this name: `exp` is the name of a function"
    ),
    (
      .eventCondition("spike"), "1️⃣x > 1", "no event can be called `spike`, which is the threshold's"
    ),
    (.secondReset, "V = 1️⃣3", "`3` is a plain number, where a voltage (V) is due: it goes to `V`"),
  ]

  @Test(arguments: badParts)
  func faultsNameTheirText(
    part: DefinitionError.Part, marked: String, message: String
  ) throws {
    let marker = try #require(marked.firstRange(of: "1️⃣"))
    let offset = marked[..<marker.lowerBound].unicodeScalars.count
    let text = marked.replacing("1️⃣", with: "", maxReplacements: 1)
    var definition = NeuronDefinition(
      equations: equations, constants: ["c": Quantity(1)], threshold: "V > -50*mV")
    switch part {
    case .equations: break
    case .threshold: definition.threshold = text
    case .reset: definition.reset = text
    case .refractory: definition.refractory = text
    case .secondReset:
      definition.secondReset = text
      definition.spikeWidth = 0.001
    case .eventCondition(let name):
      definition.events = [.init(name: name, condition: text, action: "")]
    case .eventAction(let name):
      definition.events = [.init(name: name, condition: "x > 1", action: text)]
    }
    let error = #expect(throws: DefinitionError.self) { try EquationSystem(definition) }
    #expect(error?.part == part)
    #expect(error?.error.message == message)
    #expect(error?.error.span.offset == offset)
  }

  @Test func halfGivenSpikesAreRefused() {
    var definition = NeuronDefinition(equations: equations, reset: "x = 1")
    let reset = #expect(throws: DefinitionError.self) { try EquationSystem(definition) }
    #expect(reset?.error.message == "there is a reset, but no threshold")
    definition = NeuronDefinition(
      equations: equations, threshold: "x > 1", secondReset: "x = 1")
    let width = #expect(throws: DefinitionError.self) { try EquationSystem(definition) }
    #expect(width?.error.message == "there is a second reset, but no spike width")
    definition.spikeWidth = -1
    let negative = #expect(throws: DefinitionError.self) { try EquationSystem(definition) }
    #expect(negative?.error.message == "the spike width is no time from 0 up")
    definition.spikeWidth = 1
    definition.secondReset = nil
    let lonely = #expect(throws: DefinitionError.self) { try EquationSystem(definition) }
    #expect(lonely?.error.message == "there is a spike width, but no second reset")
    definition = NeuronDefinition(
      equations: equations,
      events: [
        .init(name: "a", condition: "x > 1", action: ""),
        .init(name: "a", condition: "x > 1", action: ""),
      ])
    let twice = #expect(throws: DefinitionError.self) { try EquationSystem(definition) }
    #expect(twice?.error.message == "there are two events `a`")
  }

  @Test func renderedErrorsShowTheLineAndACaret() {
    let text = "dV/dt = -V/tau : volt\nI = gg*V : amp # leak\ntau : second\ng : siemens"
    let error = #expect(throws: DefinitionError.self) {
      try EquationSystem(NeuronDefinition(equations: text))
    }
    #expect(
      error?.error.rendered == """
        2:5: `gg` is not defined
            I = gg*V : amp # leak
                ^~
        """)
    let long = String(repeating: "1 + ", count: 100) + "y" + String(repeating: " + 1", count: 100)
    let cut = #expect(throws: EquationError.self) {
      try EquationSystem().checkedExpression(long, dimension: nil)
    }
    #expect(cut?.rendered.split(separator: "\n").allSatisfy { $0.count < 130 } == true)
    let lines = cut?.rendered.split(separator: "\n").map { Array($0) } ?? []
    #expect(lines.count == 3)
    if lines.count == 3, let caret = lines[2].firstIndex(of: "^") {
      #expect(lines[1][caret] == "y")
    }
  }
}
