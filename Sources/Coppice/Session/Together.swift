import Messaging

extension Communicator {
  /// Does something on every rank and ends on every rank with the same code if one fails.
  ///
  /// The ranks that failed give their messages; the others throw an empty one.
  func together(_ body: () throws(RunFailure) -> Void) throws(RunFailure) {
    var failure: RunFailure?
    do {
      try body()
    } catch {
      failure = error
    }
    let worst: Int64
    do {
      worst = try maximum(Int64(failure?.exitCode ?? 0))
    } catch {
      throw RunFailure("\(error.call) failed: \(error.reason)", exitCode: 70)
    }
    guard worst == 0 else {
      throw RunFailure(failure?.message ?? "", exitCode: Int32(worst))
    }
  }
}
