import Foundation
package import Models

/// The compartments of a model as a tree around its soma.
package enum ModelPanel {
  /// Angle and distance from the soma of a compartment, and the one that leads to it.
  private struct Node {
    var name: String
    var x: Double
    var y: Double
    var parent: Int?
    var depth: Int
  }

  /// Around the outermost compartments, for their names; the distance of neighbours is 1.
  private static let margin = 0.5

  /// - Returns: `nil` for a model without compartments: equations alone.
  package static func panel(_ structure: NeuronStructure, named name: String) -> Panel? {
    guard !structure.compartments.isEmpty else { return nil }
    let nodes = layout(structure)
    var panel = Panel(title: name)
    panel.isDrawing = true
    panel.height = 2
    let (xs, ys) = (nodes.map(\.x), nodes.map(\.y))
    panel.xRange = (xs.min() ?? 0) - margin...(xs.max() ?? 0) + margin
    panel.yRange = (ys.min() ?? 0) - margin...(ys.max() ?? 0) + margin
    panel.series = [
      .init(style: .line, color: 5, columns: lines(structure, nodes)),
      .init(style: .discs, color: 3, columns: discs(nodes.filter { $0.depth == 0 }, radius: 0.14)),
      .init(style: .discs, color: 0, columns: discs(nodes.filter { $0.depth > 0 }, radius: 0.08)),
      couplings(structure, nodes), labels(of: nodes),
    ]
    return panel
  }

  /// Each branch gets a share of the circle by the number of its ends.
  private static func layout(_ structure: NeuronStructure) -> [Node] {
    let root = structure.compartments.first(where: \.isSoma) ?? structure.compartments[0]
    var nodes = [Node(name: root.name, x: 0, y: 0, parent: nil, depth: 0)]
    // The branch with most ends points upwards.
    let ends = neighbours(of: root.name, in: structure).map {
      Double(countEnds(of: $0, in: structure, known: [root.name]))
    }
    let largest = ends.firstIndex(of: ends.max() ?? 0) ?? 0
    let before = ends.prefix(largest).reduce(0, +) + (ends.isEmpty ? 0 : ends[largest] / 2)
    let begin = -2 * .pi * before / max(ends.reduce(0, +), 1)
    place(structure, parent: 0, from: begin, to: begin + 2 * .pi, into: &nodes)
    // What no coupling reaches stands in a row below.
    let lowest = (nodes.map(\.y).min() ?? 0) - 1
    let others = structure.compartments.filter { one in !nodes.contains { $0.name == one.name } }
    for (place, one) in others.enumerated() {
      nodes.append(Node(name: one.name, x: Double(place), y: lowest, parent: nil, depth: 1))
    }
    return nodes
  }

  private static func place(
    _ structure: NeuronStructure, parent: Int, from begin: Double, to end: Double,
    into nodes: inout [Node]
  ) {
    let own = nodes[parent]
    let children = neighbours(of: own.name, in: structure).filter { name in
      !nodes.contains { $0.name == name }
    }
    let depth = own.depth + 1
    // All of them first, so that in a ring none is placed twice.
    let first = nodes.count
    for name in children {
      nodes.append(Node(name: name, x: 0, y: 0, parent: parent, depth: depth))
    }
    let known = Set(nodes.map(\.name))
    let ends = children.map { Double(countEnds(of: $0, in: structure, known: known)) }
    var angle = begin
    for (offset, share) in ends.enumerated() {
      let next = angle + (end - begin) * share / ends.reduce(0, +)
      let middle = (angle + next) / 2
      nodes[first + offset].x = Double(depth) * sin(middle)
      nodes[first + offset].y = Double(depth) * cos(middle)
      place(structure, parent: first + offset, from: angle, to: next, into: &nodes)
      angle = next
    }
  }

  private static func countEnds(
    of name: String, in structure: NeuronStructure, known: Set<String>
  ) -> Int {
    let further = neighbours(of: name, in: structure).filter { !known.contains($0) }
    guard !further.isEmpty else { return 1 }
    let all = known.union(further)
    return further.reduce(0) { $0 + countEnds(of: $1, in: structure, known: all) }
  }

  private static func neighbours(of name: String, in structure: NeuronStructure) -> [String] {
    structure.couplings.compactMap { coupling in
      coupling.first == name ? coupling.second : coupling.second == name ? coupling.first : nil
    }
  }

  private static func ends(
    of coupling: NeuronStructure.Coupling, _ nodes: [Node]
  ) -> (Node, Node)? {
    guard let first = nodes.first(where: { $0.name == coupling.first }),
      let second = nodes.first(where: { $0.name == coupling.second })
    else { return nil }
    return (first, second)
  }

  /// Columns of x and y, a NaN behind each coupling.
  private static func lines(_ structure: NeuronStructure, _ nodes: [Node]) -> [[Double]] {
    let pairs = structure.couplings.compactMap { ends(of: $0, nodes) }
    return [
      pairs.flatMap { [$0.0.x, $0.1.x, .nan] }, pairs.flatMap { [$0.0.y, $0.1.y, .nan] },
    ]
  }

  private static func discs(_ nodes: [Node], radius: Double) -> [[Double]] {
    [nodes.map(\.x), nodes.map(\.y), nodes.map { _ in radius }]
  }

  private static func labels(of nodes: [Node]) -> Panel.Series {
    .init(
      style: .labels(nodes.map { $0.name.isEmpty ? "neuron" : $0.name }),
      columns: [nodes.map(\.x), nodes.map { $0.y - ($0.depth == 0 ? 0.24 : 0.17) }])
  }

  private static func couplings(_ structure: NeuronStructure, _ nodes: [Node]) -> Panel.Series {
    let pairs = structure.couplings.compactMap { coupling in
      ends(of: coupling, nodes).map { (coupling, $0) }
    }
    return .init(
      style: .labels(pairs.map { "\(PlotText.number($0.0.conductance * 1e9)) nS" }),
      columns: [
        pairs.map { ($0.1.0.x + $0.1.1.x) / 2 }, pairs.map { ($0.1.0.y + $0.1.1.y) / 2 },
      ])
  }
}
