import Units

/// The passive properties of a compartment or point neuron as given, before they are resolved.
struct Electrical {
  /// A value and the place where it was given.
  struct Given {
    var quantity: Quantity?
    var path: [String]
  }

  var length: Given
  var diameter: Given
  var cm: Given
  var gl: Given
  var cmAbsolute: Given
  var glAbsolute: Given
  var resistivity: Given
  var rest: Given
  var scale: Given
  var spine: Given

  /// The same in SI, and what follows from it.
  struct Resolved {
    var rest: Double?
    /// π · length · diameter · scale · spine
    var area: Double?
    /// π · length · diameter
    var bareArea: Double?
    var capacitance: Double?
    var leak: Double?
    /// Of the whole cylinder, along its axis, in ohm.
    var axialResistance: Double?
  }

  /// Whether capacitance or leak are given in absolute terms.
  var isDimensionless: Bool { cmAbsolute.quantity != nil || glAbsolute.quantity != nil }

  /// Checks what is given and derives what follows. If `isComplete`, potential, capacitance and
  /// leak must come out of it.
  func resolved(isComplete: Bool) throws(ModelError) -> Resolved {
    var result = Resolved()
    result.rest =
      isComplete
      ? try Expectation.voltage.required(rest.quantity, at: rest.path)
      : try Expectation.voltage.optional(rest.quantity, at: rest.path)
    if isDimensionless {
      try resolveAbsolute(into: &result, isComplete: isComplete)
    } else {
      try resolveSpecific(into: &result, isComplete: isComplete)
    }
    return result
  }

  private func resolveAbsolute(
    into result: inout Resolved, isComplete: Bool
  ) throws(ModelError) {
    for given in [length, diameter, cm, gl, resistivity, scale, spine] where given.quantity != nil {
      throw ModelError(
        "'\(given.path.last ?? "")' cannot stand beside 'cm_abs' or 'gl_abs'", at: given.path,
        hint: "describe the membrane by cm_abs and gl_abs alone, or by length, diameter, cm and gl")
    }
    if isComplete {
      result.capacitance = try Expectation.capacitance.required(
        cmAbsolute.quantity, at: cmAbsolute.path)
      result.leak = try Expectation.conductance.required(glAbsolute.quantity, at: glAbsolute.path)
    } else {
      result.capacitance = try Expectation.capacitance.optional(
        cmAbsolute.quantity, at: cmAbsolute.path)
      result.leak = try Expectation.conductance.optional(glAbsolute.quantity, at: glAbsolute.path)
    }
  }

  private func resolveSpecific(
    into result: inout Resolved, isComplete: Bool
  ) throws(ModelError) {
    func value(_ expectation: Expectation, _ given: Given) throws(ModelError) -> Double? {
      isComplete
        ? try expectation.required(given.quantity, at: given.path)
        : try expectation.optional(given.quantity, at: given.path)
    }
    let length = try value(.length, length)
    let diameter = try value(.length, diameter)
    let cm = try value(.specificCapacitance, cm)
    let gl = try value(.specificConductance, gl)
    let scale = try Expectation.factor.optional(scale.quantity, at: scale.path) ?? 1
    let spine = try Expectation.factor.optional(spine.quantity, at: spine.path) ?? 1
    let resistivity = try Expectation.resistivity.optional(
      resistivity.quantity, at: resistivity.path)
    guard let length, let diameter else { return }
    // The order of these products is Dendrify's: the last bit counts.
    let bareArea = Double.pi * length * diameter
    let area = bareArea * (scale * spine)
    result.bareArea = bareArea
    result.area = area
    result.capacitance = cm.map { area * $0 }
    result.leak = gl.map { area * $0 }
    result.axialResistance = resistivity.map {
      (4 * $0 * length) / (Double.pi * (diameter * diameter))
    }
    guard area.isFinite, area > 0, result.capacitance.map({ $0.isFinite && $0 > 0 }) ?? true else {
      throw ModelError(
        "length, diameter and the area factors give no usable area", at: self.length.path,
        hint: "check their units")
    }
  }
}
