import KernelABI
import Networks

/// The rows that the spikes of an epoch have to read, in the order of steps and sources.
struct DueRows: ~Copyable {
  /// Spikes whose row is asked for before it is looked up.
  private static let sourcesAhead = 32

  private var due = GrowingList<coppice_due_row>()
  /// Of rows that were packed.
  private var unpacked = GrowingList<UInt32>()
  /// How many synapses they have, each as often as its source has fired.
  private(set) var arrivals = 0

  var count: Int { due.count }
  var base: UnsafeMutablePointer<coppice_due_row> { due.base }
  var rows: UnsafeBufferPointer<coppice_due_row> { due.elements }
  /// Where rows that were packed stand now.
  var slots: UnsafePointer<UInt32> { UnsafePointer(unpacked.base) }

  // MARK: Lists

  /// Looks the rows up that wait for an epoch.
  mutating func find(in rows: SynapseRows, _ epoch: Epoch, _ waiting: inout StepLists) {
    due.removeAll()
    arrivals = 0
    for step in epoch.start..<epoch.end {
      find(waiting.numbers(at: step), in: rows, k: UInt32(step - epoch.start))
    }
  }

  /// - Parameter sources: of the spikes that arrive at step k of the epoch, ascending.
  private mutating func find(
    _ sources: UnsafeBufferPointer<UInt32>, in rows: SynapseRows, k: UInt32
  ) {
    rows.starts.withUnsafeBufferPointer { starts in
      var place = 0
      while place < sources.count {
        let source = sources[place]
        if place + DueRows.sourcesAhead < sources.count {
          coppice_prefetch(
            starts.baseAddress.unsafelyUnwrapped + Int(sources[place + DueRows.sourcesAhead]))
        }
        var times = 1
        while place + times < sources.count, sources[place + times] == source { times += 1 }
        place += times
        let (begin, end) = (starts[Int(source)], starts[Int(source) + 1])
        guard begin < end else { continue }
        due.append(coppice_due_row(begin: begin, end: end, k: k, times: UInt32(times)))
        arrivals += Int(end - begin) * times
      }
    }
  }

  // MARK: Records

  /// Unpacks the rows that wait for an epoch.
  mutating func unpack(_ rows: PackedRows, _ epoch: Epoch, _ waiting: inout StepLists) {
    arrivals = 0
    var spikes = 0
    for step in epoch.start..<epoch.end {
      let sources = waiting.numbers(at: step)
      rows.ask(for: sources)
      arrivals += rows.synapses(of: sources)
      spikes += sources.count
    }
    due.makeRoom(for: spikes)
    unpacked.makeRoom(for: arrivals)
    var all = coppice_unpacked_rows(
      due: due.base, due_count: 0, slots: unpacked.base, slot_count: 0)
    for step in epoch.start..<epoch.end {
      rows.unpack(waiting.numbers(at: step), k: Int(step - epoch.start), to: &all)
    }
    due.setCount(all.due_count)
  }
}
