// What this machine can do at best: bytes a second from each cache and from memory, and multiply-adds.
//
//   roofline THREADS SECONDS     JSON; SECONDS for each measurement
//
// `read` sums an array, `update` reads and writes it in place, as a visit of one step does with the
// state; `rows` reads runs of 4 KB in random order, as delivery does with the rows of synapses. Each
// thread has an array of its own, touched first by itself. `fma` keeps many independent chains of
// multiply-adds in registers.

#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "width.h"

typedef double vector __attribute__((vector_size(BYTES)));
typedef float narrow __attribute__((vector_size(BYTES)));
enum { CHAINS = 20, ROW_BYTES = 4096 };

typedef struct work work;
struct work {
  uint64_t (*measure)(work *);  // bytes or operations of one pass
  size_t bytes;
  uint8_t *array;
  uint32_t *order;
  double seconds, rate;
  pthread_barrier_t *together;
};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static volatile double sink;

static vector sum_of(const uint8_t *from, size_t bytes) {
  const vector *v = (const vector *)from;
  vector a = {0}, b = {0}, c = {0}, d = {0};
  for (size_t k = 0; k + 4 <= bytes / BYTES; k += 4) a += v[k], b += v[k + 1], c += v[k + 2], d += v[k + 3];
  return a + b + c + d;
}

static uint64_t read_pass(work *w) {
  sink += sum_of(w->array, w->bytes)[0];
  return w->bytes;
}

static uint64_t update_pass(work *w) {
  vector *v = (vector *)w->array;
  for (size_t k = 0; k < w->bytes / BYTES; k++) v[k] = v[k] * 0.999 + 1e-3;
  sink += v[0][0];
  return 2 * w->bytes;
}

static uint64_t rows_pass(work *w) {
  const size_t rows = w->bytes / ROW_BYTES;
  vector a = {0}, b = {0};
  for (size_t k = 0; k < rows; k++) {
    const vector *row = (const vector *)(w->array + (size_t)w->order[k] * ROW_BYTES);
    // The next row comes while this one is read.
    const uint8_t *next = w->array + (size_t)w->order[k + 1 < rows ? k + 1 : k] * ROW_BYTES;
    for (size_t line = 0; line < ROW_BYTES; line += 128) {
      __builtin_prefetch(next + line);
      __builtin_prefetch(next + line + 64);
      for (size_t place = line / BYTES; place < (line + 128) / BYTES; place += 2)
        a += row[place], b += row[place + 1];
    }
  }
  sink += (a + b)[0];
  return rows * ROW_BYTES;
}

#define FMA(name, type, scalar)                                                       \
  static uint64_t name(work *w) {                                                     \
    type x[CHAINS];                                                                   \
    const type factor = (type){0} + (scalar)(0.999 + 1e-12 * (double)w->bytes), term = factor; \
    for (int k = 0; k < CHAINS; k++) x[k] = (type){0} + (scalar)k;                    \
    for (int turn = 0; turn < 100000; turn++) {                                       \
      _Pragma("GCC unroll 20") for (int k = 0; k < CHAINS; k++) x[k] = x[k] * factor + term; \
    }                                                                                 \
    for (int k = 0; k < CHAINS; k++) sink += (double)x[k][0];                         \
    return 100000ull * CHAINS * (BYTES / sizeof(scalar));                             \
  }
FMA(fma_double_pass, vector, double)
FMA(fma_single_pass, narrow, float)

// Random order by Fisher and Yates.
static uint32_t *shuffled(size_t rows) {
  uint32_t *order = malloc((rows ? rows : 1) * sizeof *order);
  if (!order) return NULL;
  uint64_t seed = 1;
  for (size_t k = 0; k < rows; k++) order[k] = (uint32_t)k;
  for (size_t k = rows; k > 1; k--) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    const size_t other = (seed >> 33) % k;
    const uint32_t kept = order[k - 1];
    order[k - 1] = order[other], order[other] = kept;
  }
  return order;
}

static void *worker(void *argument) {
  work *w = argument;
  if (w->array) memset(w->array, 0, w->bytes);
  w->measure(w);
  pthread_barrier_wait(w->together);
  const double begin = now();
  uint64_t done = 0;
  double end;
  do {
    done += w->measure(w);
    end = now();
  } while (end - begin < w->seconds);
  w->rate = done / (end - begin);
  return NULL;
}

// The sum of the threads' rates.
static double measured(uint64_t (*measure)(work *), size_t bytes, int threads, double seconds) {
  pthread_barrier_t together;
  pthread_barrier_init(&together, NULL, (unsigned)threads);
  pthread_t ids[threads];
  work works[threads];
  double rate = 0;
  for (int t = 0; t < threads; t++) {
    works[t] = (work){.measure = measure, .bytes = bytes, .seconds = seconds, .together = &together};
    if (bytes) {
      const size_t whole = (bytes + (2 << 20) - 1) >> 21 << 21;
      works[t].array = aligned_alloc(2 << 20, whole);
      works[t].order = shuffled(bytes / ROW_BYTES);
      if (!works[t].array || !works[t].order) exit(70);
      madvise(works[t].array, whole, MADV_HUGEPAGE);  // where the system offers them
    }
    if (pthread_create(&ids[t], NULL, worker, &works[t]) != 0) exit(70);
  }
  for (int t = 0; t < threads; t++) {
    pthread_join(ids[t], NULL);
    rate += works[t].rate;
    free(works[t].array);
    free(works[t].order);
  }
  pthread_barrier_destroy(&together);
  return rate;
}

int main(int count, char **words) {
  const int threads = count == 3 ? atoi(words[1]) : 0;
  const double seconds = count == 3 ? atof(words[2]) : 0;
  if (threads < 1 || threads > 256 || !(seconds > 0)) {
    fprintf(stderr, "usage: %s THREADS SECONDS\n", words[0]);
    return 64;
  }
  // Well within the first-level, second-level and last caches, and far beyond them.
  const struct { const char *name; size_t bytes; } levels[] = {
      {"L1", 16 << 10}, {"L2", 512 << 10}, {"L3", 8 << 20}, {"memory", (size_t)512 << 20}};
  printf("{\"threads\": %d, \"vector_bytes\": %d", threads, BYTES);
  for (int k = 0; k < 4; k++) {
    printf(", \"read_%s\": %.4g", levels[k].name, measured(read_pass, levels[k].bytes, threads, seconds));
    printf(", \"update_%s\": %.4g", levels[k].name,
           measured(update_pass, levels[k].bytes, threads, seconds));
  }
  printf(", \"rows_memory\": %.4g", measured(rows_pass, levels[3].bytes, threads, seconds));
  printf(", \"fma_double\": %.4g", measured(fma_double_pass, 0, threads, seconds));
  printf(", \"fma_single\": %.4g}\n", measured(fma_single_pass, 0, threads, seconds));
  return 0;
}
