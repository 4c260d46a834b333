// What an exchange costs that all ranks take part in: MPI_Allgather of messages from small to
// large, on the ranks that it is started with. Prints seconds by bytes of one rank's message, and the
// line through them: seconds of an exchange of nothing, and bytes that come to a rank in a second.
//
//   mpirun -np 2 exchange [ROUNDS]

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST = 64, LARGEST = 1 << 20, SIZES = 15 };

static int ascending(const void *left, const void *right) {
  const double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

// The median over rounds of the slowest rank's time.
static double seconds_of(int bytes, int rounds, const char *send, char *received) {
  double *all = malloc(sizeof *all * (size_t)rounds);
  if (all == NULL) MPI_Abort(MPI_COMM_WORLD, 1);
  for (int round = -rounds / 10; round < rounds; ++round) {
    MPI_Barrier(MPI_COMM_WORLD);
    const double begin = MPI_Wtime();
    MPI_Allgather(send, bytes, MPI_BYTE, received, bytes, MPI_BYTE, MPI_COMM_WORLD);
    double taken = MPI_Wtime() - begin;
    MPI_Allreduce(MPI_IN_PLACE, &taken, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    if (round >= 0) all[round] = taken;
  }
  qsort(all, (size_t)rounds, sizeof *all, ascending);
  const double median = all[rounds / 2];
  free(all);
  return median;
}

int main(int count, char **words) {
  MPI_Init(&count, &words);
  int rank, ranks;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const int rounds = count > 1 ? atoi(words[1]) : 1000;
  char *send = malloc(LARGEST), *received = malloc((size_t)LARGEST * (size_t)ranks);
  if (rounds < 1 || send == NULL || received == NULL) MPI_Abort(MPI_COMM_WORLD, 1);
  memset(send, rank, LARGEST);
  double seconds[SIZES];
  for (int place = 0; place < SIZES; ++place)
    seconds[place] = seconds_of(SMALLEST << place, rounds, send, received);
  if (rank == 0) {
    const double largest = (double)LARGEST * (ranks - 1);
    printf("{\"ranks\": %d, \"latency_s\": %.4e, \"bytes_per_s\": %.4e, \"seconds\": {", ranks,
           seconds[0], largest / (seconds[SIZES - 1] - seconds[0]));
    for (int place = 0; place < SIZES; ++place)
      printf("%s\"%d\": %.4e", place == 0 ? "" : ", ", SMALLEST << place, seconds[place]);
    printf("}}\n");
  }
  free(send);
  free(received);
  MPI_Finalize();
  return 0;
}
