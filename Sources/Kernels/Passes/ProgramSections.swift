extension Program {
  /// The program with every section transformed.
  func mappingSections(_ transform: (Section) -> Section) -> Program {
    var program = self
    program.derived = transform(derived)
    program.initial = transform(initial)
    program.probe = transform(probe)
    program.update = transform(update)
    program.precondition = transform(precondition)
    program.tests = transform(tests)
    if let second = secondReset {
      program.secondReset = SecondReset(
        code: transform(second.code), width: second.width, pending: second.pending)
    }
    program.reset = transform(reset)
    program.events = events.map { event in
      Event(
        name: event.name, action: transform(event.action), isRecordable: event.isRecordable,
        pending: event.pending)
    }
    program.ports = ports.map { port in
      switch port {
      case .additive(let contributions):
        .additive(
          contributions.map {
            Contribution(
              column: $0.column, amount: transform($0.amount), isMasked: $0.isMasked)
          })
      case .general(let code): .general(transform(code))
      }
    }
    program.starts = starts.map(transform)
    return program
  }

  /// Every section, in the order of `mappingSections`.
  var sections: [Section] {
    var sections: [Section] = []
    _ = mappingSections {
      sections.append($0)
      return $0
    }
    return sections
  }
}
