extension Attack {
  static let all =
    outputDirectory + plantedFiles + checkpoints + names + compiler + inputs + otherUsers

  /// Where the output goes.
  private static let outputDirectory: [Attack] = [
    Attack(
      name: "output path with an escape sequence", outcome: .refused(73, "control character"),
      words: ["run", "job.yaml", "--output", "re\u{1B}[2Jsult"]),
    Attack(
      name: "output path of shell text", outcome: .harmless,
      words: ["run", "job.yaml", "--output", "$(touch pwned);`touch pwned`|touch pwned"]),
    Attack(
      name: "output directory that everybody may write to",
      outcome: .refused(73, "everybody may write to it (mode 777)")
    ) { try $0.makeDirectory("result", mode: 0o777) },
    Attack(
      name: "output directory that everybody may write to, sticky",
      outcome: .refused(73, "everybody may write to it (mode 1777)")
    ) { try $0.makeDirectory("result", mode: 0o1777) },
    Attack(name: "segments is a link", outcome: .refused(73, "a link or a file stands where")) {
      try $0.link("result/segments", to: "victim")
    },
    Attack(
      name: "checkpoints is a link, and the run starts over",
      outcome: .refused(73, "a link or a file stands where"), words: run + ["--fresh"]
    ) { try $0.link("result/checkpoints", to: "victim") },
    Attack(
      name: "segments is a link, and the run is finished", outcome: .refused(66, "segments"),
      words: ["finish", "result"]
    ) {
      try $0.stopRun()
      try $0.job.remove("result/segments")
      try $0.link("result/segments", to: "victim")
    },
    Attack(
      name: "segments that everybody may write to", outcome: .refused(73, "everybody may write")
    ) { try $0.makeDirectory("result/segments", mode: 0o777) },
    Attack(
      name: "checkpoints that everybody may write to", outcome: .refused(73, "everybody may write")
    ) { try $0.makeDirectory("result/checkpoints", mode: 0o777) },
    Attack(name: "a umask that lets everybody write", outcome: .harmless, launcher: noMask),
  ]

  /// Runs a command under a umask of 0, then looks for what everybody may write to.
  private static let noMask = [
    "bash", "-c", "umask 0; \"$@\" && ! find result -perm /o=w ! -type l | grep .", "mask",
  ]

  /// What stands where a run is going to write.
  private static let plantedFiles: [Attack] = [
    Attack(name: "the lock is a link", outcome: .refused(73, ".lock")) {
      try $0.link("result/.lock")
    },
    Attack(
      name: "the lock is a second name of a file",
      outcome: .refused(73, "no plain file of this user's with one name")
    ) { try $0.hardLink("result/.lock") },
    Attack(
      name: "the ranks' lock is a second name of a file",
      outcome: .refused(73, "no plain file of this user's with one name")
    ) { try $0.hardLink("result/.lock.ranks") },
    Attack(name: "the lock is a pipe", outcome: .refused(73, "no plain file of this user's")) {
      try $0.makeDirectory("result")
      try $0.pipe("result/.lock")
    },
    Attack(name: "the record is a link", outcome: .harmless) { try $0.link("result/run.json") },
    Attack(name: "the record is a pipe", outcome: .harmless) {
      try $0.makeDirectory("result")
      try $0.pipe("result/run.json")
    },
    Attack(name: "the job's copy is a link", outcome: .harmless) {
      try $0.link("result/job.yaml")
    },
    Attack(name: "the job's copy has a link for its temporary name", outcome: .harmless) {
      try $0.link("result/.job.yaml.partial")
    },
    Attack(name: "an output is a link", outcome: .harmless) { try $0.link("result/spikes.h5") },
    Attack(name: "an output is a second name of a file", outcome: .harmless) {
      try $0.hardLink("result/spikes.h5")
    },
    Attack(name: "an output has a link for its temporary name", outcome: .harmless) {
      try $0.link("result/.v.h5.partial")
    },
    Attack(name: "a segment has a link for its temporary name", outcome: .harmless) {
      try $0.link("result/segments/.step-000000000000.rank-00000.h5.partial")
    },
    Attack(name: "libraries in the way of a compiled run", outcome: .harmless, words: compiledRun) {
      for name in ["0.so", "kernel.so", "libm.so.6", "libhdf5.so", "result/0.so"] {
        try $0.write("planted", to: name, mode: 0o755)
      }
    },
    Attack(name: "the record is a billion bytes", outcome: .harmless) {
      try $0.write("{", to: "result/run.json")
      try $0.job.extend("result/run.json", to: 1 << 32)
    },
  ]

