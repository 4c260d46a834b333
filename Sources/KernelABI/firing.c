#include "coppice_firing.h"

size_t coppice_find_firing(
    const int64_t *restrict next, uint32_t first, size_t n, int64_t end, uint32_t *restrict units,
    int64_t *restrict steps) {
  size_t count = 0;
  for (size_t i = 0; i < n; ++i) {
    units[count] = first + (uint32_t)i;
    steps[count] = next[i];
    count += next[i] < end;
  }
  return count;
}

size_t coppice_note_firing(
    int64_t *restrict next, uint32_t *restrict units, int64_t *restrict steps, size_t n,
    int64_t end) {
  size_t count = 0;
  for (size_t i = 0; i < n; ++i) {
    const uint32_t unit = units[i];
    const int64_t step = steps[i];
    next[unit] = step;
    units[count] = unit;
    steps[count] = step;
    count += step < end;
  }
  return count;
}
