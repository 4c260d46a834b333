internal import Networks

/// A job file that has been read and not yet understood: one job, or a grid of jobs.
public struct JobFile: Sendable {
  /// The grid, if the file has a `sweep`.
  public let sweep: Sweep?

  /// Without `sweep`.
  private let tree: JobTree
  /// What each value of each parameter of the grid changes.
  private let changes: [[Override]]
  private let sources: [SourceFile]
  private let fileName: String
  private let overrides: [String]
  private let readers: JobReaders

  /// Reads a job file.
  ///
  /// - Parameters:
  ///   - path: YAML or JSON.
  ///   - overrides: `KEY=VALUE`, applied in order.
  ///   - readers: what reads HDF5 files.
  /// - Throws: What is wrong with the file's text, its includes, the overrides or the grid; and
  ///   then whatever else is wrong with the job.
  public static func read(
    path: String, overrides: [String] = [], readers: JobReaders = JobReaders()
  ) throws(JobErrors) -> JobFile {
    let diagnostics = Diagnostics()
    var loader = JobTreeLoader(diagnostics: diagnostics)
    let tree = try loader.load(path: path, overrides: overrides)
    return try JobFile(
      tree, fileName: path, overrides: overrides, diagnostics: diagnostics, readers: readers)
  }

  /// Reads a job whose text is at hand; `name` stands for its path.
  public static func read(
    text: [UInt8], name: String, overrides: [String] = [], readers: JobReaders = JobReaders()
  ) throws(JobErrors) -> JobFile {
    let diagnostics = Diagnostics()
    var loader = JobTreeLoader(diagnostics: diagnostics)
    let tree = loader.load(text, name: name, overrides: overrides)
    return try JobFile(
      tree, fileName: name, overrides: overrides, diagnostics: diagnostics, readers: readers)
  }

  private init(
    _ tree: JobTree?, fileName: String, overrides: [String], diagnostics: Diagnostics,
    readers: JobReaders
  ) throws(JobErrors) {
    guard var tree else { throw diagnostics.errors }
    let field = tree.takeSweep()
    var grid: SweepGrid?
    if let field {
      grid = JobReading(diagnostics: diagnostics, readers: readers)
        .readSweep(field, root: tree.root)
    }
    if diagnostics.errorCount > 0 {
      // All errors are told at once.
      _ = JobReading(diagnostics: diagnostics, readers: readers).readJob(tree.root)
      throw diagnostics.errors
    }
    sweep = grid?.sweep
    changes = grid?.changes ?? []
    self.tree = tree
    sources = diagnostics.sources
    self.fileName = fileName
    self.overrides = overrides
    self.readers = readers
  }

  /// The one job of the file, or the job of one point of its grid.
  ///
  /// - Parameter index: of the point; `nil` where there is no grid.
  /// - Returns: The job, with nothing left to check but what only running can show.
  /// - Throws: Everything that is wrong, sorted by place.
  public func job(ofPoint index: Int? = nil) throws(JobErrors) -> Job {
    let diagnostics = Diagnostics()
    diagnostics.sources = sources
    var tree = tree
    if let sweep {
      guard let index, (0..<sweep.count).contains(index) else {
        throw JobErrors([
          JobDiagnostic(
            file: fileName, line: 0, column: 0,
            message: "the job is a sweep of \(sweep.count) points, and one of them is due")
        ])
      }
      for (change, place) in zip(changes, sweep.shape.places(ofPoint: index)) {
        change[place].apply(to: &tree.root, diagnostics: diagnostics)
      }
    }
    var job = try Job(
      tree, fileName: fileName, overrides: overrides,
      reading: JobReading(diagnostics: diagnostics, readers: readers))
    job.point = sweep.flatMap { sweep in index.map { sweep[$0] } }
    return job
  }

  /// The job as it is written, includes merged and overrides applied: the texts of two files are
  /// the same if they say the same.
  package var text: String { ResolvedValues().text(of: wholeRoot) }

  /// What makes the results of a grid, as texts by path: as `Job.identity`, from what is written.
  package var identity: [String: String] {
    var parts = ResolvedValues().identity(of: tree.root)
    guard let sweep else { return parts }
    for parameter in sweep.parameters {
      parts["sweep.\(parameter.path)"] = parameter.values.map(\.text).joined(separator: ", ")
    }
    parts["order of sweep"] = sweep.parameters.map(\.path).joined(separator: ", ")
    return parts
  }

  /// What the user calls the job; the file's name without an extension if nothing is said.
  package var name: String {
    let given = tree.root.entries?.first { $0.key == "name" }?.value.text
    return given ?? Job.stem(of: fileName)
  }

  private var wholeRoot: YAMLNode {
    guard let sweep else { return tree.root }
    var root = tree.root
    let parameters = sweep.parameters.map { parameter in
      YAMLNode.Entry(
        key: parameter.path, keyPosition: root.position,
        value: YAMLNode(
          .sequence(
            parameter.values.map { YAMLNode(.scalar($0.text, .plain), at: root.position) }),
          at: root.position))
    }
    root.content = .mapping(
      (root.entries ?? []) + [
        YAMLNode.Entry(
          key: "sweep", keyPosition: root.position,
          value: YAMLNode(.mapping(parameters), at: root.position))
      ])
    return root
  }
}

extension JobTree {
  /// Takes `sweep` out of the tree.
  fileprivate mutating func takeSweep() -> JobField? {
    guard case .mapping(var entries) = root.content,
      let place = entries.firstIndex(where: { $0.key == "sweep" })
    else { return nil }
    let entry = entries.remove(at: place)
    root.content = .mapping(entries)
    return JobField(entry.value, path: "sweep", keyPosition: entry.keyPosition)
  }
}
