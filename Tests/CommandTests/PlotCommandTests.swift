import Foundation
import Testing

/// Pictures of a run, from the command line. They are drawn where gnuplot is there; who lacks it is
/// told.
@Suite struct PlotCommandTests {
  /// A job whose neurons fire and of which everything is recorded.
  private static let job = """
    name: plotted
    simulation: {duration: 60 ms, dt: 0.1 ms, seed: 3}
    models:
      cell:
        cm: 1 uF/cm^2
        gl: 40 uS/cm^2
        v_rest: -60 mV
        compartments:
          soma: {kind: soma, length: 25 um, diameter: 25 um}
          dend:
            length: 100 um
            diameter: 1 um
            dspikes: [{name: Na, threshold: -50 mV, g_rise: 3 nS, g_fall: 2 nS, duration_rise: 1 ms,
                       duration_fall: 1 ms, offset_fall: 0.2 ms, refractory: 5 ms}]
        couplings: [[soma, dend, 5 nS]]
        spike: {threshold: V_soma > -45*mV, reset: V_soma = -55*mV, refractory: 2 ms}
    populations:
      pyr: {model: cell, size: 6}
    stimuli:
      drive: {population: pyr, variable: I_ext_soma, steps: [[5 ms, {linspace: [50 pA, 300 pA]}]]}
    record:
      events: all
      rates: {every: 1 ms}
      states: {v: {population: pyr, variables: [V_soma, V_dend], neurons: 0:6}}

    """

  private static let hasGnuplot: Bool = {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/gnuplot")
    }
  }()

  private static func folder() throws -> JobFolder {
    let folder = try JobFolder(job)
    let run = try folder.run()
    try #require(run.exitCode == 0)
    try #require((try folder.record().spikes["pyr"] ?? 0) > 5, "the neurons must fire")
    return folder
  }

  /// A program in place of gnuplot that keeps what it is given, and writes the file.
  private static func recorder(in folder: JobFolder) throws {
    try FileManager.default.createDirectory(
      atPath: folder.path + "/bin", withIntermediateDirectories: true)
    try folder.write(
      Array(
        """
        #!/bin/sh
        cat > "\(folder.path)/given"
        echo "$@" > "\(folder.path)/words"
        sed -n "s/^set output '\\(.*\\)'$/\\1/p" "\(folder.path)/given" | while read -r file; do
          echo picture > "$file"
        done

        """.utf8), to: "bin/gnuplot")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: folder.path + "/bin/gnuplot")
  }

  private static func plot(
    _ words: [String], in folder: JobFolder, path: String
  ) throws -> CommandRun {
    try CommandRun.coppice(
      ["plot"] + words, environment: ["PATH": path], in: folder.path)
  }

  @Test func gnuplotGetsTheRunsNumbers() throws {
    let folder = try Self.folder()
    try Self.recorder(in: folder)
    let run = try Self.plot(
      ["result", "raster", "-o", "x.svg"], in: folder, path: folder.path + "/bin:/usr/bin:/bin")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output == "x.svg\n")
    #expect(folder.has("x.svg"))
    // No start-up file of the user's, and no shell between.
    #expect(String(decoding: try folder.bytes(of: "words"), as: UTF8.self) == "-d\n")
    let given = String(decoding: try folder.bytes(of: "given"), as: UTF8.self)
    let spikes = try #require(try folder.record().spikes["pyr"])
    let block = try #require(given.range(of: "$panel0series0 << END_OF_DATA\n"))
    let rows = given[block.upperBound...].prefix { $0 != "E" }.split(separator: "\n")
    #expect(rows.count == spikes)
    #expect(rows.allSatisfy { $0.split(separator: " ").count == 2 })
    #expect(given.contains("title 'pyr, "))
  }

  @Test(arguments: [
    (["traces", "--neurons", "0:2"], 2, 4), (["rates"], 1, 1), (["events"], 1, 1),
    (["isi"], 1, 1), (["graph"], 1, 5), ([], 3, 4),
  ])
  func everyKindIsMadeOfThisRun(words: [String], panels: Int, series: Int) throws {
    let folder = try Self.folder()
    try Self.recorder(in: folder)
    let run = try Self.plot(
      ["result"] + words, in: folder, path: folder.path + "/bin:/usr/bin:/bin")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(folder.has("result/\(words.first ?? "overview").png"))
    let given = String(decoding: try folder.bytes(of: "given"), as: UTF8.self)
    #expect(given.count(of: "\nplot ") == panels)
    #expect(given.count(of: " << END_OF_DATA\n") == series)
  }

  @Test func whatCannotBeDrawnIsSaid() throws {
    let folder = try Self.folder()
    try Self.recorder(in: folder)
    let path = folder.path + "/bin:/usr/bin:/bin"
    let cases: [([String], Int32, String)] = [
      (["result", "rastr"], 64, "there is no plot 'rastr'"),
      (["result", "-o", "x.pdf"], 64, ".png or .svg"),
      (["result", "--from", "3 mV"], 64, "--from"),
      (["result", "--neurons", "x"], 64, "--neurons"),
      (["result", "raster", "--population", "inh"], 66, "no population 'inh'"),
      (["result", "traces", "--neurons", "77"], 66, "nothing to draw"),
      (["result", "raster", "--from", "50 ms", "--to", "20 ms"], 66, "nothing lies between"),
      (["nowhere"], 66, "nowhere"), (["bin"], 66, "run.json"),
    ]
    for (words, code, text) in cases {
      let run = try Self.plot(words, in: folder, path: path)
      #expect(run.exitCode == code && run.errors.contains(text), "\(words): \(run.errors)")
    }
    let without = try Self.plot(["result"], in: folder, path: "/nonexistent")
    #expect(without.exitCode == 66 && without.errors.contains("apt install gnuplot-nox"))
  }

  @Test func gnuplotsOwnComplaintIsPassedOn() throws {
    let folder = try Self.folder()
    try Self.recorder(in: folder)
    try folder.write(
      Array("#!/bin/sh\necho no such terminal >&2\nexit 3\n".utf8), to: "bin/gnuplot")
    let run = try Self.plot(["result"], in: folder, path: folder.path + "/bin:/usr/bin:/bin")
    #expect(run.exitCode == 73)
    #expect(run.errors.contains("status 3") && run.errors.contains("no such terminal"))
    #expect(!folder.has("result/overview.png"))
  }

  @Test(.enabled(if: hasGnuplot), arguments: ["png", "svg"])
  func gnuplotDraws(format: String) throws {
    let folder = try Self.folder()
    for kind in [
      [], ["raster"], ["events"], ["rates"], ["isi"], ["traces", "--paint-spikes"], ["graph"],
    ] {
      let file = (kind.first ?? "overview") + "." + format
      let run = try CommandRun.coppice(["plot", "result"] + kind + ["-o", file], in: folder.path)
      #expect(run.exitCode == 0 && run.errors.isEmpty, "\(kind): \(run.errors)")
      let bytes = try folder.bytes(of: file)
      #expect(bytes.count > 2000)
      #expect(
        format == "png"
          ? bytes.starts(with: [0x89, 0x50, 0x4E, 0x47])
          : String(decoding: bytes.suffix(200), as: UTF8.self).contains("</svg>"))
    }
  }
}
