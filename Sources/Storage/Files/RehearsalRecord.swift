/// What one rank of a rehearsed run had to do, as `coppice run --rehearse` prints it.
package struct RehearsalRecord: Hashable, Sendable, Codable {
  /// Wall time of the rank, in s.
  package struct Seconds: Hashable, Sendable, Codable {
    package var build: Double
    /// The epochs, without what was made up for other ranks.
    package var simulate: Double
    package var deliver: Double
    package var advance: Double
    /// Packing and unpacking alone: nothing is sent.
    package var exchange: Double
    package var record: Double
    /// Making up what the other ranks say.
    package var others: Double
    package init(
      build: Double, simulate: Double, deliver: Double, advance: Double, exchange: Double,
      record: Double, others: Double
    ) {
      self.build = build
      self.simulate = simulate
      self.deliver = deliver
      self.advance = advance
      self.exchange = exchange
      self.record = record
      self.others = others
    }
  }

  /// Delivering and advancing, by epoch, in s.
  package struct Epochs: Hashable, Sendable, Codable {
    package var count: Int
    package var steps: Int
    package var mean: Double
    package var deviation: Double
    /// The deviation of an epoch from its neighbours, of what is the rank's own: what other ranks go
    /// through at the same time, such as the start from rest or more spikes, does not count, nor what
    /// held the machine up now and then.
    package var jitter: Double
    /// The deviation of an epoch from its neighbours, whatever it comes from.
    package var jitterWithNoise: Double

    enum CodingKeys: String, CodingKey {
      case count, steps, mean, deviation, jitter
      case jitterWithNoise = "jitter_with_noise"
    }

    package init(
      count: Int, steps: Int, mean: Double, deviation: Double, jitter: Double,
      jitterWithNoise: Double
    ) {
      self.count = count
      self.steps = steps
      self.mean = mean
      self.deviation = deviation
      self.jitter = jitter
      self.jitterWithNoise = jitterWithNoise
    }
  }

  package var job: String
  package var rank: Int
  package var ranks: Int
  package var threads: Int
  package var steps: Int64
  /// The step, in s.
  package var dt: Double
  /// Of this rank.
  package var neurons: Int
  package var synapses: Int
  package var spikes: Int
  /// Of this rank.
  package var exchange: ExchangeRecord
  package var seconds: Seconds
  package var epochs: Epochs
  package var peakResidentBytes: Int64

  enum CodingKeys: String, CodingKey {
    case job, rank, ranks, threads, steps
    case dt = "dt_s"
    case neurons, synapses, spikes, exchange, seconds, epochs
    case peakResidentBytes = "peak_rss_bytes"
  }

  package init(
    job: String, rank: Int, ranks: Int, threads: Int, steps: Int64, dt: Double, neurons: Int,
    synapses: Int, spikes: Int, exchange: ExchangeRecord, seconds: Seconds, epochs: Epochs,
    peakResidentBytes: Int64
  ) {
    self.job = job
    self.rank = rank
    self.ranks = ranks
    self.threads = threads
    self.steps = steps
    self.dt = dt
    self.neurons = neurons
    self.synapses = synapses
    self.spikes = spikes
    self.exchange = exchange
    self.seconds = seconds
    self.epochs = epochs
    self.peakResidentBytes = peakResidentBytes
  }

  /// As JSON, one key to a line.
  package var text: String {
    get throws(StorageError) {
      String(decoding: try JSONText.encode(self, for: "standard output"), as: UTF8.self)
    }
  }
}
