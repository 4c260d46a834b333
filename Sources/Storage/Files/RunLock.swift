import Foundation
import Glibc

/// Keeps other runs out of an output directory, for as long as its processes live.
///
/// The system itself lets go of a lock when its holder dies, however it dies. The first rank holds
/// one for the whole run; every rank holds a share of a second one, so that who comes next finds
/// ranks that outlive the first.
package final class RunLock {
  private var descriptor: Int32 = -1
  private let path: String

  /// Longest wait for processes that are about to die, in s: those of a launcher that was killed
  /// live on for a while.
  package static let patience = 30.0

  /// Waits until no other run is in the directory, and keeps all others out. The first rank calls
  /// it before any rank touches anything.
  ///
  /// - Parameter waiting: called once when there is something to wait for, with the holder.
  /// - Throws: exit code 73 naming the holder.
  package static func exclusive(
    _ directory: OutputDirectory, patience: Double = patience, waiting: (String) -> Void = { _ in }
  ) throws(StorageError) -> RunLock {
    let begin = ContinuousClock.now
    var hasTold = false
    func wait(for lock: String) throws(StorageError) {
      let holder = RunLock.holder(of: directory)
      guard ContinuousClock.now - begin < .seconds(patience) else {
        throw StorageError(
          call: lock, path: directory.path,
          reason: "another run is in this directory: \(holder); end it or wait for it, or name "
            + "another directory with --output", exitCode: ExitCode.cannotCreate)
      }
      if !hasTold { waiting(holder) }
      hasTold = true
      usleep(100_000)
    }
    var own: RunLock?
    while own == nil {
      own = try RunLock(directory, name: ".lock", LOCK_EX)
      if own == nil { try wait(for: "lock") }
    }
    guard let own else { throw PlainFile.failure("flock", directory.path) }
    while try RunLock(directory, name: ".lock.ranks", LOCK_EX) == nil {
      try wait(for: "lock of ranks")
    }
    own.sign()
    return own
  }

  /// Shows those who come later that this process is still there.
  package static func shared(_ directory: OutputDirectory) throws(StorageError) -> RunLock? {
    try RunLock(directory, name: ".lock.ranks", LOCK_SH)
  }

  /// `nil`: somebody else has it.
  private init?(
    _ directory: OutputDirectory, name: String, _ kind: Int32
  ) throws(StorageError) {
    path = "\(directory.path)/\(name)"
    let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC
    descriptor = open(path, flags, 0o600)
    guard descriptor >= 0 else {
      throw PlainFile.failure("open", path, exitCode: ExitCode.cannotCreate)
    }
    try requireOwn()
    guard flock(descriptor, kind | LOCK_NB) == 0 else {
      let reason = errno
      // A file system without locks: better no protection than no run.
      if reason == ENOTSUP || reason == ENOSYS || reason == ENOLCK { return }
      close(descriptor)
      descriptor = -1
      if reason == EWOULDBLOCK { return nil }
      errno = reason
      throw PlainFile.failure("flock", path, exitCode: ExitCode.cannotCreate)
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Refuses a file that is something else as well: it is going to be written to.
  private func requireOwn() throws(StorageError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_nlink <= 1, status.st_uid == geteuid()
    else {
      throw StorageError(
        call: "fstat", path: path,
        reason: "the lock is no plain file of this user's with one name; remove it",
        exitCode: ExitCode.cannotCreate)
    }
  }

  /// Writes down who holds the lock, for people.
  private func sign() {
    let environment = ProcessInfo.processInfo.environment
    let job = ["SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "JOB_ID"].compactMap { environment[$0] }
    let text =
      "process \(getpid()) on \(ProcessInfo.processInfo.hostName)"
      + (job.first.map { ", batch job \($0)" } ?? "")
    let bytes = Array(text.utf8)
    // Only for a message: what cannot be written is not worth a run.
    _ = ftruncate(descriptor, 0)
    _ = pwrite(descriptor, bytes, bytes.count, 0)
  }

  private static func holder(of directory: OutputDirectory) -> String {
    let text = (try? directory.read(".lock", atMost: 4096)).map {
      String(decoding: $0, as: UTF8.self)
    }
    let line = (text ?? "").prefix { !$0.isNewline }.unicodeScalars.filter {
      $0.properties.generalCategory != .control
    }
    return line.isEmpty ? "its process has not signed" : String(String.UnicodeScalarView(line))
  }
}
