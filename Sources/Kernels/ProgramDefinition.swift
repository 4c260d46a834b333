package import Equations

/// What arrives at the neurons of a population, and what it does there.
package struct Port: Hashable, Sendable {
  package var name: String
  /// The `on_pre` code of a projection; `w` is the event's payload.
  package var onPre: [Statement]

  package init(name: String, onPre: [Statement]) {
    self.name = name
    self.onPre = onPre
  }
}

/// What a stimulus or an entry of the schedule does to neurons at the start of a step.
package struct Start: Hashable, Sendable {
  package enum Action: Hashable, Sendable {
    /// The variable takes the payload, the neuron's own or one for all.
    case assignment(variable: String)
    case statements([Statement])
  }

  /// Names its random streams within the population.
  package var name: String
  package var action: Action

  package init(name: String, action: Action) {
    self.name = name
    self.action = action
  }
}

/// All that a population's kernel must do: the input of lowering.
package struct ProgramDefinition: Hashable, Sendable {
  /// The neurons' mathematics.
  package var system: EquationSystem
  /// How the differential equations are integrated; one that fits the system.
  package var method: IntegrationMethod
  /// What the neurons' real numbers are computed in.
  package var precision: Precision
  /// The step, in s.
  package var dt: Double
  /// In the order of the job's projections.
  package var ports: [Port]
  /// In the order in which they act at one step: stimuli, then the schedule.
  package var starts: [Start]
  /// What recordings read, on the state before the update: variables and subexpressions by name.
  package var probes: [String]
  /// Initial values, in the order written; evaluated on every neuron at step 0 after per-neuron
  /// values (lists, distributions) have been filled in.
  package var initial: [Statement]
  /// Parameters (of the equations) that have one value for all neurons and that nothing writes:
  /// they stand in the table of uniforms and take no column.
  package var uniformParameters: [String: Double]
  /// Number of neurons: the value of `N`.
  package var size: Int

  package init(
    system: EquationSystem, method: IntegrationMethod = .euler, precision: Precision = .double,
    dt: Double, ports: [Port] = [],
    starts: [Start] = [], probes: [String] = [], initial: [Statement] = [],
    uniformParameters: [String: Double] = [:],
    size: Int
  ) {
    self.system = system
    self.method = method
    self.precision = precision
    self.dt = dt
    self.ports = ports
    self.starts = starts
    self.probes = probes
    self.initial = initial
    self.uniformParameters = uniformParameters
    self.size = size
  }
}
