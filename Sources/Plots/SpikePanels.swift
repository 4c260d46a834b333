/// The spikes of one population, or one of its events.
package struct SpikeTrain: Hashable, Sendable {
  package var name: String
  /// Neurons of the population.
  package var size: Int
  /// Of each spike, in ms.
  package var times: [Double]
  package var neurons: [UInt64]

  package init(name: String, size: Int, times: [Double], neurons: [UInt64]) {
    self.name = name
    self.size = size
    self.times = times
    self.neurons = neurons
  }

  /// Spikes per neuron and second.
  ///
  /// - Parameter window: In ms.
  func rate(in window: ClosedRange<Double>) -> Double {
    let seconds = (window.upperBound - window.lowerBound) / 1000
    return size == 0 || seconds <= 0 ? 0 : Double(times.count) / Double(size) / seconds
  }

  /// Intervals between successive spikes of a neuron, in ms, and the mean of the neurons'
  /// coefficients of variation: of those with three intervals or more.
  func intervals() -> (all: [Double], variation: Double?) {
    let order = times.indices.sorted { (neurons[$0], times[$0]) < (neurons[$1], times[$1]) }
    var all: [Double] = []
    var variations: [Double] = []
    var begin = 0
    for place in order.indices {
      let isLast = place + 1 == order.count
      if !isLast, neurons[order[place + 1]] == neurons[order[place]] {
        all.append(times[order[place + 1]] - times[order[place]])
        continue
      }
      let own = all[begin...]
      begin = all.count
      guard own.count >= 3 else { continue }
      let mean = own.reduce(0, +) / Double(own.count)
      let variance = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(own.count - 1)
      if mean > 0 { variations.append(variance.squareRoot() / mean) }
    }
    let mean = variations.reduce(0, +) / Double(max(variations.count, 1))
    return (all, variations.isEmpty ? nil : mean)
  }
}

/// Plots of spikes.
package enum SpikePanels {
  /// More points than a picture has room for: a share of the spikes is left out beyond.
  static let mostPoints = 200_000
  /// Bars of a histogram, bins of a rate.
  static let bins = 100

  /// Every spike a point, populations one above the other in their order, the first below.
  package static func raster(
    _ trains: [SpikeTrain], window: ClosedRange<Double>, title: String
  ) -> Panel {
    let count = trains.reduce(0) { $0 + $1.times.count }
    let every = max(1, (count + mostPoints - 1) / mostPoints)
    var panel = Panel(title: every == 1 ? title : "\(title), every \(every)th")
    panel.xLabel = "time (ms)"
    panel.xRange = window
    panel.height = 1.3
    var base = 0.0
    var ticks: [Panel.Tick] = []
    for (place, train) in trains.enumerated() {
      let kept = stride(from: 0, to: train.times.count, by: every)
      panel.series.append(
        .init(
          title: "\(train.name), \(PlotText.number(train.rate(in: window))) Hz", style: .points,
          color: place,
          columns: [kept.map { train.times[$0] }, kept.map { base + Double(train.neurons[$0]) }]))
      ticks.append(.init(place: base + Double(max(train.size - 1, 0)) / 2, text: train.name))
      base += Double(train.size)
    }
    panel.yRange = -0.5...max(base - 0.5, 0.5)
    if trains.count > 1 {
      panel.yTicks = ticks
    } else {
      panel.yLabel = "neuron"
    }
    return panel
  }

  /// Rates of populations, which the job recorded or which are counted here.
  package static func rates(
    _ trains: [SpikeTrain], window: ClosedRange<Double>
  ) -> Panel {
    let width = max((window.upperBound - window.lowerBound) / Double(bins), 1)
    let count = max(Int(((window.upperBound - window.lowerBound) / width).rounded(.up)), 1)
    let courses = trains.map { train in
      var counts = [Double](repeating: 0, count: count)
      for time in train.times where window.contains(time) {
        counts[min(Int((time - window.lowerBound) / width), count - 1)] += 1
      }
      let middles = counts.indices.map { window.lowerBound + (Double($0) + 0.5) * width }
      // The last bin may be shorter.
      let lengths = counts.indices.map {
        min(width, window.upperBound - window.lowerBound - Double($0) * width)
      }
      let rates = zip(counts, lengths).map { count, length in
        train.size == 0 || length <= 0 ? 0 : count / Double(train.size) / length * 1000
      }
      return (train.name, middles, rates)
    }
    return rates(courses, window: window, title: "rates, bins of \(PlotText.number(width)) ms")
  }

  /// Courses of rates: names, times in ms, rates in Hz.
  package static func rates(
    _ courses: [(name: String, times: [Double], rates: [Double])], window: ClosedRange<Double>,
    title: String
  ) -> Panel {
    var panel = Panel(title: title)
    panel.xLabel = "time (ms)"
    panel.yLabel = "rate (Hz)"
    panel.xRange = window
    panel.series = courses.enumerated().map { place, course in
      .init(
        title: course.name, style: .line, color: place, columns: [course.times, course.rates])
    }
    let most = courses.flatMap(\.rates).max() ?? 0
    panel.yRange = 0...max(most * 1.05, 1)
    return panel
  }

  /// Histograms of the intervals between spikes, one panel for each population that has any.
  package static func intervals(_ trains: [SpikeTrain]) -> [Panel] {
    trains.enumerated().compactMap { place, train in
      let (intervals, variation) = train.intervals()
      guard let longest = intervals.max(), longest > 0 else { return nil }
      // A few long ones must not press all others into one bar.
      let shown = min(longest, intervals.sorted()[intervals.count * 99 / 100] * 1.2)
      let width = shown / Double(bins)
      var counts = [Double](repeating: 0, count: bins)
      for interval in intervals where interval <= shown {
        counts[min(Int(interval / width), bins - 1)] += 1
      }
      let mean = intervals.reduce(0, +) / Double(intervals.count)
      var panel = Panel(
        title: "\(train.name): \(intervals.count) intervals, mean \(PlotText.number(mean)) ms"
          + (variation.map { ", CV \(PlotText.number($0))" } ?? ""))
      panel.xLabel = "interval (ms)"
      panel.yLabel = "count"
      panel.xRange = 0...shown
      panel.yRange = 0...max((counts.max() ?? 0) * 1.05, 1)
      panel.series = [
        .init(
          style: .bars, color: place,
          columns: [counts.indices.map { (Double($0) + 0.5) * width }, counts])
      ]
      return panel
    }
  }
}

/// Numbers for people.
enum PlotText {
  /// Three significant digits.
  static func number(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var scale = 1.0
    while value.magnitude * scale < 100, scale < 1e6 { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() && rounded.magnitude < 1e15
      ? "\(Int(rounded))" : "\(rounded)"
  }
}
