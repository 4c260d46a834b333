import Equations
package import Kernels
package import Networks

/// What the kernel of one neuron population must do in this experiment, and which port, start and
/// probe is whose.
package struct PopulationProgram: Sendable {
  /// Place in `Network.populations`.
  package let population: Int
  package let definition: ProgramDefinition
  package let program: Program
  /// By place in `Network.projections`; only those that end here.
  package let portOfProjection: [Int: Int]
  /// Whose code each of the program's starts is, in their order.
  package let starts: [StartSource]
  /// Probe of each variable that some recording of this population reads.
  package let probeOfVariable: [String: Int]

  /// Lowers the population's equations together with all that arrives there and is read there.
  ///
  /// - Throws: `SimulationError` (65) with the path of the part of the job that does not work.
  package init(population index: Int, of experiment: Experiment) throws(SimulationError) {
    let population = experiment.network.populations[index]
    guard case .neurons(let neurons) = population.kind else {
      preconditionFailure("\(population.name) is a generator")
    }
    if let problem = neurons.system.problem(with: neurons.method) {
      throw SimulationError(
        problem.description, exitCode: 65, path: ["models", neurons.model, "method"])
    }
    self.population = index
    var ports: [Port] = []
    var portOfProjection: [Int: Int] = [:]
    for (place, projection) in experiment.network.projections.enumerated()
    where projection.target.population == index {
      portOfProjection[place] = ports.count
      ports.append(Port(name: projection.name, onPre: projection.onPre))
    }
    let sources = StartSource.all(ofPopulation: index, in: experiment.network)
    let starts = sources.map { $0.start(in: experiment.network) }
    var probes: [String] = []
    for recording in experiment.recording.states where recording.population == index {
      for variable in recording.variables where !probes.contains(variable) {
        probes.append(variable)
      }
    }
    self.portOfProjection = portOfProjection
    self.starts = sources
    probeOfVariable = Dictionary(
      uniqueKeysWithValues: probes.enumerated().map { ($0.element, $0.offset) })
    definition = ProgramDefinition(
      system: neurons.system, method: neurons.method, precision: experiment.precision.ofKernels,
      dt: experiment.dt, ports: ports,
      starts: starts, probes: probes, initial: PopulationProgram.initialStatements(of: neurons),
      uniformParameters: PopulationProgram.uniformParameters(
        of: neurons, ports: ports, starts: starts),
      size: population.size)
    do {
      program = try Program(definition)
    } catch {
      throw SimulationError(
        "\(error)", exitCode: 65, path: ["populations", population.name])
    }
  }

  /// The programs of all populations of neurons, by place in the network.
  package static func all(
    of experiment: Experiment
  ) throws(SimulationError) -> [Int: PopulationProgram] {
    var programs: [Int: PopulationProgram] = [:]
    for (index, population) in experiment.network.populations.enumerated() {
      guard case .neurons = population.kind else { continue }
      programs[index] = try PopulationProgram(population: index, of: experiment)
    }
    return programs
  }

  private static func initialStatements(of neurons: NeuronPopulation) -> [Statement] {
    neurons.initial.compactMap { initial in
      guard case .expression(let value) = initial.value else { return nil }
      return Statement(initial.variable, .set, value)
    }
  }

  /// Parameters with one value that nothing writes: in the table of uniforms they cost neither
  /// memory nor a load.
  private static func uniformParameters(
    of neurons: NeuronPopulation, ports: [Port], starts: [Start]
  ) -> [String: Double] {
    var written = Set(neurons.initial.map(\.variable))
    let system = neurons.system
    for statement in system.reset { written.insert(statement.target) }
    for statement in system.secondReset?.statements ?? [] { written.insert(statement.target) }
    for event in system.events {
      for statement in event.action { written.insert(statement.target) }
    }
    for port in ports {
      for statement in port.onPre { written.insert(statement.target) }
    }
    for start in starts {
      switch start.action {
      case .assignment(let variable): written.insert(variable)
      case .statements(let statements):
        for statement in statements { written.insert(statement.target) }
      }
    }
    var uniform: [String: Double] = [:]
    for variable in system.variables where !written.contains(variable.name) {
      guard case .parameter = variable.kind, variable.type != .boolean else { continue }
      switch neurons.parameters[variable.name] {
      case nil: uniform[variable.name] = 0
      case .constant(let value): uniform[variable.name] = value
      default: break
      }
    }
    return uniform
  }
}

extension Experiment.Precision {
  fileprivate var ofKernels: Precision {
    switch self {
    case .double: .double
    case .single: .single
    }
  }
}
