#include "coppice_arrivals.h"

#include "coppice_portable.h"

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

void coppice_add_spikes(
    const coppice_tile *tile, uint32_t place, uint32_t step_sums, const uint32_t *slots,
    const int64_t *spikes, size_t count, int64_t first_step, uint32_t steps, double amount) {
  double *const sums = tile->sums + place;
  uint32_t *const due = tile->due;
  const size_t group_sums = tile->group_sums;
  const uint32_t first = tile->first_group;
  for (size_t i = 0; i < count; ++i) {
    const uint64_t k = (uint64_t)(spikes[i] - first_step);
    if (k >= steps) continue;
    const uint32_t group = slots[i] / 8 - first;
    sums[group * group_sums + k * step_sums + slots[i] % 8] += amount + 0.0;
    due[group] |= (uint32_t)1 << k;
  }
}

// Rows whose memory is asked for before they are read: some hundred nanoseconds.
#define AHEAD 20

static inline void prefetch_row(
    const coppice_due_row *row, const uint32_t *slots, const float *singles,
    const double *doubles) {
  // Of longer rows the processor finds the rest by itself.
  const uint32_t last = row->end - row->begin < 32 ? row->end - 1 : row->begin + 31;
  __builtin_prefetch(slots + row->begin);
  __builtin_prefetch(slots + last);
  if (singles) {
    __builtin_prefetch(singles + row->begin);
    __builtin_prefetch(singles + last);
  }
  if (doubles) {
    __builtin_prefetch(doubles + row->begin);
    __builtin_prefetch(doubles + (row->begin + last) / 2);
    __builtin_prefetch(doubles + last);
  }
}

// Arrivals to the cache line that a list will go on to: of so many lists, taken in no order, the
// processor does not see it coming.
#define LINES_AHEAD 32

// Puts an arrival behind the last of its tile; expects `weight` to be the synapse's.
#define SORT_ROWS(store_weight)                                                              \
  uint32_t *const arrivals = sorted->arrivals;                                               \
  uint32_t *const ends = sorted->ends;                                                       \
  const uint64_t reciprocal = sorted->tile_reciprocal;                                       \
  const uint32_t tile_slots = sorted->tile_slots;                                            \
  for (size_t place = 0; place < count; ++place) {                                           \
    const coppice_due_row row = rows[place];                                                 \
    if (place + AHEAD < count) prefetch_row(&rows[place + AHEAD], slots, singles, doubles);  \
    for (uint32_t i = row.begin; i < row.end; ++i) {                                         \
      const uint32_t slot = slots[i];                                                        \
      const uint32_t tile = (uint32_t)(((uint64_t)(slot / 8) * reciprocal) >> 40);           \
      const uint32_t arrival =                                                               \
          (slot - tile * tile_slots) << COPPICE_ARRIVAL_STEP_BITS | row.k;                   \
      for (uint32_t n = 0; n < row.times; ++n) {                                             \
        uint32_t end = ends[tile];                                                           \
        arrivals[end] = arrival;                                                             \
        __builtin_prefetch(&arrivals[end + LINES_AHEAD], 1);                                 \
        store_weight;                                                                        \
        if (++end % COPPICE_LIST_ARRIVALS == 0) end = next_list(sorted, end);                \
        ends[tile] = end;                                                                    \
      }                                                                                      \
    }                                                                                        \
  }

static uint32_t next_list(coppice_sorted_arrivals *sorted, uint32_t end) {
  const uint32_t list = sorted->used++;
  sorted->next[end / COPPICE_LIST_ARRIVALS - 1] = list;
  return list * COPPICE_LIST_ARRIVALS;
}

void coppice_sort_rows(
    coppice_sorted_arrivals *sorted, const coppice_due_row *rows, size_t count,
    const uint32_t *slots, const float *singles, const double *doubles) {
  double *const weights = sorted->weights;
  if (singles) {
    SORT_ROWS(weights[end] = (double)singles[i])
  } else if (doubles) {
    SORT_ROWS(weights[end] = doubles[i])
  } else {
    SORT_ROWS((void)0)
  }
}

