public import Units

/// The constants that every neuron model knows without being told: reversal potentials and the
/// magnesium block of NMDA channels.
///
/// Values are Dendrify 2's `default_params()`. An entry of the same name among a model's
/// parameters, or among a job's constants, stands in for the one here.
public enum LibraryParameters {
  /// Names and values, in SI.
  ///
  /// The block of an NMDA channel at voltage V divides its conductance by
  /// `1 + Mg_con * exp(-Alpha_NMDA * (V/mV + Gamma_NMDA)) / Beta_NMDA` (Jahr & Stevens 1990).
  public static let values: [String: Quantity] = [
    "E_AMPA": millivolts(0),
    "E_NMDA": millivolts(0),
    "E_GABA": millivolts(-80),
    "E_Na": millivolts(70),
    "E_K": millivolts(-89),
    "E_Ca": millivolts(136),
    "Mg_con": Quantity(1),
    "Alpha_NMDA": Quantity(0.062),
    "Beta_NMDA": Quantity(3.57),
    "Gamma_NMDA": Quantity(0),
  ]

  private static func millivolts(_ number: Double) -> Quantity {
    Quantity(number * 0.001, .voltage)
  }
}
