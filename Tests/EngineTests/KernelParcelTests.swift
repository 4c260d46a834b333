import Testing

@testable import Engine

/// Kernels that come to a rank by message are loaded only if they are what was sent.
@Suite struct KernelParcelTests {
  private func parcel() -> KernelParcel {
    KernelParcel(libraries: [Array("a kernel".utf8), [], Array("another one".utf8)])
  }

  @Test func whatIsSentIsReceived() {
    let received = KernelParcel(bytes: parcel().bytes)
    #expect(received.libraries == parcel().libraries)
    #expect(received.failure == nil && !received.isDamaged)
    let refusal = KernelParcel(bytes: KernelParcel(failure: "no compiler").bytes)
    #expect(refusal.failure == "no compiler")
    #expect(refusal.libraries.isEmpty && !refusal.isDamaged)
  }

  @Test func everyFlippedBitIsNoticed() {
    let bytes = parcel().bytes
    for place in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[place] ^= 1 << UInt8(bit)
        let received = KernelParcel(bytes: damaged)
        #expect(received.isDamaged && received.libraries.isEmpty, "byte \(place), bit \(bit)")
      }
    }
  }

  @Test func everyTruncationIsNoticed() {
    let bytes = parcel().bytes
    for length in bytes.indices {
      #expect(KernelParcel(bytes: Array(bytes[..<length])).isDamaged, "\(length) bytes")
    }
  }
}
