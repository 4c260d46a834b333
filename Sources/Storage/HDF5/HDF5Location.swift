import CHDF5

/// A file or a group: what holds groups and datasets.
package protocol HDF5Location: HDF5Object, ~Copyable {}

/// Anything with an identifier and attributes.
package protocol HDF5Object: ~Copyable {
  /// HDF5's identifier.
  var handle: Int64 { get }
  /// File and object, for messages.
  var path: String { get }
}

/// What a name in a group leads to.
enum HDF5LinkKind: Int32 {
  case group = 0
  case dataset
  case other
  /// A soft or an external link; never followed.
  case indirect
}

extension HDF5Location where Self: ~Copyable {
  func inner(_ name: String) -> String {
    path.contains(":/")
      ? (path.hasSuffix("/") ? path + name : path + "/" + name) : path + ":/" + name
  }

  package func createGroup(_ name: String) throws(StorageError) -> HDF5Group {
    try HDF5Library.checkName(name, in: path)
    return HDF5Group(
      handle: try HDF5Library.checkedHandle(
        chdf5_group_create(handle, name), "H5Gcreate", inner(name)),
      path: inner(name))
  }

  package func openGroup(_ name: String) throws(StorageError) -> HDF5Group {
    try HDF5Library.checkName(name, in: path)
    return HDF5Group(
      handle: try HDF5Library.checkedHandle(chdf5_group_open(handle, name), "H5Gopen", inner(name)),
      path: inner(name))
  }

  /// Opens a group, or creates it where it is missing.
  func openOrCreateGroup(_ name: String) throws(StorageError) -> HDF5Group {
    if try kind(of: name) == nil { return try createGroup(name) }
    return try openGroup(name)
  }

  /// Creates a dataset, in one piece where no sizes of a `chunk` are given. Chunks are needed
  /// where the first dimension is to grow (`isExtensible`).
  package func createDataset<T: HDF5Element>(
    _ name: String, of type: T.Type, dimensions: [Int], chunk: [Int]? = nil,
    isExtensible: Bool = false
  ) throws(StorageError) -> HDF5Dataset {
    try HDF5Library.checkName(name, in: path)
    let sizes = dimensions.map { UInt64($0) }
    let rank = Int32(dimensions.count)
    let created =
      if let chunk {
        chdf5_dataset_create(
          handle, name, T.hdf5Type, rank, sizes, chunk.map { UInt64($0) }, isExtensible ? 1 : 0)
      } else {
        chdf5_dataset_create(handle, name, T.hdf5Type, rank, sizes, nil, 0)
      }
    return HDF5Dataset(
      handle: try HDF5Library.checkedHandle(created, "H5Dcreate", inner(name)),
      path: inner(name), dimensions: dimensions)
  }

  /// Creates a list of numbers in one piece and writes it.
  package func writeList<T: HDF5Element>(_ name: String, _ values: [T]) throws(StorageError) {
    let dataset = try createDataset(name, of: T.self, dimensions: [values.count])
    try dataset.write(values, at: [0], count: [values.count])
    try dataset.close()
  }

  /// Writes a list of texts of one length, the longest's.
  package func writeList(_ name: String, texts: [String]) throws(StorageError) {
    try HDF5Library.checkName(name, in: path)
    let length = max(1, texts.map(\.utf8.count).max() ?? 1)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(length * texts.count)
    for text in texts {
      bytes += text.utf8
      bytes += repeatElement(0, count: length - text.utf8.count)
    }
    try HDF5Library.check(
      chdf5_texts_write(handle, name, UInt64(texts.count), UInt64(length), bytes), "H5Dwrite",
      inner(name))
  }

  package func openDataset(_ name: String) throws(StorageError) -> HDF5Dataset {
    try HDF5Library.checkName(name, in: path)
    let opened = try HDF5Library.checkedHandle(
      chdf5_dataset_open(handle, name), "H5Dopen", inner(name))
    return try HDF5Dataset(opened: opened, path: inner(name))
  }

  /// Gives an object of this group a second name.
  package func link(_ existing: String, as name: String) throws(StorageError) {
    try HDF5Library.check(
      chdf5_link_again(handle, existing, name), "H5Lcreate_hard", inner(name))
  }

  /// What a name leads to; `nil` if there is no such name.
  func kind(of name: String) throws(StorageError) -> HDF5LinkKind? {
    try HDF5Library.checkName(name, in: path)
    guard try linkNames().contains(name) else { return nil }
    let kind = chdf5_link_kind(handle, name)
    try HDF5Library.check(kind, "H5Lget_info", inner(name))
    return HDF5LinkKind(rawValue: kind)
  }

