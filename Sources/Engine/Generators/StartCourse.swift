import Networks

/// When a stimulus or an entry of the schedule acts, and which values it then hands to the kernel.
///
/// A function of the step alone: a run that goes on from a step asks for what comes from there
/// on, and nothing has to be replayed.
struct StartCourse: Sendable {
  /// What neurons get at one step.
  enum Payload {
    /// One number for all; 0 where the code reads none.
    case scalar(Double)
    /// A number for each neuron, from that place of `values` on.
    case row(Int)
  }

  private enum Times {
    case once(Int64)
    case every(Int64, from: Int64, to: Int64)
    case steps([(step: Int64, payload: Payload)])
    case waveform(Waveform, dt: Double)
  }

  private let times: Times
  /// Rows of values, each one number per neuron of the stimulus.
  let values: [Double]

  init(_ times: ScheduledStatements.Times) {
    switch times {
    case .once(let step): self.times = .once(step)
    case .every(let interval, let from, let to):
      self.times = .every(interval, from: from, to: to)
    }
    values = []
  }

  /// - Parameter seed: of the run, for values that are drawn.
  init(_ stimulus: Stimulus, seed: UInt64, dt: Double) throws(NetworkError) {
    switch stimulus.course {
    case .expression:
      times = .every(1, from: 0, to: .max)
      values = []
    case .waveform(let waveform):
      times = .waveform(waveform, dt: dt)
      values = waveform.samples
    case .steps(let steps):
      var values: [Double] = []
      var payloads: [(step: Int64, payload: Payload)] = []
      for (number, entry) in steps.enumerated() {
        if case .constant(let value) = entry.values {
          payloads.append((max(entry.step, 0), .scalar(value)))
          continue
        }
        let key = StreamKey(
          seed: seed, name: stimulus.name, purpose: "stimulus.\(number)")
        payloads.append((max(entry.step, 0), .row(values.count)))
        values += try entry.values.values(count: stimulus.neurons.count, key: key)
      }
      times = .steps(payloads)
      self.values = values
    }
  }

  /// Calls `body` with every step of the epoch at which it acts, in their order.
  func forEach(in epoch: Epoch, _ body: (Int64, Payload) -> Void) {
    switch times {
    case .once(let step):
      if step >= epoch.start, step < epoch.end { body(step, .scalar(0)) }
    case .every(let interval, let from, let to):
      let late = max(epoch.start - from, 0)
      var step = from + (late + interval - 1) / interval * interval
      let end = min(epoch.end, to)
      while step < end {
        body(step, .scalar(0))
        step += interval
      }
    case .steps(let steps):
      var low = 0
      var high = steps.count
      while low < high {
        let middle = (low + high) / 2
        if steps[middle].step < epoch.start { low = middle + 1 } else { high = middle }
      }
      while low < steps.count, steps[low].step < epoch.end {
        body(steps[low].step, steps[low].payload)
        low += 1
      }
    case .waveform(let waveform, let dt):
      var before = epoch.start > 0 ? waveform.place(at: epoch.start - 1, dt: dt) : -1
      // Once the last sample holds nothing changes any more.
      guard before < waveform.count - 1 else { return }
      for step in epoch.start..<epoch.end {
        let place = waveform.place(at: step, dt: dt)
        guard place != before else { continue }
        before = place
        body(
          step,
          waveform.columns == 1 ? .scalar(waveform.samples[place]) : .row(place * waveform.columns))
      }
    }
  }
}
