import Equations
import Foundation
import Models
import Testing
import Units

/// What Dendrify makes of a model, as `Tests/Oracles/dendrify_texts.py` stored it.
struct DendrifyModel: Decodable {
  var equations: String
  var parameters: [String: Double]
  var events: [String: String]

  static func stored(_ name: String, in file: String) throws -> DendrifyModel {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let url = folder.appending(path: "Oracles/data/\(file)-texts.json")
    let models = try JSONDecoder().decode(
      [String: DendrifyModel].self, from: Data(contentsOf: url))
    return try #require(models[name])
  }
}

/// A line of equations, order of terms and spaces aside.
struct Line: Hashable, CustomStringConvertible {
  var left: String
  /// For a sum of currents its terms; otherwise the whole right side.
  var terms: Set<String>
  var unit: String

  init?(_ text: Substring) {
    let bare = text.filter { !$0.isWhitespace }
    guard let colon = bare.lastIndex(of: ":") else { return nil }
    unit = String(bare[bare.index(after: colon)...])
    let body = bare[..<colon]
    guard let equals = body.firstIndex(of: "="), !body.hasPrefix("dI_noise") else {
      left = String(body)
      terms = []
      return
    }
    left = String(body[..<equals])
    let right = body[body.index(after: equals)...]
    terms =
      right.hasPrefix("I_ext") ? Set(right.split(separator: "+").map(String.init)) : [String(right)]
  }

  var description: String { "\(left) = \(terms.sorted().joined(separator: " + ")) : \(unit)" }

  static func all(of text: String) -> Set<Line> {
    Set(text.split(separator: "\n").compactMap(Line.init))
  }
}

