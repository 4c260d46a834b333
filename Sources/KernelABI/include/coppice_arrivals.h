// What spikes bring to a block's neurons, added up before the block is visited: the `sums` of
// coppice_kernel_abi.h, whose bits depend on the order of additions at one neuron only.

#ifndef COPPICE_ARRIVALS_H
#define COPPICE_ARRIVALS_H

#include <stddef.h>
#include <stdint.h>

/// Some neighbouring groups of lanes and their sums. A slot is a lane of all groups of a cohort.
typedef struct coppice_tile {
  double *sums;
  uint32_t *due;
  uint32_t first_group;
  uint32_t group_sums;  ///< numbers that a group has in `sums`
  uint32_t end;         ///< the first slot behind the tile
} coppice_tile;

/// Where arrivals go in each group: `place` is the number of the first lane's sum in its group.
typedef struct coppice_destination {
  uint32_t place;
  uint32_t k;
} coppice_destination;

/// Each adds to the sums of ascending slots, as far as they lie in the tile, an amount `times` times,
/// and returns how many slots did. An amount is never -0.0: that would be no arrival.
size_t coppice_add_amount(
    const coppice_tile *tile, coppice_destination to, const uint32_t *slots, size_t count,
    double amount, uint32_t times);

/// The amounts are weights times a scale.
size_t coppice_add_singles(
    const coppice_tile *tile, coppice_destination to, const uint32_t *slots, size_t count,
    const float *weights, double scale, uint32_t times);
size_t coppice_add_doubles(
    const coppice_tile *tile, coppice_destination to, const uint32_t *slots, size_t count,
    const double *weights, double scale, uint32_t times);

/// Says that the cache line of an address will be read soon.
static inline void coppice_prefetch(const void *address) { __builtin_prefetch(address); }

#endif
