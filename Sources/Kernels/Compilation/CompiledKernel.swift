internal import Glibc
package import KernelABI

/// Machine code of a program.
package struct CompiledKernel: Kernel {
  /// Keeps the code mapped while any copy of the kernel is in use.
  private let code: LoadedLibrary
  private let width: Int
  private let entry: @convention(c) (UnsafeMutablePointer<coppice_visit>?) -> Void

  /// Maps the bytes of a library that `KernelCompiler` made on a processor of this kind.
  package init(library: [UInt8]) throws(CompilationError) {
    code = try LoadedLibrary(library)
    guard let symbol = code.symbol("coppice_kernel_entry") else {
      throw .notLoadable(reason: "it has no entry")
    }
    let kernel = symbol.load(as: coppice_kernel.self)
    guard kernel.abi_version == UInt32(COPPICE_KERNEL_ABI_VERSION) else {
      throw .notLoadable(
        reason: "its contract is version \(kernel.abi_version), "
          + "this program's \(COPPICE_KERNEL_ABI_VERSION)")
    }
    guard [2, 4, 8, 16].contains(kernel.group_width), let visit = kernel.visit else {
      throw .notLoadable(reason: "its entry is damaged")
    }
    width = Int(kernel.group_width)
    entry = visit
  }

  package func groupWidth(lanes: Int) -> Int { width }

  package func scratchBytes(lanes: Int) -> Int { 0 }

  package func visit(
    _ visit: UnsafeMutablePointer<coppice_visit>, scratch: UnsafeMutableRawPointer
  ) {
    entry(visit)
  }
}

/// A shared library mapped from memory; unmapped with the last reference.
private final class LoadedLibrary: Sendable {
  // `dlopen` tells libraries apart by their names first: as long as the library is mapped, the
  // descriptor stays open so that no other one gets its name.
  private let file: Int32
  private nonisolated(unsafe) let handle: UnsafeMutableRawPointer

  init(_ bytes: [UInt8]) throws(CompilationError) {
    let anonymous = coppice_anonymous_file()
    if anonymous >= 0 {
      var isLoaded = false
      defer { if !isLoaded { close(anonymous) } }
      try WholeFile.write(bytes, to: anonymous, named: "memory")
      handle = try Self.open("/proc/self/fd/\(anonymous)")
      file = anonymous
      isLoaded = true
    } else {
      let directory = try PrivateDirectory(in: getenv("TMPDIR").map { String(cString: $0) })
      let path = directory.path + "/kernel.so"
      try WholeFile.write(bytes, to: path)
      handle = try Self.open(path)
      file = -1
    }
  }

  deinit {
    dlclose(handle)
    if file >= 0 { close(file) }
  }

  func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(handle, name) }

  private static func open(_ path: String) throws(CompilationError) -> UnsafeMutableRawPointer {
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw .notLoadable(reason: dlerror().map { String(cString: $0) } ?? "unknown reason")
    }
    return handle
  }
}
