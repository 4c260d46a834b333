import Coppice
import Engine
import Equations
import Jobs
import Kernels
import Networks

/// `coppice show`: what the models of a job become.
struct ShowCommand {
  private static let usage =
    "coppice show JOB [--model M] --equations|--parameters|--program|--kernel [--set KEY=VALUE]..."
  private static let views = ["--equations", "--parameters", "--program", "--kernel"]

  private let arguments: Arguments

  init(_ words: [String]) throws(CommandFailure) {
    arguments = try Arguments(
      words,
      options: ShowCommand.views.map { .init(name: $0) }
        + [.init(name: "--model", value: "NAME"), JobCommand.set],
      operands: 1...1, of: ShowCommand.usage)
    guard ShowCommand.views.contains(where: arguments.has) else {
      throw CommandFailure("usage: \(ShowCommand.usage)", exitCode: ExitCode.usage)
    }
  }

  func run() throws(CommandFailure) -> Int32 {
    let job = try JobCommand.load(arguments)
    let network = job.experiment.network
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
    if shown.isEmpty, let model = arguments.value("--model"), !network.uses(model: model) {
      throw CommandFailure("no population uses a model '\(model)'", exitCode: ExitCode.usage)
    }
    return ExitCode.success
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
    let width = InstructionSet.ofThisProcessor.width
    Console.writeLine(
      "// population \(name), \(width) lanes\n\(CEmitter.source(of: plan.program, width: width))")
  }
}
