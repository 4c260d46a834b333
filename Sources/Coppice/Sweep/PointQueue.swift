import Foundation
import Messaging

/// The queue of a sweep's points: the first rank keeps it, and hands points out to the lanes of all
/// ranks, whichever asks first. Which rank runs a point changes nothing in it.
///
/// The main threads talk; between messages they sleep, so that the lanes have the processors.
struct PointQueue {
  private let communicator: any Communicator
  private let board: LaneBoard
  private let lanes: Int

  /// What a rank tells the first one.
  private enum Message: Codable {
    case wants(lane: Int, end: PointEnd?)
    case isDone
  }

  /// What the first rank answers.
  private enum Answer: Codable {
    case point(lane: Int, index: Int?)
    /// All points have ended.
    case isOver
  }

  /// Longest sleep between looks for messages, in s.
  private static let pause = 0.001

  init(lanes: Int, board: LaneBoard, communicator: any Communicator) {
    self.lanes = lanes
    self.board = board
    self.communicator = communicator
  }

  /// Serves this rank's lanes until there are no more points anywhere.
  ///
  /// - Parameters:
  ///   - points: in the order in which they are handed out; the first rank's count.
  ///   - isStopping: whether no more points are to begin.
  ///   - ended: called on the first rank for each point that has ended, and now and then with
  ///     `nil`.
  func serve(
    _ points: [Int], isStopping: () -> Bool, ended: (PointEnd?) -> Void
  ) throws(RunFailure) {
    do {
      if communicator.rank == 0 {
        try keep(points, isStopping: isStopping, ended: ended)
      } else {
        try ask()
      }
    } catch {
      throw RunFailure("the ranks could not share the points: \(error)", exitCode: 70)
    }
  }

  // MARK: The first rank

  private func keep(
    _ points: [Int], isStopping: () -> Bool, ended: (PointEnd?) -> Void
  ) throws {
    var left = points[...]
    var ranks = communicator.size
    var ownLanes = lanes
    func next(after end: PointEnd?) -> Int? {
      if let end {
        ended(end)
        // Who was asked to stop has stopped; the others are asked no more.
        if end.kind == .stopped { left = [] }
      }
      return isStopping() ? nil : left.popFirst()
    }
    while ranks > 0 {
      let isAlone = communicator.size == 1
      for want in board.takeWants(atMost: isAlone ? 0.2 : PointQueue.pause) {
        let point = next(after: want.end)
        board.answer(want.lane, with: point)
        if point == nil { ownLanes -= 1 }
        if ownLanes == 0 { ranks -= 1 }
      }
      while let (sender, bytes) = isAlone ? nil : try communicator.receive() {
        switch try JSONDecoder().decode(Message.self, from: Data(bytes)) {
        case .wants(let lane, let end):
          try send(.point(lane: lane, index: next(after: end)), to: sender)
        case .isDone: ranks -= 1
        }
      }
      ended(nil)
    }
    for rank in 1..<max(communicator.size, 1) { try send(.isOver, to: rank) }
  }

  // MARK: The others

  private func ask() throws {
    var ownLanes = lanes
    var isOver = false
    while !isOver {
      for want in board.takeWants(atMost: PointQueue.pause) {
        try send(.wants(lane: want.lane, end: want.end), to: 0)
      }
      while let (_, bytes) = try communicator.receive() {
        switch try JSONDecoder().decode(Answer.self, from: Data(bytes)) {
        case .point(let lane, let index):
          board.answer(lane, with: index)
          guard index == nil else { continue }
          ownLanes -= 1
          if ownLanes == 0 { try send(.isDone, to: 0) }
        case .isOver: isOver = true
        }
      }
    }
  }

  private func send(_ message: some Encodable, to rank: Int) throws {
    try communicator.send(Array(try JSONEncoder().encode(message)), to: rank)
  }

  private func send(_ answer: Answer, to rank: Int) throws {
    try communicator.send(Array(try JSONEncoder().encode(answer)), to: rank)
  }

  private func send(_ message: Message, to rank: Int) throws {
    try communicator.send(Array(try JSONEncoder().encode(message)), to: rank)
  }
}
