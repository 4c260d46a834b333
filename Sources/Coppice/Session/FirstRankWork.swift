import Foundation

/// What the first rank's storage thread does while its main thread keeps in touch with other ranks.
final class FirstRankWork: @unchecked Sendable {
  // `@unchecked`: what changes is protected by `lock`, and the main thread touches nothing that the
  // body uses until it is done.
  private let body: () throws(RunFailure) -> Void
  private let lock = NSLock()
  private var outcome: Result<Void, RunFailure>?

  init(_ body: @escaping () throws(RunFailure) -> Void) {
    self.body = body
  }

  var isDone: Bool { lock.withLock { outcome != nil } }

  func run() {
    var found = Result<Void, RunFailure>.success(())
    do throws(RunFailure) {
      try body()
    } catch {
      found = .failure(error)
    }
    lock.withLock { outcome = found }
  }

  /// - Throws: what the body has thrown.
  func finish() throws(RunFailure) {
    switch lock.withLock({ outcome }) {
    case .success: return
    case .failure(let error): throw error
    case nil: throw RunFailure("the storage thread has ended before its work", exitCode: 70)
    }
  }
}
