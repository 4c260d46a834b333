import Coppice
import Glibc

/// `coppice COMMAND …`: finds the command and turns what it throws into a message and a code.
enum CommandLineTool {
  static let help = """
    coppice: networks of reduced dendritic neurons, from a job file to spikes

      coppice run JOB [--output DIR] [--threads N] [--set KEY=VALUE]... [--maxh H]
                      [--checkpoint-every 15min] [--fresh] [--from GENERATION]
                      [--index K] [--backend compiled|portable] [--block N] [--rehearse R[:r]]
                      [--log-level L]
          runs a job, or goes on with it; under mpirun on all its ranks; of a sweep all points,
          or point K
      coppice check JOB [--set KEY=VALUE]... [--ranks R] [--threads N]
          all errors of a job with file:line:column, and what a run of it will need
      coppice show JOB [--model M] --equations|--parameters|--kernel|--program [--set KEY=VALUE]...
          what a model becomes
      coppice show JOB [--model M] --graph [dot|FILE.dot] [--set KEY=VALUE]...
          populations, projections and compartments, as text or for Graphviz
      coppice show JOB --sweep [--set KEY=VALUE]...
          the points of a sweep; the views above show point K with --index K, else the first
      coppice inspect DIR|FILE
          what a run, a checkpoint or one of their files holds, and whether it verifies
      coppice plot DIR [raster|events|rates|isi|traces|graph] [-o FILE.png|.svg]
                       [--population P] [--neurons 0:3] [--from TIME] [--to TIME] [--paint-spikes]
          a picture of what a run has recorded, by gnuplot
      coppice finish DIR
          SONATA files of a run that ended without making them, up to its newest checkpoint
      coppice compare A B
          the first difference between two runs or two HDF5 files
      coppice version

    Exit codes: 0 done; 1 compare: different; 64 usage; 65 bad job; 66 input missing
    or no usable checkpoint; 70 internal; 73 cannot create output; 74 input or output;
    75 stopped early, run again; 76 directory of another job.
    """

  static func run(_ words: [String]) -> Int32 {
    guard let command = words.first else {
      Console.writeError(help)
      return ExitCode.usage
    }
    let rest = Array(words.dropFirst())
    do throws(CommandFailure) {
      switch command {
      case "run": return try RunCommand.run(rest)
      case "check": return try CheckCommand(rest).run()
      case "show": return try ShowCommand(rest).run()
      case "inspect": return try InspectCommand(rest).run()
      case "plot": return try PlotCommand(rest).run()
      case "finish": return try FinishCommand(rest).run()
      case "compare": return try CompareCommand(rest).run()
      case "version", "--version":
        Console.writeLine("coppice \(RunSession.version)")
        return ExitCode.success
      case "help", "--help", "-h":
        Console.writeLine(help)
        return ExitCode.success
      default:
        throw CommandFailure("unknown command '\(command)'\n\n\(help)", exitCode: ExitCode.usage)
      }
    } catch {
      if !error.message.isEmpty {
        Console.writeError(error.isPrefixed ? "coppice: \(error.message)" : error.message)
      }
      return error.exitCode
    }
  }

}
