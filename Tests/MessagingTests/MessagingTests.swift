import Testing

@testable import Messaging

@Suite struct SingleProcessCommunicatorTests {
  @Test func passesTheSelfCheck() {
    #expect(MessagingSelfCheck.run(SingleProcessCommunicator()) == [])
  }

  @Test func gathersItsOwnBytes() throws {
    let communicator = SingleProcessCommunicator()
    var received: [UInt8] = [9, 9, 9, 9]
    var offsets: [Int] = []
    let sent: [UInt8] = [1, 2, 3]
    try sent.withUnsafeBytes { bytes in
      try communicator.allGather(bytes, into: &received, offsets: &offsets)
    }
    #expect(received == sent)
    #expect(offsets == [0, 3])
  }

  @Test func refusesARootThatDoesNotExist() {
    var bytes: [UInt8] = []
    #expect(throws: MessagingError.self) {
      try SingleProcessCommunicator().broadcast(&bytes, from: 1)
    }
  }

  @Test func sendsNothing() throws {
    let communicator = SingleProcessCommunicator()
    _ = try communicator.sum(1)
    #expect(communicator.traffic == Traffic())
    #expect(try communicator.minimum(-3) == -3)
    #expect(try communicator.maximum(4) == 4)
  }
}

/// A communicator that gets gathers and sums wrong.
private final class BrokenCommunicator: Communicator {
  let rank = 0
  let size = 1
  let ranksOnNode = 1
  let rankOnNode = 0
  let description = "broken"
  let traffic = Traffic()
  func barrier() throws(MessagingError) {}
  func allGather(
    _ send: UnsafeRawBufferPointer, into received: inout [UInt8], offsets: inout [Int]
  ) throws(MessagingError) {
    received = []
    offsets = [0, 0]
  }
  func begin(_ round: MessageRound) throws(MessagingError) {}
  func finish(_ round: MessageRound) throws(MessagingError) { round.offsets = [0, 0] }
  func broadcast(_ bytes: inout [UInt8], from root: Int) throws(MessagingError) {}
  func minimum(_ value: Int64) throws(MessagingError) -> Int64 { value }
  func maximum(_ value: Int64) throws(MessagingError) -> Int64 { value }
  func sum(_ value: Double) throws(MessagingError) -> Double { value + 1 }
  func split(color: Int) throws(MessagingError) -> any Communicator { BrokenCommunicator() }
  func send(_ bytes: [UInt8], to rank: Int) throws(MessagingError) {}
  func receive() throws(MessagingError) -> (sender: Int, bytes: [UInt8])? { (0, [1]) }
  func abort(code: Int32) -> Never { fatalError("not in tests") }
  func close() throws(MessagingError) {}
}

@Suite struct MessagingSelfCheckTests {
  @Test func findsABrokenCommunicator() {
    let failures = MessagingSelfCheck.run(BrokenCommunicator())
    #expect(failures.contains { $0.contains("gather of") })
    #expect(failures.contains { $0.contains("sum gave") })
    #expect(failures.contains { $0.contains("message of") })
    #expect(failures.contains { $0.contains("round of") })
  }
}

@Suite struct RehearsalCommunicatorTests {
  @Test func theOthersSayWhatThisRankSays() throws {
    let communicator = RehearsalCommunicator(rank: 2, size: 5)
    #expect(try communicator.sum(3) == 15)
    #expect(try communicator.maximum(7) == 7)
    let round = MessageRound(.gathered)
    [UInt8](1...4).withUnsafeBytes { round.outgoing.append($0) }
    try communicator.begin(round)
    try communicator.finish(round)
    #expect(round.offsets == [0, 4, 8, 12, 16, 20])
    #expect((0..<5).allSatisfy { round.message(from: $0).elementsEqual(1...4) })
    #expect(communicator.traffic.bytesSent == 4 + 8 + 8)
  }

  @Test func aVoiceSpeaksForTheOthersAlone() throws {
    let communicator = RehearsalCommunicator(rank: 1, size: 3)
    communicator.voice = { rank, own, store in
      let said = [UInt8](repeating: UInt8(rank), count: own.count + rank)
      said.withUnsafeBytes { store.append($0) }
    }
    let round = MessageRound(.directed)
    [UInt8](10...15).withUnsafeBytes { round.outgoing.append($0) }
    round.outgoingOffsets = [0, 1, 3, 6]
    try communicator.begin(round)
    try communicator.finish(round)
    #expect(round.message(from: 0).elementsEqual([0]))
    #expect(round.message(from: 1).elementsEqual([11, 12]), "what goes to itself")
    #expect(round.message(from: 2).elementsEqual([2, 2, 2, 2, 2]))
  }
}

@Suite struct LauncherTests {
  private func launcher(_ environment: [String: String]) -> Launcher {
    Launcher(environment: { environment[$0] })
  }

  @Test func aPlainProcessIsAlone() throws {
    #expect(launcher([:]) == .none)
    let alone = try communicator(launcher: .none)
    #expect(alone.size == 1)
    #expect(alone is SingleProcessCommunicator)
  }

  @Test func mpirunIsSeen() {
    #expect(
      launcher(["OMPI_COMM_WORLD_SIZE": "4"]) == .parallel(name: "Open MPI", processes: 4))
    #expect(launcher(["PMI_SIZE": "3", "PMI_RANK": "0"]) == .parallel(name: "PMI", processes: 3))
    #expect(launcher(["PMIX_RANK": "0"]) == .parallel(name: "PMIx", processes: nil))
  }

  @Test func aStepOfSeveralTasksIsSeen() {
    #expect(launcher(["SLURM_STEP_NUM_TASKS": "8"]) == .parallel(name: "srun", processes: 8))
    #expect(
      launcher(["SLURM_STEP_ID": "0", "SLURM_NTASKS": "2"])
        == .parallel(name: "srun", processes: 2))
    #expect(
      launcher(["PMIX_RANK": "1", "SLURM_STEP_NUM_TASKS": "8"])
        == .parallel(name: "PMIx", processes: 8))
  }

  @Test func aBatchScriptIsNoLaunch() {
    #expect(launcher(["SLURM_NTASKS": "64", "SLURM_JOB_ID": "17"]) == .none)
    #expect(launcher(["SLURM_STEP_NUM_TASKS": "1", "SLURM_STEP_ID": "0"]) == .none)
  }
}

@Suite struct GatherChunkTests {
  @Test func growsToWhatIsSentAndNoFurtherThanItsLimit() {
    var chunk = GatherChunk()
    #expect(chunk.bytes == GatherChunk.smallest)
    chunk.adapt(toLongest: 248)
    #expect(chunk.bytes == 256)
    chunk.adapt(toLongest: 249)
    #expect(chunk.bytes == 512)
    chunk.adapt(toLongest: .max)
    #expect(chunk.bytes == GatherChunk.largest)
  }

  @Test func shrinksAfterManySmallGathersOnly() {
    var chunk = GatherChunk()
    chunk.adapt(toLongest: 1_000)
    #expect(chunk.bytes == 1_024)
    for _ in 1..<GatherChunk.patience { chunk.adapt(toLongest: 10) }
    #expect(chunk.bytes == 1_024)
    chunk.adapt(toLongest: 900)
    for _ in 1..<GatherChunk.patience { chunk.adapt(toLongest: 10) }
    #expect(chunk.bytes == 1_024)
    chunk.adapt(toLongest: 10)
    #expect(chunk.bytes == 512)
  }
}
