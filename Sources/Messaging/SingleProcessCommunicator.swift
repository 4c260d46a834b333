import Glibc

/// The communicator of a run in one process. No call of the message library, not even its
/// initialisation.
package final class SingleProcessCommunicator: Communicator {
  package let rank = 0
  package let size = 1
  package let ranksOnNode = 1
  package let rankOnNode = 0
  package let description = "single process"
  package let traffic = Traffic()

  package init() {}

  package func barrier() throws(MessagingError) {}

  package func allGather(
    _ send: UnsafeRawBufferPointer, into received: inout [UInt8], offsets: inout [Int]
  ) throws(MessagingError) {
    received.removeAll(keepingCapacity: true)
    received.append(contentsOf: send)
    offsets.removeAll(keepingCapacity: true)
    offsets.append(0)
    offsets.append(send.count)
  }

  package func broadcast(_ bytes: inout [UInt8], from root: Int) throws(MessagingError) {
    guard root == 0 else { throw .noSuchRoot(root, size: 1) }
  }

  package func minimum(_ value: Int64) throws(MessagingError) -> Int64 { value }
  package func maximum(_ value: Int64) throws(MessagingError) -> Int64 { value }
  package func sum(_ value: Double) throws(MessagingError) -> Double { value }

  package func abort(code: Int32) -> Never {
    fflush(nil)
    // Not `exit`: other threads still run, and may use what exit handlers take down.
    _exit(code)
  }

  package func close() throws(MessagingError) {}
}

extension MessagingError {
  static func noSuchRoot(_ root: Int, size: Int) -> MessagingError {
    MessagingError(call: "broadcast", reason: "there is no rank \(root) among \(size)")
  }
}
