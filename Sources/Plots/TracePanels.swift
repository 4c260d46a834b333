/// The course of one variable of one neuron.
package struct Trace: Hashable, Sendable {
  package var variable: String
  package var units: String
  package var neuron: UInt64
  /// In ms.
  package var times: [Double]
  package var values: [Double]

  package init(
    variable: String, units: String, neuron: UInt64, times: [Double], values: [Double]
  ) {
    self.variable = variable
    self.units = units
    self.neuron = neuron
    self.times = times
    self.values = values
  }

  /// With a point at `height` behind each row from which a spike comes: models that reset at once
  /// show no spike of their own. A spike at step n is found after row n, so it stands behind it.
  func painted(spikes: [Double], height: Double) -> Trace {
    var trace = self
    trace.times = []
    trace.values = []
    var next = 0
    let sorted = spikes.sorted()
    for (place, time) in times.enumerated() {
      trace.times.append(time)
      trace.values.append(values[place])
      let end = place + 1 < times.count ? times[place + 1] : time
      while next < sorted.count, sorted[next] < time { next += 1 }
      if next < sorted.count, sorted[next] < end {
        trace.times += [sorted[next], sorted[next]]
        trace.values += [height, values[place + 1]]
      }
    }
    return trace
  }

  /// With no more than the extremes of each of so many pieces, in their order.
  func thinned(to pieces: Int) -> Trace {
    guard values.count > 4 * pieces else { return self }
    var trace = self
    trace.times = []
    trace.values = []
    for piece in 0..<pieces {
      let range = values.count * piece / pieces..<values.count * (piece + 1) / pieces
      var (least, greatest) = (range.lowerBound, range.lowerBound)
      for place in range {
        if values[place] < values[least] { least = place }
        if values[place] > values[greatest] { greatest = place }
      }
      for place in Set([least, greatest]).sorted() {
        trace.times.append(times[place])
        trace.values.append(values[place])
      }
    }
    return trace
  }
}

/// Plots of recorded states.
package enum TracePanels {
  /// What a picture can show of a course.
  static let pieces = 4000

  /// A panel for each neuron and unit, in the order in which they come.
  package static func panels(_ traces: [Trace], window: ClosedRange<Double>) -> [Panel] {
    var keys: [(neuron: UInt64, units: String)] = []
    for trace in traces where !keys.contains(where: { $0 == (trace.neuron, trace.units) }) {
      keys.append((trace.neuron, trace.units))
    }
    return keys.map { key in
      let own = traces.filter { ($0.neuron, $0.units) == key }
      var panel = Panel(title: "neuron \(key.neuron)")
      panel.xLabel = "time (ms)"
      panel.yLabel = own.allSatisfy { $0.variable.hasPrefix("V") } ? "voltage (mV)" : key.units
      panel.xRange = window
      panel.series = own.enumerated().map { place, trace in
        let thin = trace.thinned(to: pieces)
        return .init(
          title: trace.variable, style: .line, color: place, columns: [thin.times, thin.values])
      }
      return panel
    }
  }
}
