import Engine
import Equations
import Foundation
import Jobs
import Units

@testable import Coppice
@testable import Storage

/// A reader of what comes from outside: it may refuse any bytes, with a reason and a place, and must
/// neither trap nor give what cannot be true.
enum FuzzTarget: String, CaseIterable {
  /// A whole job file, and what a run of it would need.
  case job
  /// Equations, conditions, statements, expressions of constants.
  case equations
  /// A number with a unit, as command line and jobs have it.
  case quantity
  /// `--set KEY=VALUE` on a good job.
  case override
  /// Manifests, records of a merge and of a run, as they lie on disk.
  case record

  /// `COPPICE_FUZZ`.
  static let chosen = ProcessInfo.processInfo.environment["COPPICE_FUZZ"].flatMap {
    FuzzTarget(rawValue: $0)
  }

  /// Reads some bytes, or refuses them.
  ///
  /// - Throws: `BrokenPromise` if the reader has done what none may.
  func read(_ bytes: [UInt8]) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    switch self {
    case .job: _ = try FuzzTarget.load(bytes, overrides: [])
    case .equations: try EquationInput.read(text)
    case .quantity: try FuzzTarget.readQuantity(text)
    case .override:
      _ = try FuzzTarget.load(
        FuzzTarget.goodJob, overrides: text.split(separator: "\u{1}").map { String($0) })
    case .record: try RecordInput.read(bytes)
    }
  }

  // MARK: Jobs

  private static let goodJob = Array(
    """
    constants: {cells: 3, drive: 20 mV}
    simulation: {duration: 1 ms, dt: 0.1 ms, seed: 3}
    models:
      cell:
        equations: 'dv/dt = (drive - v)/(10*ms) : volt'
        spike: {threshold: v > 15*mV, reset: v = 0*mV}
    populations:
      net: {model: cell, size: cells}
      in: {poisson: {rate: 5 Hz}, size: 2}
    projections:
      ring: {source: net, target: net, connect: {probability: 0.2}, delay: 1 ms, on_pre: v += 0.1*mV}
    stimuli:
      push: {population: net, variable: v, steps: [[0 ms, 0 mV]]}
    record:
      states: {v: {population: net, variables: [v], neurons: [0], every: 1 ms}}

    """.utf8)

  enum Verdict {
    case read
    case refused
  }

  /// Reads a job, the first of a grid, and works out what a run of it would need.
  static func load(_ bytes: [UInt8], overrides: [String]) throws -> Verdict {
    let job: Job
    do throws(JobErrors) {
      let file = try JobFile.read(text: bytes, name: "job.yaml", overrides: overrides)
      job = try file.job(ofPoint: file.sweep == nil ? nil : 0)
    } catch {
      try demand(!error.diagnostics.isEmpty, "refused without a reason")
      for diagnostic in error.diagnostics {
        try demand(diagnostic.line >= 1 && diagnostic.column >= 1, "no place: \(diagnostic)")
        try demand(!diagnostic.message.isEmpty && !"\(diagnostic)".isEmpty, "no message")
      }
      return .refused
    }
    try demand(job.experiment.dt > 0 && job.experiment.dt.isFinite, "dt is \(job.experiment.dt)")
    try demand(job.experiment.steps >= 0, "\(job.experiment.steps) steps")
    return try plan(job)
  }

  /// What `coppice check` works out without building anything.
  private static func plan(_ job: Job) throws -> Verdict {
    switch Result(catching: { () throws(RunFailure) in
      try RunPlan(job.experiment, ranks: 3, threads: 2)
    }) {
    case .success(let plan):
      try demand(plan.memory.parts.total > 0, "a plan of less than nothing")
      return .read
    case .failure(let failure):
      try demand(!failure.message.isEmpty, "refused without a reason")
      return .refused
    }
  }

  // MARK: Quantities

  private static func readQuantity(_ text: String) throws {
    switch Result(catching: { () throws(QuantityError) in try Quantity(parsing: text) }) {
    case .success(let quantity):
      try demand(quantity.value.isFinite, "'\(text)' is \(quantity.value)")
      try demand(!quantity.description.isEmpty, "'\(text)' has no words")
    case .failure(let error):
      try demand(!error.message.isEmpty && !error.description.isEmpty, "'\(text)' has no message")
      try demand(error.offset >= 0 && error.length >= 0, "no place in '\(text)'")
    }
    _ = WallTime.seconds(text)
    if let value = try? ConstantExpression.evaluate(text, constants: ["x": Quantity(3)]) {
      try demand(value.value.isFinite, "'\(text)' is \(value.value)")
    }
  }
}

/// A reader has done what none may.
struct BrokenPromise: Error, CustomStringConvertible {
  var description: String
}

func demand(_ isSo: Bool, _ message: @autoclosure () -> String) throws {
  if !isSo { throw BrokenPromise(description: message()) }
}