  /// Names in this group, in the order of their bytes.
  ///
  /// A damaged file can claim any number of links; more than a million is refused.
  func linkNames() throws(StorageError) -> [String] {
    let count = chdf5_link_count(handle)
    guard count >= 0 else { throw HDF5Library.failure("H5Gget_info", path) }
    guard count <= 1_000_000 else {
      throw StorageError(
        call: "H5Gget_info", path: path, reason: "\(count) links in one group",
        exitCode: ExitCode.badInput)
    }
    var names: [String] = []
    var buffer = [CChar](repeating: 0, count: 1025)
    for place in 0..<count {
      let length = chdf5_link_name(handle, UInt64(place), &buffer, buffer.count)
      names.append(try name(in: buffer, length: length, call: "H5Lget_name_by_idx"))
    }
    return names
  }
}

extension HDF5Object where Self: ~Copyable {
  package func writeAttribute(_ name: String, text: String) throws(StorageError) {
    try HDF5Library.checkName(text, in: path)
    try HDF5Library.check(
      chdf5_attribute_write_text(handle, name, text), "H5Awrite", "\(path)@\(name)")
  }

  /// Writes a list of numbers as an attribute.
  package func writeAttribute<T: HDF5Element>(
    _ name: String, list: [T]
  ) throws(StorageError) {
    try HDF5Library.check(
      chdf5_attribute_write_numbers(handle, name, T.hdf5Type, 1, UInt64(list.count), list),
      "H5Awrite", "\(path)@\(name)")
  }

  /// Writes one number as an attribute.
  package func writeAttribute<T: HDF5Element>(
    _ name: String, number: T
  ) throws(StorageError) {
    try HDF5Library.check(
      chdf5_attribute_write_numbers(handle, name, T.hdf5Type, 0, 1, [number]),
      "H5Awrite", "\(path)@\(name)")
  }

  /// Writes one of a few names as an enumeration over uint8.
  func writeAttribute(_ name: String, choice: Int, of names: [StaticString]) throws(StorageError) {
    let pointers = names.map { name in
      UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self) as UnsafePointer<CChar>?
    }
    try HDF5Library.check(
      chdf5_attribute_write_choice(
        handle, name, pointers, Int32(pointers.count), UInt8(truncatingIfNeeded: choice)),
      "H5Awrite", "\(path)@\(name)")
  }

  /// The text of an attribute; `nil` if there is none of that name.
  func textAttribute(_ name: String) throws(StorageError) -> String? {
    let exists = chdf5_attribute_exists(handle, name)
    try HDF5Library.check(exists, "H5Aexists", "\(path)@\(name)")
    guard exists > 0 else { return nil }
    let value = try attribute(name)
    guard value.isText else {
      throw StorageError(
        call: "H5Aread", path: "\(path)@\(name)", reason: "the attribute is not a text",
        exitCode: ExitCode.badInput)
    }
    return String(decoding: value.bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// An attribute's value as it stands in the file.
  func attribute(_ name: String) throws(StorageError) -> (bytes: [UInt8], isText: Bool) {
    var isText: Int32 = 0
    let size = chdf5_attribute_size(handle, name, &isText)
    guard size >= 0 else { throw HDF5Library.failure("H5Aread", "\(path)@\(name)") }
    var bytes = [UInt8](repeating: 0, count: Int(size))
    try HDF5Library.check(
      chdf5_attribute_read(handle, name, &bytes, bytes.count), "H5Aread", "\(path)@\(name)")
    return (bytes, isText != 0)
  }

  /// Whether two objects' attributes of a name have the same type and shape.
  func hasSameAttributeType(
    _ name: String, as other: borrowing some HDF5Object & ~Copyable
  ) throws(StorageError) -> Bool {
    let same = chdf5_attribute_same_type(handle, other.handle, name)
    try HDF5Library.check(same, "H5Tequal", "\(path)@\(name)")
    return same > 0
  }

  /// Names of the attributes, in the order of their bytes.
  func attributeNames() throws(StorageError) -> [String] {
    let count = chdf5_attribute_count(handle)
    guard count >= 0 else { throw HDF5Library.failure("H5Oget_info", path) }
    guard count <= 65_536 else {
      throw StorageError(
        call: "H5Oget_info", path: path, reason: "\(count) attributes on one object",
        exitCode: ExitCode.badInput)
    }
    var names: [String] = []
    var buffer = [CChar](repeating: 0, count: 1025)
    for place in 0..<count {
      let length = chdf5_attribute_name(handle, UInt64(place), &buffer, buffer.count)
      names.append(try name(in: buffer, length: length, call: "H5Aget_name_by_idx"))
    }
    return names
  }

  /// A name that C has put into a buffer.
  func name(
    in buffer: [CChar], length: Int64, call: String
  ) throws(StorageError) -> String {
    guard length >= 0 else { throw HDF5Library.failure(call, path) }
    guard length < buffer.count else {
      throw StorageError(
        call: call, path: path, reason: "a name is longer than \(buffer.count - 1) bytes",
        exitCode: ExitCode.badInput)
    }
    return String(
      decoding: buffer.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
