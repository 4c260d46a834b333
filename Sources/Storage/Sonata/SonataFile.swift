/// What all SONATA files have in common.
enum SonataFile {
  /// Creates a file under a temporary name, with SONATA's magic number and version.
  static func create(
    _ name: String, in directory: OutputDirectory
  ) throws(StorageError) -> HDF5File {
    let path = try directory.temporary(name)
    try Durability.removeIfPresent(path)
    let file = try HDF5File.create(path)
    try file.writeAttribute("magic", number: UInt32(0x0A7A))
    try file.writeAttribute("version", list: [UInt32(0), 1])
    return file
  }

  /// Closes a file and makes sure that the disk holds it; it keeps its temporary name.
  static func finish(
    _ file: consuming HDF5File, path: String
  ) throws(StorageError) {
    try file.close()
    try Durability.synchronize(path)
  }
}
