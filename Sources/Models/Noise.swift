public import Units

/// A noisy current: an Ornstein-Uhlenbeck process, advanced by Euler's rule.
///
///     dI/dt = (mean - I)/tau + sigma sqrt(2/(tau dt)) N(0, 1)
///
/// `sigma` is the stationary standard deviation (to first order in dt/tau). The text is
/// Dendrify's, and so are the defaults of 2.2 (20 ms, 1 pA, 0 pA).
public struct Noise: Hashable, Sendable {
  /// Correlation time.
  public var tau: Quantity
  /// Standard deviation of the current.
  public var sigma: Quantity
  /// Mean current.
  public var mean: Quantity

  /// Describes a noisy current.
  public init(
    tau: Quantity = Quantity(20 * 0.001, .time), sigma: Quantity = Quantity(1 * 1e-12, .current),
    mean: Quantity = Quantity(0, .current)
  ) {
    self.tau = tau
    self.sigma = sigma
    self.mean = mean
  }

  /// Adds the current to a membrane.
  func write(to membrane: inout Membrane, at path: [String]) throws(ModelError) {
    let suffix = membrane.suffix
    let id = "_noise" + suffix
    let tau = try Expectation.timeConstant.value(of: tau, at: path + ["tau"])
    let sigma = try Expectation.currentDeviation.value(of: sigma, at: path + ["sigma"])
    let mean = try Expectation.current.value(of: mean, at: path + ["mean"])
    try membrane.define("tau\(id)", Quantity(tau, .time), at: path)
    try membrane.define("sigma\(id)", Quantity(sigma, .current), at: path)
    try membrane.define("mean\(id)", Quantity(mean, .current), at: path)
    membrane.currents.append("I\(id)")
    membrane.lines.append(
      "dI\(id)/dt = (mean\(id)-I\(id)) / tau\(id)"
        + " + sigma\(id) * (sqrt(2/(tau\(id)*dt)) * randn())  :amp")
  }
}
