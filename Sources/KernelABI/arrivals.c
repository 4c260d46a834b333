#include "coppice_arrivals.h"

#pragma STDC FP_CONTRACT OFF

// -0.0 is what no arrival leaves behind; + 0.0 makes the other zero of it, and changes no other
// number.
#define ADD_ROW(amount_of_slot)                                                         \
  double *const sums = tile->sums + to.place;                                           \
  uint32_t *const due = tile->due;                                                      \
  const uint32_t first = tile->first_group, end = tile->end, bit = (uint32_t)1 << to.k; \
  const size_t group_sums = tile->group_sums;                                           \
  size_t i = 0;                                                                         \
  for (; i < count && slots[i] < end; ++i) {                                            \
    const uint32_t group = slots[i] / 8 - first;                                        \
    double *const sum = sums + group * group_sums + slots[i] % 8;                       \
    const double amount = (amount_of_slot) + 0.0;                                       \
    double s = *sum + amount;                                                           \
    for (uint32_t n = 1; n < times; ++n) s += amount;                                   \
    *sum = s;                                                                           \
    due[group] |= bit;                                                                  \
  }                                                                                     \
  return i

size_t coppice_add_amount(
    const coppice_tile *tile, coppice_destination to, const uint32_t *slots, size_t count,
    double amount_of_all, uint32_t times) {
  ADD_ROW(amount_of_all);
}

size_t coppice_add_singles(
    const coppice_tile *tile, coppice_destination to, const uint32_t *slots, size_t count,
    const float *weights, double scale, uint32_t times) {
  ADD_ROW((double)weights[i] * scale);
}

size_t coppice_add_doubles(
    const coppice_tile *tile, coppice_destination to, const uint32_t *slots, size_t count,
    const double *weights, double scale, uint32_t times) {
  ADD_ROW(weights[i] * scale);
}
