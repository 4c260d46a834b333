// Counted arrivals become sums: the part of coppice_arrivals.h that is written in the vectors of
// coppice_kernel_math.h.

#include <string.h>

#include "coppice_arrivals.h"
#include "coppice_kernel_math.h"

// Additions that are made without a look at whether any lane has so many arrivals: a test of what is
// mostly so, and not always, costs more than an addition that changes nothing. A power of two less one.
#define ADDITIONS_UNTESTED 3

/// s, and the amount added one time after the other for each arrival of the lane.
CV_INLINE cv_real cv_addTimes(cv_real s, cv_real amount, cv_real counts) {
  for (int n = 1; n <= ADDITIONS_UNTESTED; ++n)
    s = cv_select(cv_lessOrEqual(cv_set(n), counts), s + amount, s);
  return s;
}

#define LINES_OF_COUNTS_AHEAD 2

typedef uint8_t cv_counts __attribute__((vector_size(COPPICE_WIDTH), may_alias, aligned(1)));

/// Adds to the eight sums of a group.
static inline void add_counts(double *sums, const uint8_t *counts, uint64_t all, double amount) {
  for (int lane = 0; lane < 8; lane += COPPICE_WIDTH) {
    const cv_real number =
        __builtin_convertvector(*(const cv_counts *)(counts + lane), cv_real);
    cv_store(sums + lane, cv_addTimes(cv_load(sums + lane), cv_set(amount), number));
  }
  // Each byte of `all` is a count.
  if (__builtin_expect((all & ~(ADDITIONS_UNTESTED * 0x0101010101010101)) == 0, 1)) return;
  for (int lane = 0; lane < 8; ++lane) {
    for (int n = ADDITIONS_UNTESTED; n < counts[lane]; ++n) sums[lane] += amount;
  }
}

static void add_counted(
    const coppice_tile *tile, uint32_t place, uint32_t step_sums, uint32_t steps,
    const coppice_counted_arrivals *counted, double amount, int clears) {
  const uint32_t groups = tile->end / 8 - tile->first_group;
  uint8_t *const first = counted->counts + (size_t)tile->first_group * 8;
  // A cache line of counts at a time, that of each step.
  for (uint32_t begin = 0; begin < groups; begin += 8) {
    const uint32_t end = begin + 8 < groups ? begin + 8 : groups;
    for (uint32_t k = 0; k < steps; ++k) {
      uint8_t *const counts = first + k * counted->step_slots;
      // Of as many rows of counts as there are steps the processor does not see the next lines coming.
      __builtin_prefetch(counts + (begin + 8 * LINES_OF_COUNTS_AHEAD) * 8, 1);
      uint64_t all[8], any = 0;
      for (uint32_t group = begin; group < end; ++group) {
        memcpy(&all[group - begin], counts + group * 8, 8);
        any |= all[group - begin];
      }
      if (any == 0) continue;
      double *const sums = tile->sums + place + k * (size_t)step_sums;
      for (uint32_t group = begin; group < end; ++group) {
        const uint64_t counts_of_group = all[group - begin];
        tile->due[group] |= (uint32_t)(counts_of_group != 0) << k;
        add_counts(
            sums + group * (size_t)tile->group_sums, counts + group * 8, counts_of_group, amount);
      }
      if (clears) memset(counts + begin * 8, 0, (end - begin) * 8);
    }
  }
}
