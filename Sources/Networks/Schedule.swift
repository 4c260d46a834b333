public import Equations

/// Something that is done to a network at given steps.
public enum ScheduleEntry: Sendable {
  case statements(ScheduledStatements)
  case activity(ProjectionSwitch)
}

/// Statements that neurons run at the start of given steps.
public struct ScheduledStatements: Sendable {
  /// At which steps.
  public enum Times: Hashable, Sendable {
    case once(Int64)
    /// at `from`, and every so many steps after it, before `to`
    case every(Int64, from: Int64, to: Int64)
  }

  /// Place in `Network.populations`; always neurons.
  public var population: Int
  /// Indices in the population, ascending.
  public var neurons: [Int]
  public var times: Times
  /// Checked against the population's system.
  public var statements: [Statement]

  public init(population: Int, neurons: [Int], times: Times, statements: [Statement]) {
    self.population = population
    self.neurons = neurons
    self.times = times
    self.statements = statements
  }
}

/// Switches a projection off or on, from a step on.
public struct ProjectionSwitch: Hashable, Sendable {
  /// Place in `Network.projections`.
  public var projection: Int
  public var step: Int64
  public var isActive: Bool

  public init(projection: Int, step: Int64, isActive: Bool) {
    self.projection = projection
    self.step = step
    self.isActive = isActive
  }
}

/// When a projection is active.
///
/// As in Brian, whose inactive pathways do not run: a spike that is fired while the projection is
/// off has no effect; spikes on their way when it is switched off wait, and go on when it is on
/// again. So a delay counts steps in which the projection is active.
package struct ProjectionActivity: Hashable, Sendable {
  /// Steps at which it is active: ascending, apart from each other.
  private let spans: [Range<Int64>]

  /// `nil` for a projection that is always active.
  package init?(ofProjection projection: Int, in schedule: [ScheduleEntry]) {
    var switches: [ProjectionSwitch] = []
    for case .activity(let entry) in schedule where entry.projection == projection {
      switches.append(entry)
    }
    guard !switches.isEmpty else { return nil }
    // Of several at one step the last one stands; sorting keeps the order of the job.
    let order = switches.enumerated().sorted {
      ($0.element.step, $0.offset) < ($1.element.step, $1.offset)
    }
    var spans: [Range<Int64>] = []
    var since: Int64? = 0
    for (_, entry) in order {
      if entry.isActive {
        since = since ?? entry.step
      } else if let first = since {
        if first < entry.step { spans.append(first..<entry.step) }
        since = nil
      }
    }
    if let first = since { spans.append(first..<Int64.max) }
    self.spans = ProjectionActivity.joined(spans)
  }

  /// Spans that touch are one.
  private static func joined(_ spans: [Range<Int64>]) -> [Range<Int64>] {
    var joined: [Range<Int64>] = []
    for span in spans {
      if let last = joined.last, last.upperBound == span.lowerBound {
        joined[joined.count - 1] = last.lowerBound..<span.upperBound
      } else {
        joined.append(span)
      }
    }
    return joined
  }

  /// The step at which a spike fired at `step` arrives after `delay` active steps; `nil`: never.
  ///
  /// - Complexity: O(log spans + spans that the delay crosses).
  package func arrival(ofSpikeAt step: Int64, delay: Int) -> Int64? {
    var low = 0
    var high = spans.count
    while low < high {
      let middle = (low + high) / 2
      if spans[middle].upperBound <= step { low = middle + 1 } else { high = middle }
    }
    guard low < spans.count, spans[low].contains(step) else { return nil }
    var at = step
    var left = Int64(delay)
    for span in spans[low...] {
      // Steps of this span after `at`, or all of them where `at` lies before it.
      let first = max(at + 1, span.lowerBound)
      if left == 0 { return at }
      let active = span.upperBound - first
      if left <= active { return first + left - 1 }
      left -= active
      at = span.upperBound - 1
    }
    return nil
  }

  /// By how many steps the wait of a spike can exceed its delay, which is the longest of the
  /// projection.
  package func longestWait(delay: Int) -> Int {
    var longest: Int64 = 0
    for place in spans.indices {
      var wait: Int64 = 0
      var left = Int64(delay)
      for next in spans.indices.dropFirst(place + 1) {
        guard left > 0 else { break }
        wait += spans[next].lowerBound - spans[next - 1].upperBound
        left -= spans[next].upperBound - spans[next].lowerBound
      }
      longest = max(longest, wait)
    }
    return Int(clamping: longest)
  }
}
