// What the compilation of kernels asks of the system and Swift's Glibc does not import.

#ifndef COPPICE_PROCESS_H
#define COPPICE_PROCESS_H

#include <stdint.h>

/// A file without a name, closed on exec.
/// Returns its descriptor, or -1 with `errno` set.
int coppice_anonymous_file(void);

/// Bounds the processor time (s) and the size of files (bytes) of a child process and of what it
/// starts from then on. Returns 0, or -1 with `errno` set.
int coppice_limit_process(int process, uint64_t seconds, uint64_t file_bytes);

#endif
