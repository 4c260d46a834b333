#define _GNU_SOURCE
#include "coppice_process.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

int coppice_anonymous_file(void) {
#ifdef MFD_CLOEXEC
  return memfd_create("coppice-kernel", MFD_CLOEXEC);
#else
  errno = ENOSYS;
  return -1;
#endif
}

int coppice_limit_process(int process, uint64_t seconds, uint64_t file_bytes) {
  const struct rlimit time = {seconds, seconds};
  const struct rlimit size = {file_bytes, file_bytes};
  if (prlimit(process, RLIMIT_CPU, &time, NULL) != 0) return -1;
  return prlimit(process, RLIMIT_FSIZE, &size, NULL);
}
