/// The tree of a job with its includes merged below it and its overrides applied.
struct JobTree: Sendable {
  var root: YAMLNode
  /// Bytes of the job file as they were read.
  var given: [UInt8]
  /// The job file first, then what it includes, each once.
  var paths: [String]
}

/// Reads a job file and the files that it includes.
struct JobTreeLoader {
  private let diagnostics: Diagnostics
  private var paths: [String] = []
  private var totalBytes = 0
  private var inclusions = 0
  /// Real paths of the files that are being read, outermost first.
  private var open: [String] = []

  private static let includeLimit = 64

  init(diagnostics: Diagnostics) {
    self.diagnostics = diagnostics
  }

  /// The tree of a job file; `nil` after an error was noted.
  ///
  /// - Throws: `JobErrors` if the job file itself is not there.
  mutating func load(
    path: String, overrides: [String]
  ) throws(JobErrors) -> JobTree? {
    let bytes: [UInt8]
    do throws(TextFileError) {
      bytes = try TextFile.read(path)
    } catch {
      throw JobErrors(
        [JobDiagnostic(file: path, line: 0, column: 0, message: error.message)],
        isMissingInput: error.isMissing)
    }
    return load(bytes, name: path, overrides: overrides)
  }

  /// The tree of a job whose text is at hand; includes are looked for beside `name`.
  mutating func load(_ bytes: [UInt8], name: String, overrides: [String]) -> JobTree? {
    open = TextFile.canonicalPath(name).map { [$0] } ?? []
    guard var root = parse(bytes, path: name) else { return nil }
    for text in overrides {
      guard let override = Override(text, diagnostics: diagnostics) else { continue }
      override.apply(to: &root, diagnostics: diagnostics)
    }
    return JobTree(root: root, given: bytes, paths: paths)
  }

  /// Parses one file and merges below it what it includes.
  private mutating func parse(_ bytes: [UInt8], path: String) -> YAMLNode? {
    let source = diagnostics.sources.count
    diagnostics.sources.append(SourceFile(name: path, bytes: bytes))
    if !paths.contains(path) { paths.append(path) }
    totalBytes += bytes.count
    do throws(YAMLFault) {
      var root = try YAMLParser.parse(diagnostics.sources[source], source: source)
      guard case .mapping(var entries) = root.content else {
        throw YAMLFault(
          position: root.position,
          message: "a job is a map of 'simulation', 'models', 'populations' and so on, not "
            + root.kindInWords)
      }
      if let place = entries.firstIndex(where: { $0.key == "include" }) {
        let include = entries.remove(at: place)
        root.content = .mapping(entries)
        return merged(root, above: include, path: path)
      }
      return root
    } catch {
      diagnostics.error(error)
      return nil
    }
  }

  /// Merges the files of an `include` below a tree; of the files the later ones win.
  private mutating func merged(
    _ root: YAMLNode, above include: YAMLNode.Entry, path: String
  ) -> YAMLNode {
    guard let files = include.value.elements else {
      diagnostics.error(
        "'include' is a list of job files, not \(include.value.kindInWords)",
        at: include.value.position, path: "include", hint: "write include: [common.yaml]")
      return root
    }
    var base: YAMLNode?
    for file in files {
      guard let node = included(file, from: path) else { continue }
      base = base.map { JobMerge.merge(node, over: $0) } ?? node
    }
    return base.map { JobMerge.merge(root, over: $0) } ?? root
  }

  private mutating func included(_ file: YAMLNode, from path: String) -> YAMLNode? {
    func refuse(_ message: String, hint: String? = nil) {
      diagnostics.error(message, at: file.position, path: "include", hint: hint)
    }
    guard let relative = file.text, !relative.isEmpty else {
      refuse("a path of a job file is due here, not \(file.kindInWords)")
      return nil
    }
    // Counted by inclusion, not by file: files that include one another twice grow as powers.
    inclusions += 1
    guard inclusions <= JobTreeLoader.includeLimit else {
      refuse("a job includes at most \(JobTreeLoader.includeLimit) files")
      return nil
    }
    let includedPath = TextFile.path(relative, besideFile: path)
    let bytes: [UInt8]
    do throws(TextFileError) {
      bytes = try TextFile.read(includedPath)
    } catch {
      refuse(error.message.forMessage, hint: "paths are relative to the file that includes")
      return nil
    }
    guard totalBytes + bytes.count <= YAMLLimits.bytes else {
      refuse("the job and its includes are longer than \(YAMLLimits.bytes >> 20) MiB together")
      return nil
    }
    let real = TextFile.canonicalPath(includedPath) ?? includedPath
    guard !open.contains(real) else {
      refuse("'\(relative.forMessage)' includes itself", hint: "remove one of the includes")
      return nil
    }
    open.append(real)
    defer { open.removeLast() }
    return parse(bytes, path: includedPath)
  }
}

/// How one job lies over another.
enum JobMerge {
  /// Merges two trees; where both hold a value the upper one wins.
  ///
  /// Sections, and what is named in them, are merged key by key. What is one value, such as a
  /// connection rule, a distribution or a list, is replaced whole. Keys of the lower tree keep
  /// their places, new ones follow.
  static func merge(_ upper: YAMLNode, over lower: YAMLNode) -> YAMLNode {
    merge(upper, over: lower, path: [])
  }

  private static func merge(
    _ upper: YAMLNode, over lower: YAMLNode, path: [String]
  ) -> YAMLNode {
    guard isSection(path), case .mapping(let above) = upper.content,
      case .mapping(var entries) = lower.content
    else { return upper }
    var places: [String: Int] = [:]
    for (place, entry) in entries.enumerated() { places[entry.key] = place }
    for entry in above {
      guard let place = places[entry.key] else {
        entries.append(entry)
        continue
      }
      var merged = entry
      merged.value = merge(entry.value, over: entries[place].value, path: path + [entry.key])
      entries[place] = merged
    }
    return YAMLNode(.mapping(entries), at: upper.position)
  }

  /// Whether maps at this path are merged by key.
  private static func isSection(_ path: [String]) -> Bool {
    guard let section = path.first else { return true }
    let inner = path.last ?? ""
    switch section {
    case "models":
      let parts = ["compartments", "point", "parameters", "spike", "events", "initial", "replace"]
      switch path.count {
      case 1, 2: return true
      case 3: return parts.contains(inner)
      case 4: return path[2] == "compartments" || path[2] == "events"
      default: return false
      }
    case "populations":
      return path.count <= 2
        || (path.count == 3 && ["parameters", "initial", "poisson"].contains(inner))
    case "projections", "stimuli": return path.count <= 2
    case "record": return path.count == 1 || (path[1] == "states" && path.count <= 3)
    default: return path.count == 1
    }
  }
}