#define ADD_SORTED(amount_of_arrival)                                                        \
  double *const sums = tile->sums + place;                                                   \
  uint32_t *const due = tile->due;                                                           \
  const size_t group_sums = tile->group_sums;                                                \
  for (size_t i = 0; i < count; ++i) {                                                       \
    const uint32_t k = arrivals[i] % (1 << COPPICE_ARRIVAL_STEP_BITS);                       \
    const uint32_t slot = arrivals[i] >> COPPICE_ARRIVAL_STEP_BITS;                          \
    sums[slot / 8 * group_sums + k * step_sums + slot % 8] += (amount_of_arrival) + 0.0;     \
    due[slot / 8] |= (uint32_t)1 << k;                                                       \
  }

void coppice_add_sorted_amount(
    const coppice_tile *tile, uint32_t place, uint32_t step_sums, const uint32_t *arrivals,
    size_t count, double amount) {
  ADD_SORTED(amount)
}

void coppice_add_sorted_weights(
    const coppice_tile *tile, uint32_t place, uint32_t step_sums, const uint32_t *arrivals,
    const double *weights, size_t count, double scale) {
  ADD_SORTED(weights[i] * scale)
}

static inline void count_slot(
    coppice_counted_arrivals *counted, uint32_t k, uint8_t *counts, uint32_t slot) {
  if (__builtin_expect(++counts[slot] == 0, 0))
    counted->full[counted->full_count++] = (uint64_t)k << 32 | slot;
}

static inline void count_slots(
    coppice_counted_arrivals *counted, uint32_t k, const uint32_t *slots, uint32_t count) {
  uint8_t *const counts = counted->counts + k * counted->step_slots;
  for (uint32_t i = 0; i < count; ++i) count_slot(counted, k, counts, slots[i]);
}

void coppice_count_rows(
    coppice_counted_arrivals *counted, const coppice_due_row *rows, size_t count,
    const uint32_t *slots) {
  for (size_t place = 0; place < count; ++place) {
    const coppice_due_row row = rows[place];
    if (place + AHEAD < count) prefetch_row(&rows[place + AHEAD], slots, NULL, NULL);
    for (uint32_t time = 0; time < row.times; ++time)
      count_slots(counted, row.k, slots + row.begin, row.end - row.begin);
  }
}

void coppice_pack_row(uint16_t *record, const uint32_t *slots, size_t count) {
  record[0] = (uint16_t)count;
  if (count == 0) return;
  record[1] = (uint16_t)slots[0];
  for (size_t i = 1; i < count; ++i) record[i + 1] = (uint16_t)(slots[i] - slots[i - 1]);
}

uint32_t coppice_largest_distance(const uint32_t *slots, size_t count) {
  uint32_t largest = count > 0 ? slots[0] : 0;
  for (size_t i = 1; i < count; ++i) {
    const uint32_t distance = slots[i] - slots[i - 1];
    largest = distance > largest ? distance : largest;
  }
  return largest;
}

static inline const uint16_t *record_of(const coppice_packed_rows *rows, uint32_t source) {
  return rows->records + (size_t)source * rows->stride;
}

// The row of a record that holds none: how many synapses, then their slots.
static inline const uint32_t *row_apart(const coppice_packed_rows *rows, const uint16_t *record) {
  uint32_t place;
  __builtin_memcpy(&place, record + 2, sizeof place);
  return rows->apart + place;
}

static inline void prefetch_record(const coppice_packed_rows *rows, uint32_t source) {
  const char *const record = (const char *)record_of(rows, source);
  __builtin_prefetch(record);
#pragma clang loop unroll(disable)
  for (uint32_t line = 1; line < rows->lines; ++line) __builtin_prefetch(record + 64 * line);
}

