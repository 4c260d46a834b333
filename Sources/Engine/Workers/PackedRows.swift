import KernelABI
import Networks

/// Rows of synapses that all bring the same amount, packed: a record for each source, which holds its
/// slots as distances of two bytes.
///
/// Synapses take half the memory that they take in lists. And a neuron that reaches few of a worker's, as
/// with many ranks, costs a spike little more than the waits for memory, for the index that says where
/// its row is and for the lines of the row: a record needs no index, and often is one line.
final class PackedRows {
  /// Cache lines of a record that are asked for ahead: of longer ones the processor finds the rest.
  private static let mostLines = 4
  /// Synapses after which the memory of the lists that have been packed is given back.
  private static let givenBack = 1 << 20

  private let records: AlignedBuffer
  /// Rows that no record holds: how many synapses, then their slots.
  private let apart: [UInt32]
  private let stride: Int
  private let lines: Int
  /// Synapses of a source.
  let mean: Double
  let longest: Int

  /// Takes the targets of rows over, or leaves them as they are and gives `nil` where lists take less.
  ///
  /// - Parameter slots: that there are.
  init?(taking rows: inout SynapseRows, slots: Int) {
    guard let shape = RecordShape(rows, slots: slots) else { return nil }
    let (starts, sources) = (rows.starts, rows.starts.count - 1)
    stride = shape.stride
    mean = Double(rows.targets.count) / Double(sources)
    longest = (0..<sources).reduce(0) { max($0, Int(starts[$1 + 1] - starts[$1])) }
    // The length itself, and a deviation more than there are in the mean.
    let usual = min(1 + mean + mean.squareRoot(), Double(shape.stride))
    lines = min((Int(usual) * 2 + 63) / 64, PackedRows.mostLines)
    records = AlignedBuffer(count: sources * stride * 2)
    coppice_ask_for_huge_pages(records.base, records.count)
    apart = PackedRows.pack(&rows, into: records.base, shape)
    (rows.starts, rows.targets) = ([], [])
  }

  /// - Returns: the rows that no record holds.
  private static func pack(
    _ rows: inout SynapseRows, into records: UnsafeMutableRawPointer, _ shape: RecordShape
  ) -> [UInt32] {
    var apart: [UInt32] = []
    let starts = rows.starts
    rows.targets.withUnsafeMutableBufferPointer { targets in
      var record = records.assumingMemoryBound(to: UInt16.self)
      var begin = 0
      for source in 0..<starts.count - 1 {
        let row = UnsafeBufferPointer(
          rebasing: targets[Int(starts[source])..<Int(starts[source + 1])])
        if shape.fits(row) {
          coppice_pack_row(record, row.baseAddress, row.count)
        } else {
          record[0] = UInt16(COPPICE_APART)
          UnsafeMutableRawPointer(record + 2).storeBytes(
            of: UInt32(apart.count), as: UInt32.self)
          apart.append(UInt32(row.count))
          apart.append(contentsOf: row)
        }
        record += shape.stride
        // So that lists and records together take hardly more than the larger of the two.
        let end = Int(starts[source + 1])
        if end - begin >= givenBack {
          coppice_give_back_pages(targets.baseAddress.unsafelyUnwrapped + begin, 4 * (end - begin))
          begin = end
        }
      }
    }
    return apart
  }

  /// What spikes bring, each of the epoch's as many as a source has in the mean.
  func expectedArrivals(ofSpikes spikes: Int) -> Int { Int(Double(spikes) * mean) }

  /// Asks memory for the records of the first of some sources.
  func ask(for sources: UnsafeBufferPointer<UInt32>) {
    withRows { coppice_ask_for_packed($0, sources.baseAddress, sources.count) }
  }

  /// Counts what the spikes of some sources bring at step k of the epoch; `upcoming` are those of the
  /// next step.
  func count(
    _ sources: UnsafeBufferPointer<UInt32>, k: Int, upcoming: UnsafeBufferPointer<UInt32>,
    in counted: inout coppice_counted_arrivals
  ) {
    withRows {
      coppice_count_packed(
        &counted, UInt32(k), $0, sources.baseAddress, sources.count, upcoming.baseAddress,
        upcoming.count)
    }
  }

  /// The synapses of some sources, each as often as it comes.
  func synapses(of sources: UnsafeBufferPointer<UInt32>) -> Int {
    withRows { coppice_packed_synapses($0, sources.baseAddress, sources.count) }
  }

  /// Appends the rows of ascending sources that fire at step k of the epoch.
  func unpack(
    _ sources: UnsafeBufferPointer<UInt32>, k: Int, to unpacked: inout coppice_unpacked_rows
  ) {
    withRows {
      coppice_unpack_rows(&unpacked, UInt32(k), $0, sources.baseAddress, sources.count)
    }
  }

  @inline(__always)
  private func withRows<Result>(_ body: (UnsafePointer<coppice_packed_rows>) -> Result) -> Result {
    apart.withUnsafeBufferPointer {
      withUnsafePointer(
        to: coppice_packed_rows(
          records: UnsafePointer(records.base.assumingMemoryBound(to: UInt16.self)),
          apart: $0.baseAddress, stride: UInt32(stride), lines: UInt32(lines)),
        body)
    }
  }
}
