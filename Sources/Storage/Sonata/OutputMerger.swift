/// Turns the segments of a run into plain SONATA files.
///
/// One process does this, after all others have cut their last segments. Nothing is held in
/// memory whole. What comes out depends on the records only, byte for byte: not on ranks, not on
/// where segments were cut, not on when buffers were flushed.
package struct OutputMerger {
  /// What came of a merge.
  package struct Summary: Hashable, Sendable {
    /// Names of the files written.
    package var files: [String]
    /// Records per stream of the layout.
    package var records: [Int64]
    /// The steps that the files cover.
    package var steps: Range<Int64>
  }

  let directory: OutputDirectory
  let layout: RecordingLayout
  let catalog: SegmentCatalog
  let time: StepTime
  /// The run in its checkpoints' manifests; `nil` if it has none.
  let run: String?
  private let disk: any FileOperations

  /// Merges all segments, then removes them.
  ///
  /// All files are written under temporary names and fsynced, then renamed, then the segments go:
  /// who is interrupted calls this again. After a failure, too, either all segments are there or all
  /// files, be it under their temporary names. With a `run` they are written down first
  /// (``MergedOutput``), so that its checkpoints stay good.
  ///
  /// - Parameters:
  ///   - directory: The run's.
  ///   - layout: What was recorded; `RecordingLayout.load(from:)` has it for those who come later.
  ///   - steps: The step after the last one of the run; `nil` takes what is there.
  ///   - run: The run in its checkpoints' manifests; `nil` if it has no checkpoints.
  ///   - disk: What gives the files their names.
  /// - Returns: What was written.
  /// - Throws: exit code 66 if there are no segments, 74 if some are missing, damaged, or files
  ///   cannot be written.
  package static func finish(
    _ directory: OutputDirectory, layout: RecordingLayout, steps: Int64? = nil,
    run: String? = nil, with disk: any FileOperations = DiskFiles()
  ) throws(StorageError) -> Summary {
    try layout.validate()
    // A run of no steps has no segments.
    let catalog = steps == 0 ? SegmentCatalog.none : try SegmentCatalog(of: directory)
    if let steps, catalog.steps.upperBound != steps {
      throw SegmentFile.damaged(
        directory.segments,
        "segments end at step \(catalog.steps.upperBound), the run at step \(steps)")
    }
    let merger = OutputMerger(
      directory: directory, layout: layout, catalog: catalog, time: StepTime(dt: layout.dt),
      run: run, disk: disk)
    do throws(StorageError) {
      return try merger.merge()
    } catch {
      merger.discardPartials()
      throw error
    }
  }

  /// Removes what is half written, for it takes room on a disk that may be full. Once the merge is
  /// on record the files are the output, whatever their names.
  private func discardPartials() {
    do throws(StorageError) {
      let record = try MergedOutput.read(from: directory, with: DiskFiles())
      if let record, record.run == run, record.steps == catalog.steps { return }
    } catch {
      // It may be this merge's.
      return
    }
    for name in fileNames {
      try? Durability.removeIfPresent("\(directory.path)/.\(name).partial")
    }
  }

  /// All files that the layout can give.
  private var fileNames: [String] {
    ["spikes.h5", "events.h5", RateFile.name]
      + layout.states.flatMap { recording in
        recording.variables.indices.map { recording.fileName(variable: $0) }
      }
  }

  private func merge() throws(StorageError) -> Summary {
    try requireSpace()
    var files: [String] = []
    var summary = Summary(files: [], records: [], steps: catalog.steps)
    var rates: [RateCounter?] = []
    let streams = Array(layout.streams.enumerated())
    let kinds = [
      ("spikes.h5", streams.filter { $0.element.event == nil }),
      ("events.h5", streams.filter { $0.element.event != nil }),
    ]
    summary.records = layout.streams.map { _ in 0 }
    for (name, members) in kinds where !members.isEmpty {
      let merge = SpikeFileMerge(merger: self, fileName: name, streams: members)
      for (stream, outcome) in zip(members, try merge.run()) {
        summary.records[stream.offset] = outcome.count
        rates.append(outcome.rate)
      }
      files.append(name)
    }
    if layout.rateBin != nil {
      try RateFile(merger: self, counters: rates.compactMap { $0 }).write()
      files.append(RateFile.name)
    }
    for (place, recording) in layout.states.enumerated() {
      for variable in recording.variables.indices {
        files.append(recording.fileName(variable: variable))
        try ReportMerge(
          merger: self, place: place, recording: recording, variable: variable
        ).run()
      }
    }
    try commit(files)
    summary.files = files
    return summary
  }

  /// Gives all files their names at once, as far as a file system can.
  private func commit(_ files: [String]) throws(StorageError) {
    if let run {
      return try MergedOutput.replaceSegments(
        by: files, of: run, steps: catalog.steps, in: directory, with: disk)
    }
    try MergedOutput.forget(in: directory, with: disk)
    for name in files {
      try Durability.rename(try directory.temporary(name), to: try directory.file(name))
    }
    try disk.synchronizeDirectory(directory.path)
    try SegmentCatalog.remove(from: directory, with: disk)
  }

  private func requireSpace() throws(StorageError) {
    var bytes = 0
    for interval in catalog.intervals {
      for path in interval.paths { bytes += try Durability.size(of: path) }
    }
    try Durability.requireSpace(bytes, at: directory.path)
  }
}
