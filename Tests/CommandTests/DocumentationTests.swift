import Foundation
import Testing

/// A page of the documentation, and the blocks it is made of.
struct DocumentationPage: CustomTestStringConvertible, Sendable {
  /// A fenced block.
  struct Block: Sendable {
    /// The first word after the fence.
    var language: String
    /// The second: a file's name.
    var file: String?
    var lines: [String]
  }

  var path: String

  var testDescription: String { path }

  static let all: [DocumentationPage] = {
    let docs =
      (try? FileManager.default.contentsOfDirectory(atPath: CommandRun.package.path + "/docs"))
      ?? []
    let pages = docs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/" + $0 }
    return (["README.md"] + pages).map(DocumentationPage.init)
  }()

  func blocks() throws -> [Block] {
    let text = try String(
      contentsOfFile: CommandRun.package.path + "/" + path, encoding: .utf8)
    var blocks: [Block] = []
    var open: Block?
    for line in text.components(separatedBy: "\n") {
      guard line.hasPrefix("```") else {
        open?.lines.append(line)
        continue
      }
      if let block = open {
        blocks.append(block)
        open = nil
      } else {
        let words = line.dropFirst(3).split(separator: " ").map(String.init)
        open = Block(
          language: words.first ?? "", file: words.count > 1 ? words[1] : nil, lines: [])
      }
    }
    return blocks
  }

  /// The words after `coppice` of every command line, continued lines joined.
  func commands() throws -> [[String]] {
    var commands: [[String]] = []
    for block in try blocks() where ["sh", "slurm"].contains(block.language) {
      let joined = block.lines.joined(separator: "\n").replacingOccurrences(of: "\\\n", with: " ")
      for line in joined.components(separatedBy: "\n") {
        let words = line.split(separator: " ").map(String.init)
        guard !line.hasPrefix("#"), let place = words.firstIndex(of: "coppice") else { continue }
        let ends: Set = ["&&", "||", ";", "|", ">", "&", "#"]
        commands.append(Array(words[(place + 1)...].prefix { !ends.contains($0) }))
      }
    }
    return commands
  }
}

/// What the documentation tells people to type is what the command line takes.
@Suite struct DocumentationTests {
  @Test func thePagesQuoteCommands() throws {
    let commands = try DocumentationPage.all.flatMap { try $0.commands() }
    try #require(commands.count > 10)
    let kinds = Set(commands.compactMap(\.first))
    #expect(kinds.isSuperset(of: ["run", "check", "show", "compare"]))
  }

  @Test(arguments: DocumentationPage.all)
  func everyQuotedCommandIsUnderstood(page: DocumentationPage) throws {
    let help = try CommandRun.coppice(["help"]).output
    try #require(help.contains("coppice run"))
    let folder = try folder(of: page)
    for words in try page.commands() {
      let line = "coppice " + words.joined(separator: " ")
      let command = try #require(words.first)
      #expect(help.contains("coppice \(command)"), "\(page.path): \(line)")
      for option in words.dropFirst() where option.hasPrefix("--") {
        let name = option.split(separator: "=").first.map(String.init) ?? option
        #expect(help.contains(name), "\(page.path): \(line): no option \(name)")
      }
      guard ["run", "check", "show"].contains(command), words.count > 1,
        words[1].hasSuffix(".yaml"), !words[1].contains("$")
      else { continue }
      let checked = command == "show" ? words : ["check", words[1]] + overrides(in: words)
      let run = try CommandRun.coppice(checked, in: folder.path)
      #expect(run.exitCode == 0, "\(page.path): \(line): \(run.output)\(run.errors)")
    }
  }

  /// The `--set` options of a command, whose values may hold a variable of a shell.
  private func overrides(in words: [String]) -> [String] {
    var options: [String] = []
    for (place, word) in words.enumerated() where word == "--set" && place + 1 < words.count {
      let value = words[place + 1].filter { $0 != "\"" && $0 != "'" }
      if !value.contains("$") { options += ["--set", value] }
    }
    return options
  }

  /// The project's jobs, and the files that the page has people write.
  private func folder(of page: DocumentationPage) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: CommandRun.package.path + "/jobs", toPath: folder.path + "/jobs")
    for block in try page.blocks() where block.language == "yaml" {
      guard let name = block.file else { continue }
      try (block.lines.joined(separator: "\n") + "\n").write(
        toFile: folder.path + "/" + name, atomically: true, encoding: .utf8)
    }
    return folder
  }
}
