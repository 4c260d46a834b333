/// What is wrong with the description of a neuron, where, and what to do.
public struct ModelError: Error, Hashable, Sendable {
  /// Where, from the model downwards, in the words of the job file: `compartments`, `prox`,
  /// `synapses`, `0`, `g`. Elements of lists are counted from 0.
  public var path: [String]
  /// The reason, one sentence without a full stop.
  public var message: String
  /// What to do about it, if that can be said.
  public var hint: String?

  /// Makes an error.
  public init(_ message: String, at path: [String], hint: String? = nil) {
    self.path = path
    self.message = message
    self.hint = hint
  }
}

extension ModelError: CustomStringConvertible {
  /// Place, reason and remedy on one line.
  public var description: String {
    let place = path.isEmpty ? "" : path.joined(separator: ".") + ": "
    let remedy = hint.map { " (\($0))" } ?? ""
    return place + message + remedy
  }
}
