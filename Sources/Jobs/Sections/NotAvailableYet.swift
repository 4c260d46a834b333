internal import Equations

/// What the job format holds and this version does not run: read, then refused by name, with
/// what to do instead. Nothing of a job is ignored in silence.
extension JobReading {
  private func refuse(_ field: JobField, notYet what: String, instead: String) {
    refuseKey(field, "\(what) is not available yet", hint: instead)
  }

  /// Refuses a method of integration that the engine does not have, known to Brian or not.
  func refuseMethod(_ name: String, _ field: JobField) {
    let known = IntegrationMethod.allCases.map(\.rawValue)
    let hint: String
    switch name {
    case "implicit":
      return refuseUse(
        field, "'method: implicit'",
        instead: "use exponential_euler, which is stable for fast decays, or a smaller dt")
    case "exact", "linear", "independent":
      hint = "use exponential_euler, which is exact for a linear equation by itself, or rk4"
    case "heun", "milstein":
      hint = "use euler: with noise that depends on no variable it is as good"
    case "gsl", "gsl_rk2", "gsl_rk4", "gsl_rkf45", "gsl_rkck", "gsl_rk8pd":
      hint = "use rk4, whose step is dt throughout"
    default:
      hint =
        Suggestion.near(name, among: known) ?? "the methods are \(known.joined(separator: ", "))"
    }
    refuse(field, "there is no method '\(name.forMessage)'", hint: hint)
  }

  /// Reads `plasticity` of a projection, and refuses it.
  func refusePlasticity(_ field: JobField) {
    refuse(field, notYet: "'plasticity'", instead: "remove it: the weights stay as they are")
  }

  /// Reads `circuit` of the recordings, and refuses it if it is on.
  func refuseCircuit(_ field: JobField?) {
    guard let field, flag(field) == true else { return }
    refuse(field, notYet: "'circuit: true'", instead: "remove it")
  }

  /// Refuses a window of a recording that has none yet.
  func refuseWindow(_ field: JobField, of what: String) {
    refuse(
      field, notYet: "'\(field.name)' of \(what)", instead: "remove it: the whole run is recorded")
  }

  /// Refuses a value, as opposed to a key.
  private func refuseUse(_ field: JobField, _ what: String, instead: String) {
    refuse(field, "\(what) is not available yet", hint: instead)
  }
}