void coppice_ask_for_packed(
    const coppice_packed_rows *rows, const uint32_t *sources, size_t count) {
  for (size_t i = 0; i < count && i < AHEAD; ++i) prefetch_record(rows, sources[i]);
}

void coppice_count_packed(
    coppice_counted_arrivals *counted, uint32_t k, const coppice_packed_rows *rows,
    const uint32_t *sources, size_t count, const uint32_t *upcoming, size_t upcoming_count) {
  uint8_t *const counts = counted->counts + k * counted->step_slots;
  for (size_t i = 0; i < count; ++i) {
    if (i + AHEAD < count)
      prefetch_record(rows, sources[i + AHEAD]);
    else if (i + AHEAD - count < upcoming_count)
      prefetch_record(rows, upcoming[i + AHEAD - count]);
    const uint16_t *const record = record_of(rows, sources[i]);
    const uint32_t synapses = record[0];
    if (__builtin_expect(synapses == COPPICE_APART, 0)) {
      const uint32_t *const row = row_apart(rows, record);
      count_slots(counted, k, row + 1, row[0]);
      continue;
    }
    uint32_t slot = 0;
#pragma clang loop unroll_count(4)
    for (uint32_t j = 1; j <= synapses; ++j) {
      slot += record[j];
      count_slot(counted, k, counts, slot);
    }
  }
}

size_t coppice_packed_synapses(
    const coppice_packed_rows *rows, const uint32_t *sources, size_t count) {
  size_t synapses = 0;
  for (size_t i = 0; i < count; ++i) {
    if (i + AHEAD < count) prefetch_record(rows, sources[i + AHEAD]);
    const uint16_t *const record = record_of(rows, sources[i]);
    synapses += record[0] == COPPICE_APART ? row_apart(rows, record)[0] : record[0];
  }
  return synapses;
}

void coppice_unpack_rows(
    coppice_unpacked_rows *unpacked, uint32_t k, const coppice_packed_rows *rows,
    const uint32_t *sources, size_t count) {
  uint32_t end = unpacked->slot_count;
  for (size_t i = 0; i < count;) {
    const uint16_t *const record = record_of(rows, sources[i]);
    uint32_t times = 1;
    while (i + times < count && sources[i + times] == sources[i]) ++times;
    i += times;
    const uint32_t begin = end;
    if (record[0] == COPPICE_APART) {
      const uint32_t *const row = row_apart(rows, record);
      for (uint32_t j = 1; j <= row[0]; ++j) unpacked->slots[end++] = row[j];
    } else {
      uint32_t slot = 0;
      for (uint32_t j = 1; j <= record[0]; ++j) unpacked->slots[end++] = slot += record[j];
    }
    if (end > begin)
      unpacked->due[unpacked->due_count++] = (coppice_due_row){begin, end, k, times};
  }
  unpacked->slot_count = end;
}

// All that is added to a sum here is the same amount, so what overflowed may as well come first.
static void add_full(
    const coppice_tile *tile, uint32_t place, uint32_t step_sums,
    const coppice_counted_arrivals *counted, double amount) {
  for (uint32_t i = 0; i < counted->full_count; ++i) {
    const uint32_t slot = (uint32_t)counted->full[i], k = (uint32_t)(counted->full[i] >> 32);
    if (slot / 8 < tile->first_group || slot >= tile->end) continue;
    const uint32_t group = slot / 8 - tile->first_group;
    double *const sum =
        tile->sums + place + group * (size_t)tile->group_sums + k * step_sums + slot % 8;
    for (uint32_t n = 0; n < 256; ++n) *sum += amount;
    tile->due[group] |= (uint32_t)1 << k;
  }
}

void coppice_add_counted(
    const coppice_tile *tile, uint32_t place, uint32_t step_sums, uint32_t steps,
    const coppice_counted_arrivals *counted, double amount, int clears) {
  amount += 0.0;
  add_full(tile, place, step_sums, counted, amount);
  coppice_portable_best()->add_counted(
      tile, place, step_sums, steps, counted, amount, clears);
}