  /// What lies where a run goes on from.
  private static let checkpoints: [Attack] = [
    Attack(name: "a generation that others may write to", outcome: .refused(66, "others may write"))
    {
      try $0.stopRun()
      try $0.setMode(0o770, of: generation)
    },
    Attack(name: "a manifest that others may write to", outcome: .refused(66, "others may write")) {
      try $0.stopRun()
      try $0.setMode(0o660, of: generation + "/manifest.json")
    },
    Attack(name: "a shard is a link", outcome: .refused(66, "not a plain file")) {
      try $0.stopRun()
      try $0.job.move(generation + "/shard-00000.h5", to: "shard")
      try $0.link(generation + "/shard-00000.h5", to: "shard")
    },
    Attack(name: "a generation is a link", outcome: .refused(66, "not a directory")) {
      try $0.stopRun()
      try $0.job.move(generation, to: "elsewhere")
      try $0.link(generation, to: "elsewhere")
    },
    Attack(name: "a file more in a generation", outcome: .refused(66, "does not know this file")) {
      try $0.stopRun()
      try $0.write("planted", to: generation + "/libhdf5.so")
    },
    Attack(
      name: "a branch from a path that is no generation", outcome: .refused(66, "it is missing"),
      words: run + ["--from", "checkpoints/../victim"]),
    Attack(
      name: "a branch from the parent of all", outcome: .refused(66, "no generation"),
      words: run + ["--from", "victim/.."]),
    Attack(
      name: "a branch from a generation that was forged", outcome: .refused(66, "manifest.json"),
      words: run + ["--from", "victim/gen-000000000010"]),
  ]

  private static let generation = "result/checkpoints/gen-000000000050"

  /// Names in a job that are to become names of files or of objects in them.
  private static let names: [Attack] =
    [
      "../x", "/tmp/x", "a/b", "..", ".lock", "a\\0b", "a\\eb", "a\\u202Eb", "x; touch pwned",
      "$(touch pwned)", "ä",
    ].flatMap { name in
      [
        named(
          name, "a recording", "record.states", "{population: net, variables: [v], every: 1 ms}"),
        named(name, "a population", "populations", "{model: cell, size: 1}"),
      ]
    } + [
      named(
        "spikes", "a recording", "record.states", "{population: net, variables: [v]}", "spikes"),
      Attack(
        name: "a job's name with an escape sequence", outcome: .refused(65, "name"),
        words: run + ["--set", "name=\"a\\e[2Jb\""]),
    ]

  private static func named(
    _ name: String, _ kind: String, _ place: String, _ value: String,
    _ message: String = "cannot be a name"
  ) -> Attack {
    Attack(
      name: "\(kind) called \(name)", outcome: .refused(65, message),
      words: run + ["--set", "\(place)={\"\(name)\": \(value)}"])
  }

  /// What compiles kernels.
  private static let compiler: [Attack] = [
    Attack(
      name: "a compiler of shell text", outcome: .refused(70, "no C compiler found"),
      words: compiledRun, environment: ["COPPICE_CC": "cc; touch pwned"]),
    Attack(
      name: "a compiler that a shell would find", outcome: .refused(70, "no C compiler found"),
      words: compiledRun, environment: ["COPPICE_CC": "$(touch pwned)"]),
    Attack(
      name: "a compiler in the working directory", outcome: .refused(70, "no C compiler found"),
      words: compiledRun, environment: ["COPPICE_CC": "./cc"]
    ) { try $0.plantProgram("cc") },
    Attack(
      name: "a path that begins in the working directory", outcome: .harmless, words: compiledRun,
      environment: ["PATH": ".::/usr/bin:/bin"]
    ) { for name in ["cc", "gcc", "as", "ld"] { try $0.plantProgram(name) } },
    Attack(
      name: "an environment that leads compilers astray", outcome: .harmless, words: compiledRun,
      environment: [
        "COMPILER_PATH": ".", "GCC_EXEC_PREFIX": "./", "CPATH": ".", "C_INCLUDE_PATH": ".",
        "LIBRARY_PATH": ".", "CC": "./cc", "CFLAGS": "-fplugin=./0.so",
      ]
    ) {
      for name in ["cc", "cc1", "as", "ld", "collect2"] { try $0.plantProgram(name) }
      try $0.write("#error planted", to: "math.h")
    },
    Attack(
      name: "a directory for compiling that everybody may write to",
      outcome: .refused(70, "others may rename what is in it (mode 777)"), words: compiledRun,
      environment: ["TMPDIR": "$FOLDER/temporary"]
    ) { try $0.makeDirectory("temporary", mode: 0o777) },
    Attack(
      name: "a directory for compiling in a link to one that everybody may write to",
      outcome: .refused(70, "others may rename"), words: compiledRun,
      environment: ["TMPDIR": "$FOLDER/link"]
    ) {
      try $0.makeDirectory("temporary", mode: 0o777)
      try $0.link("link", to: "temporary")
    },
    Attack(
      name: "a directory for compiling that is relative", outcome: .harmless, words: compiledRun,
      environment: ["TMPDIR": "victim"]),
    Attack(
      name: "a directory for compiling of shell text", outcome: .harmless, words: compiledRun,
      environment: ["TMPDIR": "$FOLDER/a;touch pwned;$(touch pwned)"]
    ) { try $0.makeDirectory("a;touch pwned;$(touch pwned)") },
  ]

