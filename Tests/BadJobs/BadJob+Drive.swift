/// Stimuli and schedules.
extension BadJob {
  private static let steps = "steps: [[0 ms, 0 pA], [50 ms, {linspace: [0 pA, 200 pA]}]]"

  private static func stimulus(
    _ name: String, _ course: String, _ message: String
  ) -> BadJob {
    BadJob(name, steps, course, message)
  }

  private static func schedule(_ name: String, _ entry: String, _ message: String) -> BadJob {
    BadJob(name, "checkpoint:", "schedule:\n  - \(entry)\ncheckpoint:", message)
  }

  static let stimuli: [BadJob] = [
    stimulus(
      "a course of the wrong dimension", "expression: ⟦100*mV*sin(t/ms)",
      "`100*mV*sin(t/ms)` is a voltage (V), where a current"),
    stimulus(
      "undefined name in a course", "expression: 100*pA*sin(⟦tt/ms)", "`tt` is not defined"),
    stimulus("noise in a course", "expression: ⟦xi*pA", "`xi` is white noise"),
    BadJob(
      "two courses", "  current:\n", "  ⟦current:\n    expression: 1*pA\n",
      "a stimulus has one course, not several"),
    stimulus(
      "a waveform without a file", "waveform: {file: ⟦x.h5, dataset: d, dt: 0.1 ms}",
      "cannot read 'd' of 'x.h5'"),
    stimulus(
      "a waveform without time", "⟦waveform: {file: x.h5, dataset: d}", "'waveform' needs 'dt'"),
    stimulus(
      "a waveform of no time", "waveform: {file: x.h5, dataset: d, dt: ⟦0 ms}",
      "'dt' must be greater than 0"),
    stimulus(
      "misspelt key of a waveform", "waveform: {file: x.h5, dataset: d, dt: 0.1 ms, ⟦data: d}",
      "'waveform' has no key 'data'"),
    BadJob(
      "a stimulus on the membrane", "variable: I_ext_soma", "variable: ⟦V_soma",
      "'V_soma' is given by the model and cannot be driven"),
  ]

  static let schedule: [BadJob] = [
    BadJob(
      "a schedule that is no list", "checkpoint:", "schedule: ⟦{at: 1 ms}\ncheckpoint:",
      "'schedule' is a list, not a map"),
    schedule(
      "an entry that does nothing", "⟦{at: 1 ms, population: pyr}",
      "an entry of 'schedule' needs 'do' or 'active'"),
    schedule(
      "an entry that does two things",
      "⟦{at: 1 ms, population: pyr, do: V_soma = rest, projection: few, active: false}",
      "an entry of 'schedule' has 'do' or 'active', not both"),
    schedule(
      "misspelt key of the schedule",
      "{at: 1 ms, population: pyr, ⟦popluation: pyr, do: V_soma = rest}",
      "an entry of 'schedule' has no key 'popluation'"),
    schedule(
      "an entry at no time", "⟦{population: pyr, do: V_soma = rest}", "'do' needs 'at'"),
    schedule(
      "an entry at two kinds of time",
      "{⟦at: 1 ms, every: 2 ms, population: pyr, do: V_soma = rest}",
      "an entry of 'schedule' has 'at' or 'every', not both"),
    schedule(
      "a window of a single time", "{at: 1 ms, ⟦to: 2 ms, population: pyr, do: V_soma = rest}",
      "'to' cannot stand beside 'at'"),
    schedule(
      "an interval that is no multiple", "{every: ⟦0.25 ms, population: pyr, do: V_soma = rest}",
      "'every' must be a multiple of dt"),
    schedule(
      "a schedule back in time",
      "{every: 1 ms, from: 5 ms, to: ⟦5 ms, population: pyr, do: V_soma = rest}",
      "'to' must come after 'from'"),
    schedule(
      "a statement before the start", "{at: ⟦-1 ms, population: pyr, do: V_soma = rest}",
      "'at' must not be negative"),
    schedule(
      "a scheduled generator", "{at: 1 ms, population: ⟦noise, do: V_soma = rest}",
      "'noise' is a generator and cannot be scheduled"),
    schedule(
      "scheduled neurons that are not there",
      "{at: 1 ms, population: pyr, neurons: ⟦'0:21', do: V_soma = rest}",
      "the slice goes beyond the 20"),
    schedule(
      "undefined name in a scheduled statement",
      "{at: 1 ms, population: pyr, do: V_soma = ⟦rst}", "`rst` is not defined"),
    schedule(
      "wrong unit in a scheduled statement", "{at: 1 ms, population: pyr, do: V_soma = ⟦1*nS}",
      "`1*nS` is a conductance (S), where a voltage"),
    schedule(
      "a scheduled subexpression", "{at: 1 ms, population: pyr, do: ⟦I_dend = 1*pA}",
      "`I_dend` is a subexpression and cannot be assigned to"),
    schedule(
      "a constant changed all the time", "{every: 1 ms, population: pyr, do: ⟦gain = 2}",
      "`gain` is declared constant, and only single times can change it"),
    schedule(
      "a constant of the job changed", "{at: 1 ms, population: pyr, do: ⟦rest = -50*mV}",
      "`rest` is a constant and cannot be assigned to"),
    schedule(
      "no statement", "{at: 1 ms, population: pyr, do: ⟦''}", "statements is due here"),
    schedule(
      "a projection that is not there", "{at: 1 ms, projection: ⟦fwe, active: false}",
      "there is no projection 'fwe'"),
    schedule(
      "a projection switched in a window",
      "{at: 1 ms, ⟦to: 2 ms, projection: few, active: false}",
      "'to' cannot stand beside 'active'"),
    schedule(
      "a projection neither on nor off", "{at: 1 ms, projection: few, active: ⟦maybe}",
      "'active' is true or false, not 'maybe'"),
  ]
}
