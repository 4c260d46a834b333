import Glibc

// A closed pipe behind us is no reason to die.
signal(SIGPIPE, SIG_IGN)
// Nor is a limit on the size of files: the write that meets it fails and says so.
signal(SIGXFSZ, SIG_IGN)
// Whatever the user permits, nothing of a run is everybody's to write to.
umask(umask(0o022) | S_IWOTH)
exit(CommandLineTool.run(Array(CommandLine.arguments.dropFirst())))
