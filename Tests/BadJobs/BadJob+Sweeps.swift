extension BadJob {
  /// The good job with a grid.
  private init(_ name: String, sweep: String, _ message: String) {
    self.init(name, "checkpoint:", "\(sweep)\ncheckpoint:", message)
  }

  /// Grids that cannot be run: what is wrong with the grid, or with the job of a point.
  static let sweeps: [BadJob] = [
    BadJob(
      "a sweep that is a list", sweep: "sweep: ⟦[1, 2]", "'sweep' is a map of paths, not a list"),
    BadJob("a sweep of nothing", sweep: "⟦sweep: {}", "'sweep' names nothing to vary"),
    BadJob(
      "a sweep without a body", sweep: "sweep:⟦", "'sweep' is a map of paths, not nothing"),
    BadJob(
      "a swept constant that is not there", sweep: "sweep: {⟦constants.neurns: [1, 2]}",
      "'constants' has no 'neurns' to set"),
    BadJob(
      "a swept path with a hole", sweep: "sweep: {⟦constants..neurons: [1, 2]}",
      "'constants..neurons' is no path"),
    BadJob(
      "a swept section that is not there", sweep: "sweep: {⟦populatons.pyr.size: [1, 2]}",
      "the job has no 'populatons' to set"),
    BadJob(
      "a swept place of a list that is not there",
      sweep: "sweep: {⟦'record.spikes[7]': [pyr, noise]}",
      "'record.spikes' is a list of 2, '7' is no place in it"),
    BadJob(
      "a sweep of the name", sweep: "sweep: {⟦name: [a, b]}", "'name' cannot be varied"),
    BadJob(
      "a sweep of a sweep", sweep: "sweep: {⟦sweep.x: [1, 2]}", "'sweep' cannot be varied"),
    BadJob(
      "a path that is swept twice",
      sweep: "sweep: {'record.spikes[0]': [pyr, inh], ⟦record.spikes.0: [pyr, inh]}",
      "'record.spikes.0' is varied twice"),
    BadJob(
      "a swept path inside another",
      sweep: "sweep: {populations.odd.size: [1, 2], ⟦populations.odd: [{model: free, size: 3}]}",
      "'populations.odd' and 'populations.odd.size' are one inside the other"),
    BadJob(
      "one value in place of a list", sweep: "sweep: {constants.neurons: ⟦30}",
      "'constants.neurons' needs a list of values"),
    BadJob(
      "a sweep of no values", sweep: "sweep: {constants.neurons: ⟦[]}",
      "'constants.neurons' has no values"),
    BadJob(
      "a missing value of a sweep", sweep: "sweep: {constants.neurons: [10, ⟦, 20]}",
      "this is not YAML"),
    BadJob(
      "a value of a sweep twice", sweep: "sweep: {constants.rest: [-60 mV, -70 mV, ⟦-0.06 V]}",
      "this is value 1 of the list again"),
    BadJob(
      "a line without a count",
      sweep: "sweep: {⟦constants.rest: {linspace: [-60 mV, -70 mV]}}",
      "'linspace' of a sweep needs 'count'"),
    BadJob(
      "a count without a line", sweep: "sweep: {⟦constants.rest: {count: 3}}",
      "this map needs 'linspace'"),
    BadJob(
      "a line of three values",
      sweep: "sweep: {constants.rest: {linspace: ⟦[-60 mV, -65 mV, -70 mV], count: 3}}",
      "'linspace' takes two values, the first and the last, not 3"),
    BadJob(
      "a line of one point",
      sweep: "sweep: {constants.rest: {linspace: [-60 mV, -70 mV], count: ⟦1}}",
      "'count' must be from 2 to 100000"),
    BadJob(
      "a line between dimensions",
      sweep: "sweep: {constants.rest: {linspace: [-60 mV, ⟦-70 nS], count: 3}}",
      "the last value is a conductance"),
    BadJob(
      "a line to where it began",
      sweep: "sweep: {constants.rest: {linspace: ⟦[-60 mV, -0.06 V], count: 3}}",
      "from the first value to the last there is no way"),
    BadJob(
      "a line with another key",
      sweep: "sweep: {constants.rest: {linspace: [-60 mV, -70 mV], ⟦cuont: 3, count: 3}}",
      "what 'constants.rest' takes has no key 'cuont'"),
    BadJob(
      "a value made of what is varied",
      sweep: "sweep: {constants.rest: [-60 mV, -70 mV], populations.inh.initial.V: [⟦twice]}",
      "the value depends on the constant 'twice', which the sweep varies"),
    BadJob(
      "more points than a sweep can have",
      sweep: """
        ⟦sweep:
          constants.rest: {linspace: [-60 mV, -70 mV], count: 400}
          simulation.seed: {linspace: [1, 400], count: 400}
        """, "the grid has more than 100000 points"),
    BadJob(
      "a value that one point cannot have", sweep: "sweep: {populations.odd.size: [2, ⟦0]}",
      "'size' must be from 1"),
    BadJob(
      "a swept value of the wrong dimension", sweep: "sweep: {simulation.dt: [0.1 ms, ⟦0.1 mV]}",
      "'dt' is a voltage (V)"),
    BadJob(
      "a swept value without a unit", sweep: "sweep: {simulation.duration: [⟦100, 10 ms]}",
      "'duration' needs a unit"),
    BadJob(
      "a swept value that is no word of the schema",
      sweep: "sweep: {simulation.method: [euler, ⟦eulr]}", "there is no method 'eulr'"),
  ]
}
