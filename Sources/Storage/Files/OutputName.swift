/// Checks of names that become names of files or of objects in them.
enum OutputName {
  /// Longest name in bytes: the system takes 255, and temporary names are longer.
  static let mostBytes = 200

  /// Why a name cannot stand in a path; `nil` if it can.
  static func fault(of name: String) -> String? {
    if name.isEmpty { return "a name is empty" }
    if name == "." || name == ".." { return "'\(name)' is no name" }
    if name.utf8.count > mostBytes { return "a name is longer than \(mostBytes) bytes" }
    for scalar in name.unicodeScalars {
      if scalar == "/" { return "'\(name)' holds a '/'" }
      if scalar.properties.generalCategory == .control {
        let code = String(scalar.value, radix: 16)
        return "a name holds the control character U+\(code)"
      }
    }
    return nil
  }

  static func check(_ name: String, exitCode: Int32) throws(StorageError) {
    guard let fault = fault(of: name) else { return }
    throw StorageError(call: "name of an output", path: name, reason: fault, exitCode: exitCode)
  }
}
