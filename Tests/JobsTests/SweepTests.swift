import BadJobs
import Equations
import Jobs
import Networks
import Testing
import Units

/// Reads the job of a text, or the jobs of all points of its grid.
func readAll(_ text: [UInt8], name: String = "job.yaml") throws(JobErrors) {
  let file = try JobFile.read(text: text, name: name)
  guard let sweep = file.sweep, var check = SweepCheck(file) else {
    _ = try file.job()
    return
  }
  for index in 0..<sweep.count { _ = check.job(ofPoint: index) }
  if let errors = check.errors { throw errors }
}

@Suite struct SweepTests {
  private func file(_ sweep: String) throws -> JobFile {
    try JobFile.read(text: Array((BadJob.goodJob + "sweep: " + sweep).utf8), name: "job.yaml")
  }

  private static let grid = """
    {constants.neurons: [20, 30], constants.rest: {linspace: [-70 mV, -60 mV], count: 3}, models.free.method: [euler, rk4]}
    """

  @Test func theLastParameterVariesFastest() throws {
    let sweep = try #require(try file(SweepTests.grid).sweep)
    #expect(sweep.count == 12)
    #expect(sweep.shape.counts == [2, 3, 2])
    #expect(sweep[0].description.hasPrefix("0000 (constants.neurons = 20, constants.rest = -70 mV"))
    let texts = (0..<12).map { sweep[$0].settings.map(\.value.text).joined(separator: " ") }
    #expect(
      texts == [
        "20 -70 mV euler", "20 -70 mV rk4", "20 -65 mV euler", "20 -65 mV rk4",
        "20 -60 mV euler", "20 -60 mV rk4", "30 -70 mV euler", "30 -70 mV rk4",
        "30 -65 mV euler", "30 -65 mV rk4", "30 -60 mV euler", "30 -60 mV rk4",
      ])
    #expect(sweep[11].name == "0011")
  }

  @Test func everyPointIsTheJobWithItsValues() throws {
    let file = try file(SweepTests.grid)
    let sweep = try #require(file.sweep)
    for index in 0..<sweep.count {
      let job = try file.job(ofPoint: index)
      let point = sweep[index]
      #expect(job.point == point)
      // As `--set` would make it, to the last byte.
      let single = try load(
        BadJob.goodJob, overrides: point.settings.map { "\($0.path)=\($0.value.text)" })
      #expect(job.resolved == single.resolved)
      #expect(job.identity == single.identity)
    }
  }

  @Test func valuesAreQuantitiesWhereTheyCanBe() throws {
    let sweep = try #require(try file(SweepTests.grid).sweep)
    #expect(sweep.parameters.map(\.dimension) == [.one, .voltage, nil])
    let line = (0..<3).map { sweep.parameters[1].values[$0].quantity?.value }
    let (first, last) = (-70 * 0.001, -60 * 0.001)
    #expect(line == [first, first + 1 * ((last - first) / 2), last])
    let made = try #require(try file("{populations.odd.size: [neurons/10, neurons/4]}").sweep)
    #expect(made.parameters[0].values.map(\.quantity?.value) == [2, 5])
  }

  @Test func textsOfALineReadBackAsTheSameBits() throws {
    let sweep = try #require(
      try file("{constants.rest: {linspace: [-71.3 mV, -59.9 mV], count: 97}}").sweep)
    for (index, value) in sweep.parameters[0].values.enumerated() {
      let job = try load(BadJob.goodJob, overrides: ["constants.rest=\(value.text)"])
      let system = try job.neurons("inh").system
      let read = system.constants["EL"]?.value
      #expect(try #require(read) == value.quantity?.value, "value \(index)")
    }
  }

  @Test func listsAndMapsAreValuesToo() throws {
    let file = try file(
      "{projections.recurrent.connect: [{probability: 0.5}, all_to_all], 'record.spikes': [[pyr], [pyr, inh]]}"
    )
    let sweep = try #require(file.sweep)
    #expect(sweep[3].settingsText.hasSuffix("all_to_all, record.spikes = [pyr, inh]"))
    #expect(try file.job(ofPoint: 3).experiment.recording.spikes == [0, 1])
    #expect("\(try file.job(ofPoint: 3).projection("recurrent").rule)" == "allToAll")
  }

  @Test func aJobWithAGridIsNoSingleJob() throws {
    let found = errors(BadJob.goodJob + "sweep: {constants.neurons: [20, 30]}")
    #expect(found == ["0:0: the job is a sweep of 2 points, and one of them is due"])
  }

  @Test func anErrorOfAllPointsIsToldAsOfTheJob() throws {
    let text =
      BadJob.goodJob.replacing("size: 5,", with: "size: 0,")
      + "sweep: {constants.rest: [-60 mV, -50 mV], populations.odd.size: [1, 0, 2]}"
    let found = #expect(throws: JobErrors.self) { try readAll(Array(text.utf8)) }
    let messages = try #require(found).diagnostics.map(\.message)
    #expect(messages.count == 2)
    #expect(messages.contains("'size' must be from 1 to 2147483647"))
    #expect(
      messages.contains(
        "'size' must be from 1 to 2147483647, at point 0001 (constants.rest = -60 mV, "
          + "populations.odd.size = 0) and 1 more"))
  }

  @Test func theGridIsPartOfWhatASweepIs() throws {
    func identity(_ sweep: String) throws -> [String: String] {
      try file(sweep).identity
    }
    let known = try identity("{constants.rest: [-60 mV, -50 mV], constants.neurons: [20, 30]}")
    #expect(known["sweep.constants.rest"] == "-60 mV, -50 mV")
    for other in [
      "{constants.rest: [-60 mV, -51 mV], constants.neurons: [20, 30]}",
      "{constants.neurons: [20, 30], constants.rest: [-60 mV, -50 mV]}",
      "{constants.rest: [-60 mV], constants.neurons: [20, 30]}",
    ] {
      #expect(try identity(other) != known)
    }
  }
}
