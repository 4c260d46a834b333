import Coppice
import Foundation
import Jobs
import Networks
import Plots
import Units

/// `coppice plot`: pictures of a run, drawn by gnuplot.
struct PlotCommand {
  private static let usage =
    "coppice plot DIR [\(PlotKind.allCases.map(\.rawValue).joined(separator: "|"))] "
    + "[-o FILE.png|.svg] [--population P] [--neurons 0:3] [--from TIME] [--to TIME] "
    + "[--paint-spikes]"

  private let source: String
  private let kind: PlotKind?
  private let output: String
  private let format: GnuplotScript.Format
  private let selection: PlotSelection

  init(_ words: [String]) throws(CommandFailure) {
    let arguments = try Arguments(
      words,
      options: [
        .init(name: "-o", value: "FILE.png|.svg"), .init(name: "--population", value: "P"),
        .init(name: "--neurons", value: "0:3"), .init(name: "--from", value: "TIME"),
        .init(name: "--to", value: "TIME"), .init(name: "--paint-spikes"),
      ], operands: 1...2, of: PlotCommand.usage)
    source = arguments.operands[0]
    kind = try PlotCommand.kind(arguments)
    output =
      arguments.value("-o")
      ?? (source.hasSuffix("/") ? source : source + "/") + (kind?.rawValue ?? "overview") + ".png"
    guard
      let format = GnuplotScript.Format.allCases.first(where: { [output] in
        output.hasSuffix("." + $0.rawValue)
      }), !output.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else {
      throw CommandFailure(
        "-o takes a name that ends with .png or .svg, not '\(output)'", exitCode: ExitCode.usage)
    }
    self.format = format
    selection = try PlotCommand.selection(arguments)
  }

  private static func kind(_ arguments: Arguments) throws(CommandFailure) -> PlotKind? {
    guard arguments.operands.count == 2 else { return nil }
    let word = arguments.operands[1]
    guard let kind = PlotKind(rawValue: word) else {
      let kinds = PlotKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw CommandFailure(
        "there is no plot '\(word)'; there are \(kinds)", exitCode: ExitCode.usage)
    }
    return kind
  }

  private static func selection(_ arguments: Arguments) throws(CommandFailure) -> PlotSelection {
    var selection = PlotSelection()
    selection.population = arguments.value("--population")
    selection.neurons = try arguments.value("--neurons").map(neurons)
    selection.from = try arguments.value("--from").map { (text) throws(CommandFailure) in
      try milliseconds(text, of: "--from")
    }
    selection.to = try arguments.value("--to").map { (text) throws(CommandFailure) in
      try milliseconds(text, of: "--to")
    }
    selection.paintsSpikes = arguments.has("--paint-spikes")
    return selection
  }

  /// `3`, `0,4,7` or `0:3`.
  private static func neurons(_ text: String) throws(CommandFailure) -> [UInt64] {
    let ends = text.split(separator: ":", omittingEmptySubsequences: false).map { UInt64($0) }
    if ends.count == 2, let first = ends[0], let last = ends[1], first < last,
      last - first <= mostNeurons
    {
      return Array(first..<last)
    }
    let listed = text.split(separator: ",", omittingEmptySubsequences: false).map { UInt64($0) }
    let neurons = listed.compactMap(\.self)
    guard neurons.count == listed.count, neurons.count <= mostNeurons else {
      throw CommandFailure(
        "--neurons takes at most \(mostNeurons), such as 0:3 or 0,4,7, not '\(text)'",
        exitCode: ExitCode.usage)
    }
    return neurons
  }

  /// Panels of traces that a page has room for.
  private static let mostNeurons = 20

  private static func milliseconds(
    _ text: String, of option: String
  ) throws(CommandFailure) -> Double {
    do {
      return try Quantity(parsing: text, as: .time).value * 1000
    } catch {
      throw CommandFailure("\(option): \(error)", exitCode: ExitCode.usage)
    }
  }

  func run() throws(CommandFailure) -> Int32 {
    let network = PlotCommand.network(of: source)
    do throws(PlotError) {
      let gnuplot = try Gnuplot(environment: ProcessInfo.processInfo.environment)
      let plots = try RunPlots(of: source, network: network, selection: selection)
      let panels = try plots.panels(kind)
      try gnuplot.draw(GnuplotScript(panels, format: format, to: output), to: output)
    } catch {
      throw CommandFailure(error.description, exitCode: PlotCommand.exitCode(error))
    }
    Console.writeLine(output)
    return ExitCode.success
  }

  private static func exitCode(_ error: PlotError) -> Int32 {
    switch error.cause {
    case .nothing: ExitCode.missingInput
    case .reading(let code): code
    case .noGnuplot: ExitCode.missingInput
    case .drawing: ExitCode.cannotCreate
    }
  }

  /// The network of the run's job. Plots do without where the job, or a file that it reads, has
  /// gone: they then know the neurons that have spiked.
  private static func network(of directory: String) -> Network? {
    let path = directory + "/job.resolved.yaml"
    return try? Job.load(path: path, readers: .hdf5).experiment.network
  }
}
