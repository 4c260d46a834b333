import Foundation
public import Units

/// A synaptic conductance on a compartment, shared by all connections that use it.
///
/// With decay only, a spike adds to the gate s:
///
///     I = g (E - V) s w,   ds/dt = -s / t_decay
///
/// With rise and decay, the gate s drives the open fraction x:
///
///     I = g (E - V) x w,   dx/dt = -x / t_decay + s / ms,   ds/dt = -s / t_rise
///
/// NMDA currents are divided by `1 + Mg_con exp(-Alpha_NMDA (V/mV + Gamma_NMDA)) / Beta_NMDA`.
/// Names are Dendrify's: `s_AMPA_X_dist`, `x_AMPA_X_dist`, `g_AMPA_X_dist`, `w_AMPA_X_dist`,
/// `I_AMPA_X_dist`, `t_AMPA_rise_X_dist`, `t_AMPA_decay_X_dist`.
public struct Synapse: Hashable, Sendable {
  /// What opens, and with it the reversal potential.
  public enum Channel: String, Hashable, Sendable, CaseIterable {
    case ampa = "AMPA"
    case nmda = "NMDA"
    case gaba = "GABA"
  }

  /// What opens.
  public var channel: Channel
  /// Tells synapses of one channel on one compartment apart.
  public var tag: String
  /// Conductance of a gate at 1.
  public var conductance: Quantity?
  /// Time constant of the rise; `nil` for an instant rise.
  public var riseTime: Quantity?
  /// Time constant of the decay.
  public var decayTime: Quantity?
  /// Whether the conductance is scaled so that one spike's peaks at `conductance`. Without a rise
  /// it peaks there anyhow.
  public var isPeakScaled: Bool

  /// Describes a synapse.
  public init(
    _ channel: Channel, tag: String, conductance: Quantity? = nil, riseTime: Quantity? = nil,
    decayTime: Quantity? = nil, isPeakScaled: Bool = false
  ) {
    self.channel = channel
    self.tag = tag
    self.conductance = conductance
    self.riseTime = riseTime
    self.decayTime = decayTime
    self.isPeakScaled = isPeakScaled
  }

  /// What a conductance is multiplied with to make one spike's peak 1.
  ///
  /// The peak of x after one spike is tau (exp(-tp/td) - exp(-tp/tr)) / ms with
  /// tau = td tr / (td - tr) and tp = tau ln(td/tr) (Roth & van Rossum 2009). Where the times are
  /// equal, to a hundred-thousandth, that is singular, and its limit e ms / tau is taken.
  ///
  /// - Parameters: Time constants in s, greater than 0.
  public static func peakScale(rise: Double, decay: Double) -> Double {
    guard abs(decay - rise) > 1e-5 * decay else {
      return exp(1) * 0.001 / (decay.squareRoot() * rise.squareRoot())
    }
    let tau = decay * rise / (decay - rise)
    let peak = tau * log(decay / rise)
    let factor = (tau * (-exp(-peak / rise) + exp(-peak / decay))) / 0.001
    return 1 / factor
  }

  /// Adds the current to a membrane.
  func write(to membrane: inout Membrane, at path: [String]) throws(ModelError) {
    try checkName(tag, of: "a synapse", at: path + ["tag"])
    var conductance = try Expectation.conductance.required(conductance, at: path + ["g"])
    let decay = try Expectation.timeConstant.required(decayTime, at: path + ["t_decay"])
    let rise = try Expectation.timeConstant.optional(riseTime, at: path + ["t_rise"])
    if isPeakScaled, let rise {
      conductance *= Synapse.peakScale(rise: rise, decay: decay)
      guard conductance.isFinite else {
        throw ModelError(
          "the scaled conductance comes out as no finite number", at: path + ["scale_g"])
      }
    }
    let id = "_\(channel.rawValue)_\(tag)\(membrane.suffix)"
    try membrane.define("w" + id, Quantity(1), at: path)
    try membrane.define("g" + id, Quantity(conductance, .conductance), at: path)
    let suffix = membrane.suffix
    let name = { (which: String) in "t_\(channel.rawValue)_\(which)_\(tag)\(suffix)" }
    try membrane.define(name("decay"), Quantity(decay, .time), at: path)
    if let rise {
      try membrane.define(name("rise"), Quantity(rise, .time), at: path)
    }
    membrane.currents.append("I" + id)
    let open = rise == nil ? "s" + id : "x" + id
    membrane.lines.append(current(id: id, open: open, voltage: "V" + membrane.suffix))
    if rise == nil {
      membrane.lines.append("ds\(id)/dt = -s\(id) / \(name("decay"))  :1")
    } else {
      membrane.lines.append("dx\(id)/dt = (-x\(id)/\(name("decay"))) + s\(id)/ms  :1")
      membrane.lines.append("ds\(id)/dt = -s\(id) / \(name("rise"))  :1")
    }
  }

  private func current(id: String, open: String, voltage: String) -> String {
    let driving = "I\(id) = g\(id) * (E_\(channel.rawValue)-\(voltage)) * \(open)"
    let block =
      channel == .nmda
      ? " / (1 + Mg_con * exp(-Alpha_NMDA*(\(voltage)/mV+Gamma_NMDA)) / Beta_NMDA)" : ""
    return "\(driving)\(block) * w\(id)  :amp"
  }
}
