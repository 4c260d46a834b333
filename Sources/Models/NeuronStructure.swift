/// Which compartments a neuron has, what is on them, and how they are connected.
public struct NeuronStructure: Hashable, Sendable {
  /// What is known about a compartment, in SI; the name of a point neuron is empty.
  public struct Compartment: Hashable, Sendable {
    public var name: String
    /// Whether it is the soma; `false` for a point neuron.
    public var isSoma: Bool
    /// The membrane model, or `equations`.
    public var membrane: String
    /// Membrane area with scale and spine factors, in m²; `nil` if there are no dimensions.
    public var area: Double?
    /// In F.
    public var capacitance: Double?
    /// In S.
    public var leakConductance: Double?
    /// In V.
    public var restingPotential: Double?
    /// Channel and tag of each synapse: `AMPA X`.
    public var synapses: [String]
    /// Names of dendritic spikes.
    public var dendriticSpikes: [String]
    public var hasNoise: Bool

    /// Makes properties of a compartment with no mechanisms on it.
    public init(
      name: String, isSoma: Bool = false, membrane: String, area: Double? = nil,
      capacitance: Double? = nil, leakConductance: Double? = nil, restingPotential: Double? = nil,
      synapses: [String] = [], dendriticSpikes: [String] = [], hasNoise: Bool = false
    ) {
      self.name = name
      self.isSoma = isSoma
      self.membrane = membrane
      self.area = area
      self.capacitance = capacitance
      self.leakConductance = leakConductance
      self.restingPotential = restingPotential
      self.synapses = synapses
      self.dendriticSpikes = dendriticSpikes
      self.hasNoise = hasNoise
    }
  }

  /// The conductance between two compartments.
  public struct Coupling: Hashable, Sendable {
    public var first: String
    public var second: String
    /// In S.
    public var conductance: Double

    public init(first: String, second: String, conductance: Double) {
      self.first = first
      self.second = second
      self.conductance = conductance
    }
  }

  /// Empty for free equations.
  public var compartments: [Compartment]
  public var couplings: [Coupling]

  public init(compartments: [Compartment] = [], couplings: [Coupling] = []) {
    self.compartments = compartments
    self.couplings = couplings
  }
}

extension NeuronStructure.Compartment {
  /// Capacitance, leak and area: `C 54.9779 pF, gL 2.19911 nS, area 5497.79 um^2`.
  public var propertiesText: String {
    let values = [
      capacitance.map { "C \(Significant.text($0 * 1e12)) pF" },
      leakConductance.map { "gL \(Significant.text($0 * 1e9)) nS" },
      area.map { "area \(Significant.text($0 * 1e12)) um^2" },
    ]
    return values.compactMap { $0 }.joined(separator: ", ")
  }

  /// What is on the membrane: `AMPA X, dSpike Na, noise`.
  var mechanismsText: String {
    (synapses + dendriticSpikes.map { "dSpike \($0)" } + (hasNoise ? ["noise"] : []))
      .joined(separator: ", ")
  }
}

/// The model graph, as text for the terminal and for Graphviz. Both follow from the model alone.
extension NeuronStructure {
  /// The compartments as a tree that begins at the soma, one line each, with the conductance that
  /// connects each with the one above it.
  ///
  ///     soma  leakyIF, C 54.9779 pF, gL 2.19911 nS, area 5497.79 um^2
  ///     └─ 15 nS ─ trunk  passive, ...; dSpike Na
  public var tree: String {
    var drawing = TreeDrawing(self)
    let roots = compartments.filter(\.isSoma) + compartments.filter { !$0.isSoma }
    for root in roots where !drawing.isDrawn(root.name) { drawing.draw(from: root) }
    return drawing.lines.joined(separator: "\n")
  }

  /// The compartments and couplings as a graph in Graphviz' language.
  public func dot(named name: String) -> String {
    var lines = ["graph \(DotText.quoted(name)) {", "  node [shape=box, style=rounded];"]
    for compartment in compartments {
      let label = [compartment.displayName, compartment.propertiesText, compartment.mechanismsText]
        .filter { !$0.isEmpty }
      let style = compartment.isSoma ? ", shape=ellipse" : ""
      lines.append(
        "  \(DotText.quoted(compartment.displayName)) "
          + "[label=\(DotText.quoted(label.joined(separator: "\n")))\(style)];")
    }
    for coupling in couplings {
      lines.append(
        "  \(DotText.quoted(coupling.first)) -- \(DotText.quoted(coupling.second)) "
          + "[label=\(DotText.quoted(coupling.conductanceText))];")
    }
    return (lines + ["}"]).joined(separator: "\n")
  }
}

extension NeuronStructure.Compartment {
  /// A point neuron's compartment has no name of its own.
  var displayName: String { name.isEmpty ? "neuron" : name }
}

extension NeuronStructure.Coupling {
  var conductanceText: String { "\(Significant.text(conductance * 1e9)) nS" }
}

/// Draws a tree of compartments, line by line.
private struct TreeDrawing {
  private let structure: NeuronStructure
  private var drawn: Set<String> = []
  private(set) var lines: [String] = []

  init(_ structure: NeuronStructure) {
    self.structure = structure
  }

  func isDrawn(_ name: String) -> Bool { drawn.contains(name) }

  mutating func draw(from root: NeuronStructure.Compartment) {
    lines.append(text(of: root))
    drawn.insert(root.name)
    drawBranches(of: root.name, indent: "")
  }

  private mutating func drawBranches(of name: String, indent: String) {
    var branches: [(compartment: NeuronStructure.Compartment, conductance: String)] = []
    for coupling in structure.couplings {
      let others = [(coupling.first, coupling.second), (coupling.second, coupling.first)]
      for (own, other) in others where own == name && !drawn.contains(other) {
        guard let found = structure.compartments.first(where: { $0.name == other }) else {
          continue
        }
        branches.append((found, coupling.conductanceText))
        drawn.insert(other)
      }
    }
    for (place, branch) in branches.enumerated() {
      let isLast = place == branches.count - 1
      lines.append(
        "\(indent)\(isLast ? "└─" : "├─") \(branch.conductance) ─ \(text(of: branch.compartment))")
      drawBranches(of: branch.compartment.name, indent: indent + (isLast ? "   " : "│  "))
    }
  }

  private func text(of compartment: NeuronStructure.Compartment) -> String {
    let parts = [compartment.membrane, compartment.propertiesText].filter { !$0.isEmpty }
    let mechanisms = compartment.mechanismsText
    return "\(compartment.displayName)  \(parts.joined(separator: ", "))"
      + (mechanisms.isEmpty ? "" : "; \(mechanisms)")
  }
}

/// Texts in Graphviz' language.
public enum DotText {
  /// A text in quotes; line ends become Graphviz' own.
  public static func quoted(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"\(escaped.replacing("\n", with: "\\n"))\""
  }
}

/// Numbers for people: six significant digits, without an exponent where that is short.
enum Significant {
  static func text(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var scale = 1.0
    var exponent = 0
    while value.magnitude * scale < 1e5, exponent < 12 {
      scale *= 10
      exponent += 1
    }
    guard value.magnitude < 1e9, exponent < 12 else { return "\(value)" }
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}
