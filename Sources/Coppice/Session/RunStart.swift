import Engine
import Foundation
import Jobs
import Storage

/// Where a run begins: what the first rank has found in the output directory and decided.
struct RunStart: Codable {
  enum Kind: String, Codable {
    /// The directory holds this very job, to its end.
    case complete
    case fresh
    /// From a generation of this run.
    case resumed
    /// From a generation of another job.
    case branched
  }

  var kind: Kind
  /// The record of a complete run.
  var record: RunRecord?
  /// The directory of the generation to go on from.
  var checkpoint: String?
  /// Where the output up to there is.
  var output = OutputPlace.segments
  /// The output up to there; the first rank's business.
  var segments: [[SegmentReceipt]] = []
  /// This run, through all its continuations.
  var run = RunStart.random()
  /// Names the drafts of this process' generations.
  var nonce = UInt64.random(in: .min ... .max)
  var step: Int64 = 0
  /// Stretches before this one.
  var lineage: [LineageEntry] = []
  /// Spikes per population up to there.
  var spikes: [String: Int64] = [:]

  init(_ kind: Kind) { self.kind = kind }

  /// From a checkpoint of this job.
  init(resuming checkpoint: CommittedCheckpoint) {
    self.init(.resumed, from: checkpoint)
    run = checkpoint.manifest.run
    spikes = checkpoint.manifest.spikes
    output = checkpoint.output
  }

  /// From a checkpoint of another job.
  init(branchingFrom checkpoint: CommittedCheckpoint) { self.init(.branched, from: checkpoint) }

  private init(_ kind: Kind, from checkpoint: CommittedCheckpoint) {
    self.kind = kind
    self.checkpoint = checkpoint.path
    step = checkpoint.manifest.step
    lineage = checkpoint.manifest.lineage
  }

  private static func random() -> String {
    (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }.joined()
  }

  /// The last part of the generation's path.
  var generation: String? { checkpoint?.split(separator: "/").last.map { String($0) } }
}

/// Finds out where a run begins. The first rank's work, while it has the directory for itself.
struct RunStartSearch {
  let job: Job
  let identity: CheckpointIdentity
  /// Hash of the recording layout.
  let recorded: String
  let jobHash: String
  let output: OutputDirectory
  let store: CheckpointStore
  let isFresh: Bool
  /// A generation of another run to branch off from.
  let origin: String?
  let notice: (String) -> Void

  private var steps: Int64 { job.experiment.steps }

  /// - Throws: exit code 66 if there are generations and none can be used, 76 if they are another
  ///   job's.
  func run() throws(RunFailure) -> RunStart {
    let found = isFresh ? nil : record
    if let found, found.exit.status == .complete, found.job.hash == jobHash {
      var start = RunStart(.complete)
      start.record = found
      return start
    }
    if isFresh { return try begin() }
    let newest = try storing { () throws(StorageError) in
      try store.discardUnfinished()
      return try store.newest(accepting: identity)
    }
    if let checkpoint = newest.found { return try resume(checkpoint, newest.rejected) }
    guard newest.rejected.isEmpty else { throw refusal(newest.rejected, found) }
    if let found, found.exit.status == .complete {
      throw RunFailure(
        "\(output.path) holds a run of another job (\(found.job.name), \(found.job.hash)); name "
          + "another directory with --output, or start over with --fresh", exitCode: 76)
    }
    if found != nil || hasSegments {
      notice("\(output.path) holds a run that did not finish and no checkpoint: starting over")
    }
    return try begin()
  }

  /// What the directory tells of an earlier run; a record that cannot be read tells nothing.
  private var record: RunRecord? {
    guard output.has(RunRecord.fileName) else { return nil }
    do {
      return try RunRecord.read(from: output)
    } catch {
      // What `coppice finish` writes of a run that was killed is short.
      if (try? RunRecord.exit(in: output))?.status == .stopped { return nil }
      notice("ignoring a damaged record of an earlier run: \(error)")
      return nil
    }
  }

