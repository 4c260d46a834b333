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

/// Adds an amount, which is never -0.0, at each slot that has a spike: at step k of the epoch if the
/// spike's step is `first_step` + k, and not at all from k = `steps` on.
///
/// `place` is where the sum of step 0 stands in a group, `step_sums` the distance to that of the next
/// step.
void coppice_add_spikes(
    const coppice_tile *tile, uint32_t place, uint32_t step_sums, const uint32_t *slots,
    const int64_t *spikes, size_t count, int64_t first_step, uint32_t steps, double amount);

/// What is left of a spike's row of synapses in an epoch.
typedef struct coppice_due_row {
  uint32_t begin;
  uint32_t end;
  uint32_t k;      ///< the step of the epoch
  uint32_t times;  ///< how often the source has fired in that step
} coppice_due_row;

/// Arrivals in a list, a power of two: lists of all tiles fit the first-level cache at their ends.
#define COPPICE_LIST_ARRIVALS 256

/// The bits of an arrival that say the step; the others are its slot's distance from the tile's first.
#define COPPICE_ARRIVAL_STEP_BITS 5

/// Slots that coppice_sort_rows can sort, at the most.
#define COPPICE_MOST_SORTED_SLOTS ((uint32_t)1 << 27)

/// Arrivals sorted by tile: each tile has a chain of lists that begins with the list of its number.
typedef struct coppice_sorted_arrivals {
  uint32_t *arrivals;
  double *weights;    ///< of each arrival, or NULL
  uint32_t *next;     ///< by list: the one that follows in its chain
  uint32_t *ends;     ///< by tile: the place in `arrivals` for its next one
  uint32_t used;      ///< lists
  uint32_t tile_slots;  ///< a multiple of 8
  uint64_t tile_reciprocal;  ///< floor(2^40 / (tile_slots / 8)) + 1
} coppice_sorted_arrivals;

/// Appends what rows hold to the chains of its tiles, each synapse `times` times: so that of two
/// arrivals at one slot and step the one that comes first here comes first in its chain.
///
/// `singles` or `doubles` are the weights of the synapses where `sorted` keeps weights. There must be
/// one list for each tile and one for each COPPICE_LIST_ARRIVALS arrivals.
void coppice_sort_rows(
    coppice_sorted_arrivals *sorted, const coppice_due_row *rows, size_t count,
    const uint32_t *slots, const float *singles, const double *doubles);

/// Adds an amount, which is never -0.0, for each of some sorted arrivals of the tile.
///
/// `place` is where the sum of step 0 stands in a group, `step_sums` the distance to that of the next
/// step.
void coppice_add_sorted_amount(
    const coppice_tile *tile, uint32_t place, uint32_t step_sums, const uint32_t *arrivals,
    size_t count, double amount);

/// The amounts are weights times a scale.
void coppice_add_sorted_weights(
    const coppice_tile *tile, uint32_t place, uint32_t step_sums, const uint32_t *arrivals,
    const double *weights, size_t count, double scale);

/// Arrivals counted by (step, slot), where all synapses of a projection bring the same amount.
typedef struct coppice_counted_arrivals {
  uint8_t *counts;       ///< [step of the epoch][slot], 0 where nothing has been counted
  size_t step_slots;     ///< from a step's counts to those of the next
  uint64_t *full;        ///< step << 32 | slot, once for each 256 arrivals that a count has lost
  uint32_t full_count;
} coppice_counted_arrivals;

/// Counts what rows hold, each synapse `times` times. There must be room in `full` for one entry in
/// 256 arrivals.
void coppice_count_rows(
    coppice_counted_arrivals *counted, const coppice_due_row *rows, size_t count,
    const uint32_t *slots);

/// Rows of synapses that all bring the same amount: for each source a record of `stride` numbers, how
/// many synapses it has and then their ascending slots, each as its distance from the one before.
///
/// So one cache line often holds all that a spike needs, and nothing has to say where it is.
typedef struct coppice_packed_rows {
  const uint16_t *records;  ///< [source][stride], aligned to a cache line
  const uint32_t *apart;    ///< rows that no record holds: how many synapses, then their slots
  uint32_t stride;          ///< 4 at the least
  uint32_t lines;           ///< cache lines of a record that are asked for ahead
} coppice_packed_rows;

/// In place of the number of synapses: the third and fourth number of the record, as one of 32 bits, say
/// where in `apart` the row begins.
#define COPPICE_APART 0xFFFF

/// Makes a record of ascending slots, as many as it has room for at the most.
void coppice_pack_row(uint16_t *record, const uint32_t *slots, size_t count);

/// The largest distance of ascending slots, that of the first from 0 included; 0 if there are none.
uint32_t coppice_largest_distance(const uint32_t *slots, size_t count);

/// Asks memory for the records of the first spikes that will be read.
void coppice_ask_for_packed(
    const coppice_packed_rows *rows, const uint32_t *sources, size_t count);

/// Counts what the spikes of some sources bring at step k. Memory is asked for the records of sources
/// to come: here, and behind them in `upcoming`.
void coppice_count_packed(
    coppice_counted_arrivals *counted, uint32_t k, const coppice_packed_rows *rows,
    const uint32_t *sources, size_t count, const uint32_t *upcoming, size_t upcoming_count);

/// The number of synapses of some sources, each as often as it comes.
size_t coppice_packed_synapses(
    const coppice_packed_rows *rows, const uint32_t *sources, size_t count);

/// Rows that were packed, one behind the other.
typedef struct coppice_unpacked_rows {
  coppice_due_row *due;
  size_t due_count;
  uint32_t *slots;  ///< to which `due` refers
  uint32_t slot_count;
} coppice_unpacked_rows;

/// Appends the rows of ascending sources that fire in step k; those without synapses are left out. There
/// must be room for `count` rows and coppice_packed_synapses slots.
void coppice_unpack_rows(
    coppice_unpacked_rows *unpacked, uint32_t k, const coppice_packed_rows *rows,
    const uint32_t *sources, size_t count);

/// Adds an amount, which is never -0.0, as often as it was counted in the first `steps` steps at the
/// slots of a tile.
///
/// `place` is where the sum of step 0 stands in a group, `step_sums` the distance to that of the next
/// step. With `clears` the counts of the tile are 0 again.
void coppice_add_counted(
    const coppice_tile *tile, uint32_t place, uint32_t step_sums, uint32_t steps,
    const coppice_counted_arrivals *counted, double amount, int clears);

/// Says that the cache line of an address will be read soon.
static inline void coppice_prefetch(const void *address) { __builtin_prefetch(address); }

#endif
