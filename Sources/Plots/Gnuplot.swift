import Foundation

/// The program that draws.
package struct Gnuplot: Sendable {
  package let path: String
  private let environment: [String: String]

  /// What people are told who have none.
  package static let missing =
    "gnuplot is not on the PATH; it draws the plots: apt install gnuplot-nox (Debian, Ubuntu), "
    + "dnf install gnuplot-minimal (Fedora), brew install gnuplot (macOS), or module load gnuplot on "
    + "a cluster"

  /// Looks for gnuplot in the directories of `PATH`; relative ones would mean whatever directory
  /// one is in.
  package init(environment: [String: String]) throws(PlotError) {
    let directories = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
    let candidates = directories.map { "\($0)/gnuplot" }
    guard let path = candidates.first(where: FileManager.default.isExecutableFile(atPath:)) else {
      throw PlotError(.noGnuplot, Gnuplot.missing)
    }
    self.path = path
    // Fonts are found, and their cache is kept, below the home directory.
    self.environment = environment.filter {
      ["PATH", "HOME", "XDG_CACHE_HOME", "FONTCONFIG_PATH", "LD_LIBRARY_PATH"].contains($0.key)
    }
  }

  /// Draws. The script goes in through a file without a name; no shell, no start-up file of the
  /// user's has a part in it.
  ///
  /// - Parameters:
  ///   - script: Writes `output`.
  ///   - output: A file, which is replaced.
  package func draw(_ script: GnuplotScript, to output: String) throws(PlotError) {
    guard let input = tmpfile(), let messages = tmpfile() else {
      throw PlotError(
        .drawing, "no temporary file can be made: \(String(cString: strerror(errno)))")
    }
    defer {
      fclose(input)
      fclose(messages)
    }
    let text = Array(script.text.utf8)
    guard fwrite(text, 1, text.count, input) == text.count, fflush(input) == 0 else {
      throw PlotError(
        .drawing, "a temporary file cannot be written: \(String(cString: strerror(errno)))")
    }
    rewind(input)
    // What was there before must not pass for what gnuplot has drawn.
    guard unlink(output) == 0 || errno == ENOENT else {
      throw PlotError(.drawing, "cannot replace \(output): \(String(cString: strerror(errno)))")
    }
    let status = try run(input: fileno(input), messages: fileno(messages))
    var size = stat()
    guard status == 0, stat(output, &size) == 0, size.st_size > 0 else {
      throw PlotError(
        .drawing,
        "\(path) ended with status \(status) and did not write \(output)"
          + Gnuplot.told(messages))
    }
  }

  private func run(input: Int32, messages: Int32) throws(PlotError) -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = ["-d"]
    process.environment = environment.merging(["LC_ALL": "C"]) { $1 }
    process.standardInput = FileHandle(fileDescriptor: input, closeOnDealloc: false)
    process.standardOutput = FileHandle(fileDescriptor: messages, closeOnDealloc: false)
    process.standardError = FileHandle(fileDescriptor: messages, closeOnDealloc: false)
    do {
      try process.run()
    } catch {
      throw PlotError(.drawing, "\(path) cannot be started: \(error.localizedDescription)")
    }
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// The first of what gnuplot has said.
  private static func told(_ messages: UnsafeMutablePointer<FILE>) -> String {
    rewind(messages)
    var bytes = [UInt8](repeating: 0, count: 2000)
    let count = fread(&bytes, 1, bytes.count, messages)
    let text = String(decoding: bytes.prefix(count), as: UTF8.self)
    let lines = text.split(separator: "\n").prefix(8)
    return lines.isEmpty ? "" : ":\n  " + lines.joined(separator: "\n  ")
  }
}