  private var hasSegments: Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: output.path + "/segments"))
    return !(names ?? []).isEmpty
  }

  private func begin() throws(RunFailure) -> RunStart {
    guard let origin else { return RunStart(.fresh) }
    let checkpoint = try storing { () throws(StorageError) in
      try CommittedCheckpoint.open(origin)
    }
    // What the state is made of, and what its times and steps mean.
    func essentials(_ identity: CheckpointIdentity) -> CheckpointIdentity {
      CheckpointIdentity(
        parts: identity.parts.filter { part in
          ["models.", "populations.", "simulation.dt"].contains { part.key.hasPrefix($0) }
        }, numericsVersion: 0)
    }
    let differences = essentials(identity).differences(
      from: essentials(checkpoint.manifest.identity))
    guard differences.isEmpty else {
      throw RunFailure(
        "\(origin) cannot begin this job: models, populations and dt must be the same\n"
          + differences.map { "  \($0)" }.joined(separator: "\n"), exitCode: 76)
    }
    guard checkpoint.manifest.step < steps else {
      throw RunFailure(
        "\(origin) stands at step \(checkpoint.manifest.step), and the job ends at step \(steps)",
        exitCode: 76)
    }
    notice("branching off from \(origin) at step \(checkpoint.manifest.step)")
    return RunStart(branchingFrom: checkpoint)
  }

  private func resume(
    _ checkpoint: CommittedCheckpoint, _ rejected: [CheckpointStore.Rejected]
  ) throws(RunFailure) -> RunStart {
    for generation in rejected {
      notice(
        "\(generation.generation) cannot be used, going back to \(checkpoint.name): "
          + generation.reason)
    }
    guard checkpoint.manifest.step <= steps else {
      throw RunFailure(
        "\(output.path) holds this job up to step \(checkpoint.manifest.step), further than the "
          + "\(steps) steps that are asked for; name another directory with --output, or start over "
          + "with --fresh", exitCode: 76)
    }
    guard checkpoint.manifest.record == recorded else {
      throw RunFailure(
        "\(output.path) holds this job with other recordings, and a run writes its output in one "
          + "piece; take 'record' as it was, or record from step \(checkpoint.manifest.step) on with "
          + "--from \(checkpoint.path) --output DIR", exitCode: 76)
    }
    let start = RunStart(resuming: checkpoint)
    if let origin, !start.lineage.contains(where: { $0.from == origin }) {
      throw RunFailure(
        "\(output.path) holds a run that has not branched off from \(origin); name another directory "
          + "with --output, or start over with --fresh", exitCode: 76)
    }
    notice("going on from \(checkpoint.name), step \(checkpoint.manifest.step) of \(steps)")
    return start
  }

  /// Generations are there, and none of them can be gone on from.
  private func refusal(
    _ rejected: [CheckpointStore.Rejected], _ found: RunRecord?
  ) -> RunFailure {
    let reasons = rejected.map { "  \($0.generation): \($0.reason)" }.joined(separator: "\n")
    guard let other = rejected.first(where: \.isOtherJob) else {
      return RunFailure(
        "\(output.path) holds checkpoints, and none of them can be used:\n\(reasons)\n"
          + "start over with --fresh", exitCode: 66)
    }
    let owner = found.map { " (\($0.job.name), \($0.job.hash))" } ?? ""
    return RunFailure(
      "\(output.path) holds a run of another job\(owner): \(other.generation): \(other.reason)\n"
        + "name another directory with --output, start over with --fresh, or branch off with "
        + "--from \(output.path)/checkpoints/\(other.generation) --output DIR", exitCode: 76)
  }

  private func storing<Result>(
    _ body: () throws(StorageError) -> Result
  ) throws(RunFailure) -> Result {
    do throws(StorageError) {
      return try body()
    } catch {
      throw RunFailure(error)
    }
  }
}