@Suite("Texts and numbers are Dendrify's")
struct DendrifyTextTests {
  /// Compares equations, constants and visible events; `renamed` brings Dendrify's texts to our
  /// names.
  private func compare(
    _ model: some NeuronDescription, _ name: String, file: String = "dendrify-2.2.0",
    except own: Set<String> = [], renamed: (String) -> String = { $0 }
  ) throws {
    let reference = try DendrifyModel.stored(name, in: file)
    let definition = try model.definition()
    let ours = Line.all(of: definition.equations)
    let theirs = Line.all(of: renamed(reference.equations))
    try #require(theirs.count > 3)
    #expect(ours.subtracting(theirs).map(\.description) == [])
    #expect(theirs.subtracting(ours).map(\.description) == [])
    var compared = 0
    for (key, value) in reference.parameters where !own.contains(key) {
      let name = renamed(key)
      let constant = try #require(definition.constants[name], "no \(name)")
      #expect(constant.value == value, "\(name)")
      compared += 1
    }
    try #require(compared > 5)
    let events = definition.events
    for (key, condition) in reference.events {
      let event = try #require(events.first { $0.name == renamed(key) }, "no event \(key)")
      #expect(
        event.condition.filter { !$0.isWhitespace }
          == renamed(condition).filter { !$0.isWhitespace })
    }
    #expect(events.count == reference.events.count)
  }

  @Test func exponentialDendriticSpikesHaveTheEquationsOfDendrifyOne() throws {
    let names = [
      ("activate_I_Na_(\\w+)", "spike_Na_$1"), ("activate_I_Kn_(\\w+)", "fall_Na_$1"),
      ("\\bI_Na_", "I_rise_Na_"), ("\\bI_Kn_", "I_fall_Na_"),
      ("\\bg_Na_(\\w+)_max", "g_rise_max_Na_$1"), ("\\bg_Kn_(\\w+)_max", "g_fall_max_Na_$1"),
      ("\\b(d?)g_Na_", "$1g_rise_Na_"), ("\\b(d?)g_Kn_", "$1g_fall_Na_"),
      ("allow_I_Na_", "allow_rise_Na_"), ("allow_I_Kn_", "allow_fall_Na_"),
    ]
    func renamed(_ text: String) -> String {
      var result = text
      for (pattern, replacement) in names {
        result = result.replacingOccurrences(
          of: pattern, with: replacement, options: .regularExpression)
      }
      // What Dendrify 1 keeps once per model is here once per compartment.
      var lines: [String] = []
      for line in result.split(separator: "\n", omittingEmptySubsequences: false) {
        var line = String(line)
        for name in ["trunk", "prox", "dist"] where line.contains("_" + name) {
          for (one, own) in [
            ("tau_Na", "tau_rise_Na"), ("tau_Kn", "tau_fall_Na"), ("offset_Kn", "offset_fall_Na"),
            ("refractory_Na", "refractory_Na"),
          ] {
            line = line.replacingOccurrences(
              of: "\\b\(one)\\b", with: "\(own)_\(name)", options: .regularExpression)
          }
          break
        }
        lines.append(line)
      }
      return lines.joined(separator: "\n")
    }
    let own: Set = [
      "tau_Na", "tau_Kn", "offset_Kn", "refractory_Na", "Mg", "alpha", "beta", "gamma",
    ]
    try compare(
      paperNeuron(), "paper-active", file: "dendrify-1.0.9", except: own, renamed: renamed)
    let constants = try paperNeuron().definition().constants
    let reference = try DendrifyModel.stored("paper-active", in: "dendrify-1.0.9").parameters
    for (theirs, ours) in [
      ("tau_Na", "tau_rise_Na_dist"), ("tau_Kn", "tau_fall_Na_dist"),
      ("offset_Kn", "offset_fall_Na_dist"), ("refractory_Na", "refractory_Na_dist"),
      ("Mg", "Mg_con"), ("alpha", "Alpha_NMDA"), ("beta", "Beta_NMDA"), ("gamma", "Gamma_NMDA"),
    ] {
      #expect(try #require(constants[ours]).value == reference[theirs])
    }
  }

  @Test func pulseDendriticSpikesHaveTheEquationsOfDendrifyTwo() throws {
    func renamed(_ text: String) -> String {
      var result = text
      let changes = [
        // Dendrify rounds times to steps when it builds the model.
        (
          "(?<= )((?:duration_rise|duration_fall|offset_fall|refractory)_Na_\\w+)",
          "timestep($1, dt)"
        ),
        ("(spiketime_Na_\\w+|gate_Na_\\w+) +:1", "$1 :integer"),
        ("\\bE_rise_Na\\b", "E_Na"), ("\\bE_fall_Na\\b", "E_K"),
      ]
      for (pattern, replacement) in changes {
        result = result.replacingOccurrences(
          of: pattern, with: replacement, options: .regularExpression)
      }
      return result
    }
    let reference = try DendrifyModel.stored("backprop", in: "dendrify-2.2.0")
    let rounded = Set(
      reference.parameters.keys.filter { key in
        ["duration_", "offset_", "refractory_"].contains { key.hasPrefix($0) }
      })
    try compare(backpropagationNeuron(), "backprop", except: rounded, renamed: renamed)
    let constants = try backpropagationNeuron().definition().constants
    #expect(rounded.count == 12)
    for name in rounded {
      let time = try #require(constants[name]).value
      #expect(((time + 1e-3 * 1e-4) / 1e-4).rounded(.down) == reference.parameters[name])
    }
  }

  @Test func synapsesAndNoiseHaveDendrifysEquations() throws {
    try compare(synapticNeuron(), "synapses")
  }

  @Test(arguments: MembraneModel.allCases)
  func membranesHaveDendrifysEquations(_ membrane: MembraneModel) throws {
    try compare(twoCompartments(membrane), "membrane-\(membrane.rawValue)")
  }

  @Test(arguments: MembraneModel.allCases)
  func pointNeuronsHaveDendrifysEquations(_ membrane: MembraneModel) throws {
    try compare(pointNeuron(membrane), "point-\(membrane.rawValue)")
  }
}
