/// The functions of a kernel beside `visit`, which calls them for one group of lanes where something
/// rare is to be done, and what it does with arrivals.
struct KernelFunctions {
  let tail: TailEmitter
  let start: StartEmitter
  let tests: TestsEmitter
  let probe: ProbeEmitter
  let arrivals: ArrivalsEmitter

  init(layout: ColumnLayout) {
    tail = TailEmitter(layout: layout)
    start = StartEmitter(layout: layout)
    tests = TestsEmitter(layout: layout)
    probe = ProbeEmitter(layout: layout)
    arrivals = ArrivalsEmitter(layout: layout)
  }

  /// Whether anything ever happens between two steps.
  var isBetweenNeeded: Bool { tail.isNeeded || arrivals.hasSums }

  /// Defines those that the program needs.
  func emit(into text: inout CText) {
    tail.emit(into: &text)
    start.emit(into: &text)
    tests.emit(into: &text)
    probe.emit(into: &text)
  }
}
