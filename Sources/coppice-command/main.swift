import Glibc

// A closed pipe behind us is no reason to die.
signal(SIGPIPE, SIG_IGN)
// Nor is a limit on the size of files: the write that meets it fails and says so.
signal(SIGXFSZ, SIG_IGN)
exit(CommandLineTool.run(Array(CommandLine.arguments.dropFirst())))
