import Models
package import Networks
import Storage

/// What is drawn of a run.
package enum PlotKind: String, CaseIterable, Sendable {
  /// Spikes as points, with the rates of populations.
  case raster
  /// Dendritic spikes and other custom events as points.
  case events
  /// Population rates.
  case rates
  /// Histograms of the intervals between spikes.
  case isi
  /// Recorded states.
  case traces
  /// The compartments of the models.
  case graph
}

/// What of a run is drawn.
package struct PlotSelection: Hashable, Sendable {
  /// `nil`: all populations.
  package var population: String?
  /// Neurons of traces; `nil`: the first that is recorded.
  package var neurons: [UInt64]?
  /// In ms; `nil`: where the run begins, ends.
  package var from: Double?
  package var to: Double?
  /// Whether traces of somatic voltages show their spikes as lines up to 20 mV.
  package var paintsSpikes = false

  package init() {}
}

/// Makes panels of what a run has left.
package struct RunPlots {
  private let output: RunOutput
  /// What the job says of its populations; `nil` where it cannot be read any more.
  private let network: Network?
  private let selection: PlotSelection
  private let window: ClosedRange<Double>

  /// - Parameters:
  ///   - path: The run's directory.
  ///   - network: Gives sizes of populations, their order and models.
  package init(
    of path: String, network: Network?, selection: PlotSelection
  ) throws(PlotError) {
    do throws(StorageError) {
      output = try RunOutput(of: path)
      let end = try output.milliseconds()
      let (from, to) = (selection.from ?? 0, selection.to ?? end)
      window = from...max(from, to)
    } catch {
      throw PlotError(error)
    }
    guard window.lowerBound < window.upperBound else {
      throw PlotError(
        .nothing, "nothing lies between \(window.lowerBound) and \(window.upperBound) ms")
    }
    self.network = network
    self.selection = selection
    if let wanted = selection.population, let network,
      !network.populations.contains(where: { $0.name == wanted })
    {
      let names = network.populations.map(\.name).joined(separator: ", ")
      throw PlotError(.nothing, "the job has no population '\(wanted)'; it has \(names)")
    }
  }

  /// - Parameter kind: `nil`: spikes, rates and traces, whichever there are.
  package func panels(_ kind: PlotKind?) throws(PlotError) -> [Panel] {
    do throws(StorageError) {
      let panels =
        switch kind {
        case nil: try overview()
        case .raster: try raster(.spikes)
        case .events: try raster(.events)
        case .rates: try rates()
        case .isi: SpikePanels.intervals(try trains(.spikes))
        case .traces: try traces()
        case .graph: RunPlots.graphs(of: network)
        }
      guard panels.isEmpty else { return panels }
    } catch {
      throw PlotError(error)
    }
    throw PlotError(.nothing, "the run has nothing to draw: \(RunPlots.nothing(of: kind))")
  }

  private static func nothing(of kind: PlotKind?) -> String {
    switch kind {
    case nil: "no spikes and no states were recorded"
    case .raster: "no spikes were recorded (record: spikes)"
    case .events: "no events were recorded (record: events)"
    case .rates: "neither rates nor spikes were recorded (record: rates, spikes)"
    case .isi: "no neuron has two recorded spikes"
    case .traces: "no states were recorded (record: states)"
    case .graph: "no model of it has compartments, or its job cannot be read"
    }
  }

  /// The models with compartments that populations use.
  package static func graphs(of network: Network?) -> [Panel] {
    var shown: Set<String> = []
    return (network?.populations ?? []).compactMap { population in
      guard case .neurons(let neurons) = population.kind, shown.insert(neurons.model).inserted
      else { return nil }
      return ModelPanel.panel(neurons.structure, named: neurons.model)
    }
  }

  private func overview() throws(StorageError) -> [Panel] {
    let trains = try trains(.spikes)
    let neurons = trains.reduce(0) { $0 + $1.size }
    // A raster of a few neurons tells less than their voltages.
    let spikes = trains.contains { !$0.times.isEmpty } && neurons > 3
    return (spikes ? try raster(.spikes) + rates() : []) + (try traces())
  }

  // MARK: Spikes

  private func raster(_ streams: RunOutput.Streams) throws(StorageError) -> [Panel] {
    let trains = try trains(streams)
    guard !trains.isEmpty else { return [] }
    return [
      SpikePanels.raster(
        trains, window: window, title: streams == .spikes ? "spikes" : "dendritic spikes, events")
    ]
  }

  private func rates() throws(StorageError) -> [Panel] {
    let recorded = try output.rates().filter {
      selection.population ?? $0.population == $0.population
    }
    if !recorded.isEmpty {
      let courses = ordered(recorded, name: \.population).map { course in
        (name: course.population, times: course.times, rates: course.rates)
      }
      return [SpikePanels.rates(courses, window: window, title: "rates, as recorded")]
    }
    let trains = try trains(.spikes)
    return trains.isEmpty ? [] : [SpikePanels.rates(trains, window: window)]
  }

  /// Spikes within the window, populations in the job's order. Where they were not asked for by
  /// name, generators are left out beside neurons.
  private func trains(_ streams: RunOutput.Streams) throws(StorageError) -> [SpikeTrain] {
    var trains: [SpikeTrain] = []
    for name in ordered(try output.names(in: streams), name: \.self) {
      let population = RunPlots.population(of: name, streams)
      guard selection.population.map({ $0 == population }) ?? true else { continue }
      let file = try output.spikes(name, in: streams)
      let kept = file.timestamps.indices.filter { window.contains(file.timestamps[$0]) }
      let size = size(of: population) ?? Int(clamping: (file.nodeIDs.max() ?? 0) + 1)
      trains.append(
        SpikeTrain(
          name: name, size: size, times: kept.map { file.timestamps[$0] },
          neurons: kept.map { file.nodeIDs[$0] }))
    }
    let ofNeurons = trains.filter { !isGenerator(RunPlots.population(of: $0.name, streams)) }
    return ofNeurons.isEmpty || selection.population != nil ? trains : ofNeurons
  }

  /// `pyr` of `pyr.spike_Na_dist`.
  private static func population(of name: String, _ streams: RunOutput.Streams) -> String {
    streams == .spikes ? name : String(name.prefix { $0 != "." })
  }

  private func size(of population: String) -> Int? {
    network?.populations.first { $0.name == population }?.size
  }

  private func isGenerator(_ name: String) -> Bool {
    guard let population = network?.populations.first(where: { $0.name == name }) else {
      return false
    }
    if case .neurons = population.kind { return false }
    return true
  }

  /// In the order of the job's populations.
  private func ordered<Item>(_ items: [Item], name: (Item) -> String) -> [Item] {
    let names = (network?.populations ?? []).map(\.name)
    let places = items.map { item in
      names.firstIndex { $0 == name(item) || name(item).hasPrefix($0 + ".") } ?? names.count
    }
    return items.indices.sorted { (places[$0], $0) < (places[$1], $1) }.map { items[$0] }
  }

  // MARK: States

  private func traces() throws(StorageError) -> [Panel] {
    let reports = try output.reports().filter {
      selection.population ?? $0.population == $0.population
    }
    var traces: [Trace] = []
    for report in compartmentOrder(reports) {
      for (column, neuron) in wanted(of: report) {
        let rows = rows(of: report)
        guard !rows.isEmpty else { continue }
        let values = try output.values(of: report, column: column, rows: rows)
        let trace = Trace(
          variable: report.variable, units: report.units, neuron: neuron,
          times: rows.map { report.begin + Double($0) * report.every }, values: values)
        traces.append(try painted(trace, of: report))
      }
    }
    return TracePanels.panels(traces, window: window)
  }

  private func painted(_ trace: Trace, of report: RunOutput.Report) throws(StorageError) -> Trace {
    guard selection.paintsSpikes, isSomatic(trace.variable, in: report.population),
      try output.names(in: .spikes).contains(report.population)
    else { return trace }
    let file = try output.spikes(report.population, in: .spikes)
    let own = file.timestamps.indices.filter { file.nodeIDs[$0] == trace.neuron }
    return trace.painted(spikes: own.map { file.timestamps[$0] }, height: RunPlots.peak)
  }

  /// To where spikes are painted, in mV.
  private static let peak = 20.0

  /// The voltage of the soma, or of a point neuron.
  private func isSomatic(_ variable: String, in population: String) -> Bool {
    guard
      case .neurons(let neurons)? = network?.populations.first(where: { $0.name == population })?
        .kind
    else { return variable == "V" || variable == "V_soma" }
    let soma = neurons.structure.compartments.first(where: \.isSoma)?.name ?? ""
    return variable == (soma.isEmpty ? "V" : "V_\(soma)")
  }

  /// Variables as their compartments stand in the model, then by name.
  private func compartmentOrder(_ reports: [RunOutput.Report]) -> [RunOutput.Report] {
    func place(_ report: RunOutput.Report) -> Int {
      guard
        case .neurons(let neurons)? = network?.populations.first(where: {
          $0.name == report.population
        })?.kind
      else { return 0 }
      let compartments = neurons.structure.compartments
      return compartments.firstIndex { report.variable.hasSuffix("_" + $0.name) }
        ?? compartments.count
    }
    return reports.indices.sorted {
      (place(reports[$0]), $0) < (place(reports[$1]), $1)
    }.map { reports[$0] }
  }

  /// Columns and neurons.
  private func wanted(of report: RunOutput.Report) -> [(Int, UInt64)] {
    let all = Array(report.neurons.enumerated()).map { ($0.offset, $0.element) }
    guard let neurons = selection.neurons else { return Array(all.prefix(1)) }
    return all.filter { neurons.contains($0.1) }
  }

  private func rows(of report: RunOutput.Report) -> Range<Int> {
    func row(at time: Double, _ rule: FloatingPointRoundingRule) -> Int {
      Int(min(max(((time - report.begin) / report.every).rounded(rule), 0), Double(report.rows)))
    }
    let first = row(at: window.lowerBound, .up)
    return first..<max(first, min(row(at: window.upperBound, .down) + 1, report.rows))
  }
}

extension PlotError {
  init(_ error: StorageError) {
    self.init(.reading(exitCode: error.exitCode), error.description)
  }
}
