package import Jobs
import Storage

extension JobReaders {
  /// Readers of the HDF5 files that a job names.
  package static var hdf5: JobReaders {
    JobReaders(
      spikes: { path, population in
        let file = try SpikeFile.read(path, population: population)
        return zip(file.nodeIDs, file.timestamps).map { (Int(clamping: $0), $1 * 1e-3) }
      },
      values: { path, dataset in
        let table = try NumberTable.read(path, name: dataset)
        return Values(
          values: table.values, columns: table.columns,
          units: table.units.isEmpty ? nil : table.units)
      },
      edges: { path, population in
        let file = try EdgeFile.read(path, population: population)
        return zip(file.sources, file.targets).map { (Int(clamping: $0), Int(clamping: $1)) }
      })
  }
}
