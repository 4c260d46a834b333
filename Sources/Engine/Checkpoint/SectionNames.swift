/// What the sections of a checkpoint are called, and in which version they are written: the one
/// place that writing and reading take both from.
enum SectionNames {
  /// A variable of all neurons of a population.
  static func column(_ name: String, of population: String) -> String {
    "populations/\(population)/\(name)"
  }
  static let columnVersion: UInt32 = 1

  /// The step of the next spike of all units of a generator.
  static func nextSpikes(of population: String) -> String { "generators/\(population)/next" }
  static let nextSpikesVersion: UInt32 = 1

  /// Spikes of a population that some projection may still have to deliver: indices and steps.
  static func inFlightSources(of population: String) -> String { "in_flight/\(population)/source" }
  static func inFlightSteps(of population: String) -> String { "in_flight/\(population)/step" }
  static let inFlightVersion: UInt32 = 1
}
