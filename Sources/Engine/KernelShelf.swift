package import Kernels
package import Messaging
package import Networks
import Synchronization

/// Compiled kernels that runs of one structure share: the points of a sweep differ in values, and
/// values are no part of a kernel's text.
package final class KernelShelf: Sendable {
  private struct Content {
    var kernels: [String: CompiledKernel] = [:]
    var notice: String?
    var kind = ""
  }

  private let content = Mutex(Content())

  package init() {}

  /// How many different kernels there are.
  package var count: Int { content.withLock { $0.kernels.count } }

  /// Why nothing could be compiled although nobody asked for portable kernels; one line.
  package var notice: String? { content.withLock { $0.notice } }

  /// What kernels are compiled for.
  var kind: String { content.withLock { $0.kind } }

  /// The kernels of some programs; `nil` if one is missing.
  func kernels(of programs: [Int: Program], visits: VisitLength) -> [Int: any Kernel]? {
    guard let compiler = KernelShelf.compiler(visits: visits) else { return nil }
    var found: [Int: any Kernel] = [:]
    for (population, program) in programs {
      let text = compiler.translationUnit(of: program)
      guard let kernel = content.withLock({ $0.kernels[text] }) else { return nil }
      found[population] = kernel
    }
    return found
  }

  private func put(_ kernel: CompiledKernel, for text: String, kind: String) {
    content.withLock {
      $0.kernels[text] = kernel
      $0.kind = kind
    }
  }

  /// What tells kernels apart: programs of the same text share one. `nil` where there is no
  /// compiler.
  package static func text(of program: Program, visits: VisitLength) -> String? {
    compiler(visits: visits)?.translationUnit(of: program)
  }

  private static func compiler(visits: VisitLength) -> KernelCompiler? {
    guard var compiler = try? KernelCompiler() else { return nil }
    compiler.visits = visits
    return compiler
  }
}

extension KernelShelf {
  /// A kernel that is wanted.
  package struct Order: Sendable {
    let program: Program
    let visits: VisitLength

    /// That of one population of an experiment.
    package init(_ experiment: Experiment, population: Int) throws(SimulationError) {
      program = try PopulationProgram(population: population, of: experiment).program
      visits = experiment.expectedVisits
    }
  }

  /// Compiles programs, each on one rank of each kind of processor, and gives all ranks the
  /// kernels. Every rank calls it with programs of the same texts, in the same order.
  ///
  /// Where kernels cannot be compiled, runs will be with portable ones, and `notice` says why.
  ///
  /// - Throws: `SimulationError` on all ranks alike when compiled kernels are demanded and cannot
  ///   be had.
  package func fill(
    _ orders: [Order], backend: RunOptions.Backend?,
    communicator: any Communicator
  ) throws(SimulationError) {
    for visits in VisitLength.allCases {
      let own = orders.filter { $0.visits == visits }.map(\.program)
      guard !own.isEmpty else { continue }
      let provision = try KernelProvision(
        programs: Dictionary(
          uniqueKeysWithValues: own.enumerated().map { ($0.offset, $0.element) }),
        visits: visits, backend: backend, communicator: communicator, shelf: nil)
      if let notice = provision.notice { content.withLock { $0.notice = notice } }
      for (place, kernel) in provision.kernels {
        guard let compiled = kernel as? CompiledKernel,
          let text = KernelShelf.text(of: own[place], visits: visits)
        else { continue }
        put(compiled, for: text, kind: provision.description)
      }
    }
  }
}
