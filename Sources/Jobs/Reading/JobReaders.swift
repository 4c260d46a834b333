/// Reads what a job takes from HDF5 files; given by the caller, for the job format itself knows
/// no HDF5.
///
/// Paths are relative to the working directory. Whatever a reader throws is reported at the
/// place in the job that names the file, by its description.
public struct JobReaders: Sendable {
  /// Numbers of a data set, and what its attribute `units` says.
  public struct Values: Sendable {
    public var values: [Double]
    /// Numbers of a row of a table, row after row; `nil` for a list.
    public var columns: Int?
    public var units: String?
    public init(values: [Double], columns: Int? = nil, units: String?) {
      self.values = values
      self.columns = columns
      self.units = units
    }
  }

  /// The spikes of a population in a SONATA file: index in the population and time in s.
  public var spikes: @Sendable (_ path: String, _ population: String) throws -> [(Int, Double)]
  /// A data set of one or two dimensions.
  public var values: @Sendable (_ path: String, _ dataset: String) throws -> Values
  /// The edges of a population in a SONATA file: indices of source and target.
  public var edges: @Sendable (_ path: String, _ population: String) throws -> [(Int, Int)]

  /// Makes readers; without one, files of its kind are refused.
  public init(
    spikes: (@Sendable (_ path: String, _ population: String) throws -> [(Int, Double)])? = nil,
    values: (@Sendable (_ path: String, _ dataset: String) throws -> Values)? = nil,
    edges: (@Sendable (_ path: String, _ population: String) throws -> [(Int, Int)])? = nil
  ) {
    self.spikes = spikes ?? { _, _ in throw NoReader() }
    self.values = values ?? { _, _ in throw NoReader() }
    self.edges = edges ?? { _, _ in throw NoReader() }
  }

  private struct NoReader: Error, CustomStringConvertible {
    var description: String { "HDF5 files of this kind cannot be read yet" }
  }
}
