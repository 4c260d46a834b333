import Equations

@testable import Kernels

/// The paper's active model: four compartments, exponential dendritic spikes in three of them.
enum WrittenActiveModel {
  static let compartments = ["soma", "trunk", "prox", "dist"]

  static var system: EquationSystem {
    var variables: [EquationSystem.Variable] = []
    for (index, name) in compartments.enumerated() {
      variables += compartment(name, index: index)
    }
    return .written(
      variables, constants: constants, threshold: "V_soma" > "Vth_soma",
      reset: [.set("V_soma", "V_reset")], refractory: "t_refractory",
      events: compartments.dropFirst().flatMap { events($0) })
  }

  static var definition: ProgramDefinition {
    ProgramDefinition(
      system: system, dt: 1e-4,
      ports: [
        .arrival("x_dist", .add("s_AMPA_X_dist", 1)),
        .arrival("y_prox", .add("s_AMPA_Y_prox", 1)),
        .arrival("recurrent", .add("s_AMPA_Y_prox", "w")),
      ],
      initial: compartments.map { .set("V_\($0)", -0.06) }
        + compartments.dropFirst().map { .set("allow_I_Na_\($0)", true) },
      uniformParameters: Dictionary(
        uniqueKeysWithValues: compartments.map { ("I_ext_\($0)", 0.0) }),
      size: 16)
  }

  private static func name(_ stem: String, _ compartment: String) -> Written {
    Written(.name("\(stem)_\(compartment)"))
  }

  private static func compartment(_ c: String, index: Int) -> [EquationSystem.Variable] {
    var current = name("I_ext", c)
    var variables: [EquationSystem.Variable] = []
    for other in [index - 1, index + 1] where compartments.indices.contains(other) {
      let o = compartments[other]
      current = current + name("I_\(o)", c)
      let coupling = "g_\(min(index, other))" as String
      variables.append(
        .subexpression("I_\(o)_\(c)", (name("V", o) - name("V", c)) * Written(.name(coupling))))
    }
    for tag in index == 2 ? ["AMPA_Y"] : index == 3 ? ["AMPA_X"] : [] {
      current = current + name("I_\(tag)", c)
      variables += [
        .subexpression(
          "I_\(tag)_\(c)",
          name("g_\(tag)", c) * ("E_AMPA" - name("V", c)) * name("s_\(tag)", c)
            * name("w_\(tag)", c)),
        .differential("s_\(tag)_\(c)", -name("s_\(tag)", c) / name("t_decay_\(tag)", c)),
      ]
    }
    if index > 0 {
      current = current + name("I_rise_Na", c) + name("I_fall_Na", c)
      variables += [
        .subexpression("I_rise_Na_\(c)", name("g_rise_Na", c) * ("E_Na" - name("V", c))),
        .subexpression("I_fall_Na_\(c)", name("g_fall_Na", c) * ("E_K" - name("V", c))),
        .differential("g_rise_Na_\(c)", -name("g_rise_Na", c) / "tau_rise"),
        .differential("g_fall_Na_\(c)", -name("g_fall_Na", c) / "tau_fall"),
        .parameter("allow_I_Na_\(c)", .boolean), .parameter("allow_I_Kn_\(c)", .boolean),
        .parameter("timer_Na_\(c)"),
      ]
    }
    return [
      .differential(
        "V_\(c)",
        (name("gL", c) * (name("EL", c) - name("V", c)) + name("I", c)) / name("C", c)),
      .subexpression("I_\(c)", current), .parameter("I_ext_\(c)"),
    ] + variables
  }

  private static func events(_ c: String) -> [EquationSystem.Event] {
    [
      .written(
        "spike_Na_\(c)",
        when: name("V", c) > "Vth_Na" && name("allow_I_Na", c)
          && "t" > name("timer_Na", c) + "refractory_Na",
        [
          .add("g_rise_Na_\(c)", name("g_rise_max", c)), .set("allow_I_Na_\(c)", false),
          .set("allow_I_Kn_\(c)", true), .set("timer_Na_\(c)", "t"),
        ]),
      EquationSystem.Event(
        name: "fall_Na_\(c)",
        condition: ("t" > name("timer_Na", c) + "offset_Kn" && name("allow_I_Kn", c)).expression,
        action: [
          .add("g_fall_Na_\(c)", name("g_fall_max", c)), .set("allow_I_Kn_\(c)", false),
          .set("allow_I_Na_\(c)", true),
        ], isRecordable: false),
    ]
  }

  private static var constants: [String: Double] {
    var constants = [
      "Vth_soma": -0.05, "V_reset": -0.06, "t_refractory": 4e-3, "E_AMPA": 0, "E_Na": 0.07,
      "E_K": -0.089, "tau_rise": 6e-4, "tau_fall": 1.2e-3, "offset_Kn": 2e-4,
      "refractory_Na": 5e-3, "Vth_Na": -0.04, "g_0": 15e-9, "g_1": 10e-9, "g_2": 4e-9,
    ]
    let tables: [(String, [Double])] = [
      ("gL", [3.3e-9, 1.32e-9, 0.53e-9, 0.26e-9]), ("C", [82e-12, 33e-12, 13.2e-12, 6.6e-12]),
      ("g_rise_max", [0, 34e-9, 15.3e-9, 7e-9]), ("g_fall_max", [0, 27.2e-9, 12.24e-9, 5.6e-9]),
    ]
    for (index, c) in compartments.enumerated() {
      constants["EL_\(c)"] = -0.06
      for (stem, values) in tables { constants["\(stem)_\(c)"] = values[index] }
    }
    for (tag, c, g) in [("AMPA_Y", "prox", 2e-9), ("AMPA_X", "dist", 1e-9)] {
      constants["g_\(tag)_\(c)"] = g
      constants["w_\(tag)_\(c)"] = 1
      constants["t_decay_\(tag)_\(c)"] = 5e-3
    }
    return constants
  }
}
