package import KernelABI

/// Code that advances blocks of one population: the compiled or the portable form of a program.
package protocol Kernel: Sendable {
  /// Lanes that advance together in a block of so many lanes; events come sorted by such groups.
  func groupWidth(lanes: Int) -> Int

  /// Memory that one worker needs for visits of blocks of up to so many lanes, in bytes.
  func scratchBytes(lanes: Int) -> Int

  /// Runs one visit. `scratch` is at least `scratchBytes`, aligned to 64.
  func visit(_ visit: UnsafeMutablePointer<coppice_visit>, scratch: UnsafeMutableRawPointer)
}
