import KernelABI

/// Arrays that are read at random once they are filled, on huge pages where the system offers them.
extension Array where Element: BitwiseCopyable {
  init(onHugePagesRepeating value: Element, count: Int) {
    self.init(unsafeUninitializedCapacity: count) { buffer, initialized in
      buffer.askForHugePages()
      buffer.initialize(repeating: value)
      initialized = count
    }
  }

  init(onHugePages elements: [Element]) {
    self.init(unsafeUninitializedCapacity: elements.count) { buffer, initialized in
      buffer.askForHugePages()
      _ = buffer.initialize(from: elements)
      initialized = elements.count
    }
  }

  /// Makes room in an array that is empty.
  mutating func reserveOnHugePages(_ count: Int) {
    self = Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      buffer.askForHugePages()
      initialized = 0
    }
  }
}

extension UnsafeMutableBufferPointer {
  fileprivate func askForHugePages() {
    coppice_ask_for_huge_pages(baseAddress, count * MemoryLayout<Element>.stride)
  }
}
