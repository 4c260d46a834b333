import Coppice
import Engine
import Equations
import Foundation
import Jobs
import Kernels
import Networks

/// `coppice show`: what the models of a job become.
struct ShowCommand {
  private static let usage =
    "coppice show JOB [--model M] --equations|--parameters|--program|--kernel|--graph [dot|FILE.dot]|--sweep "
    + "[--index K] [--set KEY=VALUE]..."
  private static let views = ["--equations", "--parameters", "--program", "--kernel"]
  /// Without a value: text.
  private static let graph = Arguments.Option(
    name: "--graph", value: "dot|FILE.dot", optionalValue: { $0 == "dot" || $0.hasSuffix(".dot") })

  /// The points of the grid.
  private static let sweep = Arguments.Option(name: "--sweep")

  private let arguments: Arguments

  init(_ words: [String]) throws(CommandFailure) {
    arguments = try Arguments(
      words,
      options: ShowCommand.views.map { .init(name: $0) }
        + [
          ShowCommand.graph, ShowCommand.sweep, .init(name: "--model", value: "NAME"),
          JobCommand.set, JobCommand.index,
        ],
      operands: 1...1, of: ShowCommand.usage)
    guard
      (ShowCommand.views + [ShowCommand.graph.name, ShowCommand.sweep.name])
        .contains(where: arguments.has)
    else {
      throw CommandFailure("usage: \(ShowCommand.usage)", exitCode: ExitCode.usage)
    }
    if let kind = arguments.value(ShowCommand.graph.name), !kind.isEmpty, kind != "dot",
      !kind.hasSuffix(".dot")
    {
      throw CommandFailure(
        "--graph takes dot or a FILE.dot, not '\(kind)'", exitCode: ExitCode.usage)
    }
  }

  func run() throws(CommandFailure) -> Int32 {
    let file = try JobCommand.read(arguments)
    let point = try JobCommand.point(arguments, of: file)
    if arguments.has(ShowCommand.sweep.name) { try showPoints(of: file) }
    // Without a point that is asked for, the first one stands for all.
    let job = try JobCommand.job(file, point: file.sweep == nil ? nil : point ?? 0)
    let network = job.experiment.network
    if let model = arguments.value("--model"), !network.uses(model: model) {
      throw CommandFailure("no population uses a model '\(model)'", exitCode: ExitCode.usage)
    }
    if arguments.has(ShowCommand.graph.name) { try showGraphs(of: job) }
    var shown: Set<String> = []
    for (index, population) in network.populations.enumerated() {
      guard case .neurons(let neurons) = population.kind,
        arguments.value("--model").map({ $0 == neurons.model }) ?? true
      else { continue }
      // Kernels are a population's; equations and parameters its model's, shown once.
      if arguments.has("--equations") || arguments.has("--parameters"),
        shown.insert(neurons.model).inserted
      {
        show(neurons)
      }
      if arguments.has("--program") || arguments.has("--kernel") {
        try showProgram(of: index, name: population.name, in: job.experiment)
      }
    }
    return ExitCode.success
  }

  private func showPoints(of file: JobFile) throws(CommandFailure) {
    guard let sweep = file.sweep else {
      throw CommandFailure("the job has no sweep", exitCode: ExitCode.usage)
    }
    for index in 0..<sweep.count {
      let point = sweep[index]
      Console.writeLine("\(point.name)  \(point.settingsText)")
    }
  }

  /// The network, unless one model is asked for, and the compartments of models.
  private func showGraphs(of job: Job) throws(CommandFailure) {
    let network = job.experiment.network
    let wanted = arguments.value("--model")
    let kind = arguments.value(ShowCommand.graph.name) ?? ""
    var parts: [String] = []
    if wanted == nil {
      parts.append(
        kind.isEmpty ? "# network \(job.name)\n\(network.graph)" : network.dot(named: job.name))
    }
    var shown: Set<String> = []
    for case .neurons(let neurons) in network.populations.map(\.kind)
    where wanted ?? neurons.model == neurons.model && shown.insert(neurons.model).inserted {
      let structure = neurons.structure
      if structure.compartments.isEmpty, kind.isEmpty {
        parts.append("# model \(neurons.model)\nequations alone")
      } else if !structure.compartments.isEmpty {
        parts.append(
          kind.isEmpty
            ? "# model \(neurons.model)\n\(structure.tree)" : structure.dot(named: neurons.model))
      }
    }
    let text = parts.joined(separator: kind.isEmpty ? "\n\n" : "\n")
    guard kind.hasSuffix(".dot") else { return Console.writeLine(text) }
    do {
      try (text + "\n").write(toFile: kind, atomically: false, encoding: .utf8)
    } catch {
      throw CommandFailure(
        "cannot write \(kind): \(error.localizedDescription)", exitCode: ExitCode.cannotCreate)
    }
  }

  private func show(_ neurons: NeuronPopulation) {
    if arguments.has("--equations") {
      Console.writeLine("# model \(neurons.model)\n\(neurons.system)")
    }
    if arguments.has("--parameters") {
      Console.writeLine("# model \(neurons.model)")
      for (name, value) in neurons.system.constants.sorted(by: { $0.key < $1.key }) {
        Console.writeLine("\(name) = \(value)")
      }
      for compartment in neurons.structure.compartments {
        let name = compartment.name.isEmpty ? neurons.model : compartment.name
        Console.writeLine("# \(name): \(compartment.propertiesText)")
      }
    }
  }

  /// What a run would compile for here.
  private func instructionSet() throws(CommandFailure) -> InstructionSet {
    do throws(CompilationError) {
      return try .wished(ProcessInfo.processInfo.environment["COPPICE_ISA"])
    } catch {
      throw CommandFailure(error.description, exitCode: ExitCode.usage)
    }
  }

  private func showProgram(
    of population: Int, name: String, in experiment: Experiment
  ) throws(CommandFailure) {
    let plan: PopulationProgram
    do {
      plan = try PopulationProgram(population: population, of: experiment)
    } catch {
      throw CommandFailure(error.message, exitCode: error.exitCode)
    }
    if arguments.has("--program") { Console.writeLine("# population \(name)\n\(plan.program)") }
    guard arguments.has("--kernel") else { return }
    let width = try instructionSet().width
    let source = CEmitter.source(
      of: plan.program, width: width, visits: experiment.expectedVisits)
    let lanes = plan.program.groupWidth(ofVectors: width)
    Console.writeLine(
      "// population \(name), \(experiment.precision.rawValue) precision, \(lanes) lanes\n\(source)"
    )
  }
}
