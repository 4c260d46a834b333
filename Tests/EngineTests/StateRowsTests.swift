import Networks
import Testing

@testable import Engine

/// Rows of a recording belong to steps, wherever epochs begin: a checkpoint, or the step from which a
/// run goes on, may lie anywhere between two rows.
@Suite struct StateRowsTests {
  @Test(arguments: [
    RecordingPlan.Window(), .init(every: 3), .init(every: 7), .init(every: 50),
    .init(from: 5, to: 90, every: 3), .init(from: 40, to: 41, every: 9), .init(from: 95, every: 4),
  ])
  func howeverARunIsCutItHasTheSameRows(window: RecordingPlan.Window) {
    let rows = StateRows(recording: 0, window: window, variables: 1, neurons: 1)
    let expected = (0..<100).filter { window.contains($0) }
    for length in [1, 2, 3, 5, 31, 32] as [Int64] {
      for cut in 0..<length {
        var found: [Int64] = []
        var start: Int64 = 0
        while start < 100 {
          let end = min(start == 0 && cut > 0 ? cut : start + length, 100)
          let due = rows.due(in: Epoch(start: start, end: end))
          found += (0..<due.count).map { due.first + Int64($0) * window.every }
          start = end
        }
        #expect(found == expected, "epochs of \(length) steps, the first of \(cut)")
      }
    }
  }
}
