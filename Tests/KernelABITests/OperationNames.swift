import KernelABI

/// The operations by the names of the header, in the order of the enumerations.
let unaryNames = [
  "negate", "absolute", "sign", "squareRoot", "floor", "ceil", "truncate", "exp", "exp2",
  "exp2Numerator", "exp2Denominator", "log", "log10", "expm1", "log1p", "exprel", "sin", "cos",
  "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh",
]
let binaryNames = ["add", "subtract", "multiply", "divide", "minimum", "maximum", "power"]
let comparisonNames = [
  "less", "lessOrEqual", "greater", "greaterOrEqual", "equal", "notEqual",
]

func unaryOperation(_ place: Int) -> coppice_unary { coppice_unary(UInt32(place)) }
func binaryOperation(_ place: Int) -> coppice_binary { coppice_binary(UInt32(place)) }
func comparison(_ place: Int) -> coppice_comparison { coppice_comparison(UInt32(place)) }
