// Stands between a run and MPI (LD_PRELOAD): lets messages be late, or lost.
//
// COPPICE_SHIM="delay SEED MS": every call waits for 0 to MS milliseconds first.
// COPPICE_SHIM="lose RANK K": the K-th call of a rank never sends anything and never returns.
#include <mpi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int64_t calls;

static uint64_t mixed(uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

static void say(const char *text) {
  if (write(STDERR_FILENO, text, strlen(text)) < 0) return;
}

static void meet(void) {
  const char *plan = getenv("COPPICE_SHIM");
  if (plan == NULL) return;
  int rank = 0;
  PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
  calls++;
  long long a, b;
  if (sscanf(plan, "delay %lld %lld", &a, &b) == 2) {
    if (calls == 1 && rank == 0) say("shim: delays\n");
    uint64_t drawn = mixed((uint64_t)a ^ mixed((uint64_t)rank << 32 ^ (uint64_t)calls));
    int64_t wait = (int64_t)(drawn % ((uint64_t)b * 1000000 + 1));
    struct timespec time = {wait / 1000000000, wait % 1000000000};
    nanosleep(&time, NULL);
  } else if (sscanf(plan, "lose %lld %lld", &a, &b) == 2 && rank == a && calls == b) {
    say("shim: lost\n");
    for (;;) pause();
  }
}

int MPI_Allgather(const void *send, int count, MPI_Datatype type, void *received, int each,
                  MPI_Datatype kind, MPI_Comm world) {
  meet();
  return PMPI_Allgather(send, count, type, received, each, kind, world);
}

int MPI_Allgatherv(const void *send, int count, MPI_Datatype type, void *received,
                   const int *each, const int *places, MPI_Datatype kind, MPI_Comm world) {
  meet();
  return PMPI_Allgatherv(send, count, type, received, each, places, kind, world);
}

int MPI_Allreduce(const void *send, void *received, int count, MPI_Datatype type, MPI_Op operation,
                  MPI_Comm world) {
  meet();
  return PMPI_Allreduce(send, received, count, type, operation, world);
}

int MPI_Bcast(void *bytes, int count, MPI_Datatype type, int root, MPI_Comm world) {
  meet();
  return PMPI_Bcast(bytes, count, type, root, world);
}

int MPI_Barrier(MPI_Comm world) {
  meet();
  return PMPI_Barrier(world);
}
