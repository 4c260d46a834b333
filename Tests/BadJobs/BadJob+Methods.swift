extension BadJob {
  /// Methods of integration that are none, or that cannot integrate the equations.
  static let methods: [BadJob] =
    [
      BadJob(
        "an implicit method", "seed: 7", "seed: 7, method: ⟦implicit",
        "'method: implicit' is not available yet"),
      BadJob("Brian's exact method", "seed: 7", "seed: 7, method: ⟦exact", noMethod("exact")),
      BadJob("a stochastic method", "seed: 7", "seed: 7, method: ⟦heun", noMethod("heun")),
      BadJob(
        "another stochastic method", free, "\(free)\n    method: ⟦milstein", noMethod("milstein")),
      BadJob("a method of GSL", free, "\(free)\n    method: ⟦gsl_rkf45", noMethod("gsl_rkf45")),
      BadJob("a method with a slip", "seed: 7", "seed: 7, method: ⟦rk5", noMethod("rk5")),
      BadJob("a method in capitals", free, "\(free)\n    method: ⟦Euler", noMethod("Euler")),
      BadJob("an order as a method", "seed: 7", "seed: 7, method: ⟦4", noMethod("4")),
      BadJob(
        "several methods", "seed: 7", "seed: 7, method: ⟦[euler, rk4]",
        "the name of a method is due here, not a list"),
    ] + noise + nonlinear

  /// The model in the good job that is nothing but an equation.
  private static let free = "equations: 'dx/dt = -x/(10*ms) : 1'"

  private static func noMethod(_ name: String) -> String { "there is no method '\(name)'" }

  /// The free model with other equations and a method of its own.
  private static func free(_ equations: String, _ method: String) -> String {
    "equations: \"\(equations)\"\n    method: \(method)"
  }

  private static let noise: [BadJob] = [
    BadJob(
      "noise of a compartment, by the method of all models", "seed: 7", "seed: 7, method: ⟦rk4",
      "model 'cell': 'rk4' cannot integrate the noise of 'I_noise_dend': randn()"),
    BadJob(
      "noise of a compartment, by the method of its model", "    spike:\n      threshold: V_soma",
      "    method: ⟦exponential_euler\n    spike:\n      threshold: V_soma",
      "'exponential_euler' cannot integrate the noise of 'I_noise_dend': randn()"),
    BadJob(
      "noise of a point neuron", "v_rest: rest}\n",
      "v_rest: rest, noise: {sigma: 2 pA}}\n    method: ⟦rk2\n",
      "'rk2' cannot integrate the noise of 'I_noise': randn()"),
    BadJob(
      "white noise", free, free("dx/dt = -x/(10*ms) + xi/sqrt(ms) : 1", "⟦rk4"),
      "'rk4' cannot integrate the noise of 'x': xi stands in its equation"),
    BadJob(
      "named white noise, which is linear", free,
      free("dx/dt = -x/(10*ms) + xi_input/sqrt(ms) : 1", "⟦exponential_euler"),
      "'exponential_euler' cannot integrate the noise of 'x': xi_input stands in its equation"),
    BadJob(
      "random numbers", free,
      free("dx/dt = (2*sqrt(rand()) - x)/(10*ms) : 1", "⟦rk2"),
      "'rk2' cannot integrate the noise of 'x': rand() stands in its equation"),
    BadJob(
      "a random count", free, free("dx/dt = (poisson(3.0) - x)/(10*ms) : 1", "⟦rk4"),
      "'rk4' cannot integrate the noise of 'x': poisson() stands in its equation"),
  ]

  private static let nonlinear: [BadJob] = [
    nonlinear("a square", "dx/dt = -x**2/(10*ms) : 1", "`x**2`"),
    nonlinear("a logistic growth", "dx/dt = x*(1 - x)/(10*ms) : 1", "`x*(1 - x)`"),
    nonlinear("a quotient", "dx/dt = 1/(1 + x)/(10*ms) : 1", "`1/(1 + x)`"),
    nonlinear("a switch", "dx/dt = int(x < 0.5)*5*Hz : 1", "`x < 0.5`"),
    nonlinear(
      "an exponential in a subexpression", "dx/dt = (gain - x)/(10*ms) : 1\\ngain = exp(-2*x) : 1",
      "`exp(-2*x)` in 'gain'"),
    BadJob(
      "the magnesium block of NMDA", "v_rest: rest}\n",
      "v_rest: rest, synapses: [{channel: NMDA, tag: n, g: 1 nS, t_decay: 50 ms}]}\n"
        + "    method: ⟦exponential_euler\n",
      "'exponential_euler' needs equations that are linear in their own variable, and 'V' stands "
        + "non-linearly in its own"),
    BadJob(
      "the spike of an adex neuron", "point: {model: leakyIF,",
      "method: ⟦exponential_euler\n    parameters: {Vth: -50 mV, DeltaT: 2 mV, tauw: 100 ms, "
        + "a: 1 nS}\n    point: {model: adex,",
      "'exponential_euler' needs equations that are linear in their own variable, and 'V' stands "
        + "non-linearly in its own: `exp("),
  ]

  private static func nonlinear(_ name: String, _ equations: String, _ part: String) -> BadJob {
    BadJob(
      name, free, free(equations, "⟦exponential_euler"),
      "'exponential_euler' needs equations that are linear in their own variable, and 'x' stands "
        + "non-linearly in its own: \(part)")
  }
}