  /// Files that a job reads.
  private static let inputs: [Attack] =
    [
      ("external-link.h5", "a link to elsewhere, which is not followed"),
      ("external-storage.h5", "values lie in other files"),
      ("virtual.h5", "values lie in other files"),
      ("plugin.h5", "filter"),
      ("pipe", "is not a regular file"),
    ].map { file, message in
      Attack(
        name: "an input that is \(file)", outcome: .refused(65, message),
        words: run + [
          "--set",
          "populations.net={model: cell, size: 8, initial: {v: {file: \(file), dataset: push}}}",
        ],
        environment: ["HDF5_PLUGIN_PATH": "$FOLDER", "HDF5_PLUGIN_PRELOAD": ""]
      ) { folder in
        try folder.write("0123456789abcdef", to: "secret")
        for name in ["external-link", "external-storage", "virtual", "plugin"] {
          try folder.job.copyFixture(name + ".h5")
        }
        try folder.job.copyFixture("waveform.h5", to: "secret.h5")
        try folder.pipe("pipe")
      }
    } + [
      Attack(
        name: "a pipe is compared", outcome: .refused(66, "is not a regular file"),
        words: ["compare", "pipe", "pipe"]
      ) { try $0.pipe("pipe") },
      Attack(
        name: "a pipe is inspected", outcome: .refused(66, "neither a file nor a directory"),
        words: ["inspect", "pipe"]
      ) { try $0.pipe("pipe") },
      Attack(
        name: "a pipe for a job", outcome: .refused(66, "is not a regular file"),
        words: ["run", "pipe"]
      ) { try $0.pipe("pipe") },
      Attack(
        name: "a device without an end for a job", outcome: .refused(66, "is not a regular file"),
        words: ["run", "/dev/zero"]),
      Attack(
        name: "an include of the system's secrets", outcome: .refused(65, "map"),
        words: ["run", "other.yaml"]
      ) { try $0.write("include: [/etc/passwd]\n", to: "other.yaml") },
    ]

  /// Another user of the machine.
  private static let otherUsers: [Attack] = [
    Attack(
      name: "someone else's output directory", outcome: .refused(73, "it belongs to user 12345"),
      needsRoot: true
    ) {
      try $0.makeDirectory("result")
      try $0.give("result")
    },
    Attack(
      name: "someone else's checkpoints", outcome: .refused(73, "it belongs to user 12345"),
      needsRoot: true
    ) {
      try $0.makeDirectory("result/checkpoints")
      try $0.give("result/checkpoints")
    },
    Attack(
      name: "someone else's lock", outcome: .refused(73, "no plain file of this user's"),
      needsRoot: true
    ) {
      try $0.write("", to: "result/.lock")
      try $0.give("result/.lock")
    },
    Attack(
      name: "someone else's generation", outcome: .refused(66, "belongs to user 12345"),
      needsRoot: true
    ) {
      try $0.stopRun()
      try $0.give(generation)
    },
    Attack(
      name: "someone else's shard", outcome: .refused(66, "belongs to user 12345"),
      needsRoot: true
    ) {
      try $0.stopRun()
      try $0.give(generation + "/shard-00000.h5")
    },
    Attack(
      name: "someone else's directory for compiling",
      outcome: .refused(70, "it belongs to user 12345"), words: compiledRun,
      environment: ["TMPDIR": "$FOLDER/temporary"], needsRoot: true
    ) {
      try $0.makeDirectory("temporary")
      try $0.give("temporary")
    },
    Attack(
      name: "going on with someone else's run", outcome: .refused(73, "belongs to user 0"),
      needsRoot: true,
      launcher: ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"]
    ) {
      try $0.stopRun()
      for name in [".", "result", "result/segments", "result/checkpoints", generation] {
        try $0.setMode(0o755, of: name)
      }
    },
    Attack(
      name: "branching off from someone else's run", outcome: .refused(66, "belongs to user 0"),
      words: ["run", "job.yaml", "--output", "own/result", "--from", generation], needsRoot: true,
      launcher: ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"]
    ) {
      try $0.stopRun()
      try $0.makeDirectory("own")
      try $0.give("own")
      for name in [".", "result", "result/segments", "result/checkpoints", generation] {
        try $0.setMode(0o755, of: name)
      }
      for name in ["shard-00000.h5", "manifest.json"] {
        try $0.setMode(0o644, of: generation + "/" + name)
      }
    },
  ]
}
