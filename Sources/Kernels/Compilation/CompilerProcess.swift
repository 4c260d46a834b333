internal import Glibc
internal import KernelABI

/// A compiler at work: a child process in a group of its own, its output going to a file.
///
/// No shell is between: the arguments arrive as they are. Where this value is dropped before the
/// process ended, its whole group is killed.
struct CompilerProcess: ~Copyable {
  /// How a process ended.
  enum Ending: Hashable {
    case exited(Int32)
    case killed(signal: Int32)

    var description: String {
      switch self {
      case .exited(let status): "ended with status \(status)"
      case .killed(let signal): "was killed by signal \(signal)"
      }
    }
  }

  /// Bytes that a compiler may write to one file.
  private static let fileLimit: UInt64 = 256 << 20

  private let process: pid_t
  private var ending: Ending?

  /// - Parameters:
  ///   - arguments: The first is the absolute path of the compiler.
  ///   - environment: All that the process finds in its environment, `NAME=value` each.
  ///   - messages: Path of the file for what it prints; replaced.
  ///   - seconds: Bound of its processor time.
  /// - Throws: `CompilationError.system` where it cannot be started.
  init(
    arguments: [String], environment: [String], messages: String, seconds: Double
  ) throws(CompilationError) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(
      &actions, 1, messages, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var process = pid_t()
    let executable = arguments[0]
    var failure = ETXTBSY
    // A file that was written a moment ago may still be open in a child that another thread has
    // made and that has not begun its own program: it will not be for long.
    for _ in 0..<100 where failure == ETXTBSY {
      failure = Self.withCStrings(arguments) { arguments in
        Self.withCStrings(environment) { environment in
          posix_spawn(&process, executable, &actions, &attributes, arguments, environment)
        }
      }
      if failure == ETXTBSY { usleep(2000) }
    }
    guard failure == 0 else { throw .system("start of \(executable)", error: failure) }
    self.process = process
    // A bound on damage only: where it cannot be set, the time limit still holds.
    _ = coppice_limit_process(process, UInt64(seconds.rounded(.up)) + 1, Self.fileLimit)
  }

  deinit {
    guard ending == nil else { return }
    kill(-process, SIGKILL)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
  }

  /// How the process ended, if it has.
  mutating func poll() -> Ending? {
    if let ending { return ending }
    var status: Int32 = 0
    let answer = waitpid(process, &status, WNOHANG)
    if answer == process {
      let signal = status & 0x7f
      ending = signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
    } else if answer < 0, errno == ECHILD {
      ending = .exited(0)  // children are reaped elsewhere: the output tells
    }
    return ending
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return body(copies + [nil])
  }
}
