import Units

/// The membrane of a compartment or of a point neuron.
///
/// With C capacitance, gL leak conductance, EL resting potential and I the sum of all currents
/// into the compartment:
///
///     passive, leakyIF   C dV/dt = gL (EL - V) + I
///     adaptiveIF         C dV/dt = gL (EL - V) + I - w
///                        tauw dw/dt = a (V - EL) - w
///     cadIF              C dV/dt = gL (EL - V) + I - w,  w = gA (V - EA)
///                        tauA dgA/dt = gAmax |V - EA| / mV - gA
///     adex               C dV/dt = gL (EL - V) + gL DeltaT exp((V - Vth)/DeltaT) + I - w
///                        tauw dw/dt = a (V - EL) - w
///
/// Spikes are the affair of threshold and reset, not of the membrane. Texts and names are those
/// of Dendrify's library; `adex` is Brette & Gerstner (2005), `cadIF` is Górski et al. (2021).
public enum MembraneModel: String, Hashable, Sendable, CaseIterable {
  /// A leak and nothing more; dendrites are so unless told otherwise.
  case passive
  /// The same equations as `passive`; somata are so unless told otherwise.
  case leakyIF
  /// Adaptation by a current.
  case adaptiveIF
  /// Adaptation by a conductance. Its parameters have no suffix: one compartment per neuron.
  case cadIF
  /// Adaptation by a current and an exponential spike onset.
  case adex

  /// The equations, with `{0}` where the compartment's suffix belongs.
  var template: String {
    let tail = "I{0} = I_ext{0}  :amp\nI_ext{0}  :amp"
    switch self {
    case .passive, .leakyIF:
      return "dV{0}/dt = (gL{0} * (EL{0}-V{0}) + I{0}) / C{0}  :volt\n" + tail
    case .adaptiveIF:
      return """
        dV{0}/dt = (gL{0} * (EL{0}-V{0}) + I{0} - w{0}) / C{0}  :volt
        dw{0}/dt = (a{0} * (V{0}-EL{0}) - w{0}) / tauw{0}  :amp
        \(tail)
        """
    case .cadIF:
      return """
        dV{0}/dt = (gL{0}*(EL{0}-V{0}) + I{0} - w{0}) / C{0}  :volt
        w{0} = gA * (V{0}-EA)  :amp
        dgA/dt = (gAmax * (abs(V{0}-EA)) / mV - gA) / tauA  :siemens
        \(tail)
        """
    case .adex:
      return """
        dV{0}/dt = (gL{0} * (EL{0}-V{0}) + gL{0}*DeltaT{0}*exp((V{0}-Vth{0})/DeltaT{0}) + I{0} \
        - w{0}) / C{0}  :volt
        dw{0}/dt = (a{0} * (V{0}-EL{0}) - w{0}) / tauw{0}  :amp
        \(tail)
        """
    }
  }

  /// Parameters that the user must supply, with `{0}` where the suffix belongs, and what they are.
  var parameters: [(name: String, dimension: Dimension)] {
    let adaptation: [(String, Dimension)] = [("tauw{0}", .time), ("a{0}", .conductance)]
    return switch self {
    case .passive, .leakyIF: []
    case .adaptiveIF: adaptation
    case .cadIF: [("EA", .voltage), ("gAmax", .conductance), ("tauA", .time)]
    case .adex: [("Vth{0}", .voltage), ("DeltaT{0}", .voltage)] + adaptation
    }
  }
}
