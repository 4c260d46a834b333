/// Reads the jobs of points of a grid, and tells of what is wrong with them once.
public struct SweepCheck: Sendable {
  private let file: JobFile
  private let sweep: Sweep
  /// By message and place, in the order in which they were found.
  private var found: [Finding] = []
  private var places: [JobDiagnostic: Int] = [:]
  private var omitted = 0
  private var isMissingInput = false
  /// Points that were read.
  private var points = 0

  private struct Finding: Sendable {
    var diagnostic: JobDiagnostic
    var first: Int
    var count: Int
  }

  /// Messages that are told; others are counted.
  private static let limit = 100

  /// - Precondition: the file has a grid.
  public init?(_ file: JobFile) {
    guard let sweep = file.sweep else { return nil }
    self.file = file
    self.sweep = sweep
  }

  /// The job of one point; `nil` if something is wrong with it, which is noted.
  public mutating func job(ofPoint index: Int) -> Job? {
    points += 1
    do throws(JobErrors) {
      let job = try file.job(ofPoint: index)
      for warning in job.warnings { note(warning, at: index) }
      return job
    } catch {
      omitted += error.omitted
      isMissingInput = isMissingInput || error.isMissingInput
      for diagnostic in error.diagnostics { note(diagnostic, at: index) }
      return nil
    }
  }

  /// Takes over what another reader of other points of the grid has found.
  public mutating func merge(_ other: SweepCheck) {
    points += other.points
    omitted += other.omitted
    isMissingInput = isMissingInput || other.isMissingInput
    for finding in other.found {
      note(finding.diagnostic, at: finding.first, count: finding.count)
    }
  }

  private mutating func note(_ diagnostic: JobDiagnostic, at index: Int, count: Int = 1) {
    if let place = places[diagnostic] {
      found[place].count += count
      found[place].first = min(found[place].first, index)
      return
    }
    guard found.count < SweepCheck.limit else {
      if diagnostic.severity == .error { omitted += 1 }
      return
    }
    places[diagnostic] = found.count
    found.append(Finding(diagnostic: diagnostic, first: index, count: count))
  }

  /// What was found, each with the points that it concerns where these are not all.
  private var diagnostics: [JobDiagnostic] {
    found.map { finding in
      guard finding.count < points else { return finding.diagnostic }
      var diagnostic = finding.diagnostic
      let others = finding.count > 1 ? " and \(finding.count - 1) more" : ""
      diagnostic.message += ", at point \(sweep[finding.first])\(others)"
      return diagnostic
    }
  }

  /// Everything that is wrong with the points read so far; `nil` if nothing is.
  public var errors: JobErrors? {
    guard found.contains(where: { $0.diagnostic.severity == .error }) else { return nil }
    return JobErrors(diagnostics, omitted: omitted, isMissingInput: isMissingInput)
  }

  public var warnings: [JobDiagnostic] { diagnostics.filter { $0.severity == .warning } }
}
