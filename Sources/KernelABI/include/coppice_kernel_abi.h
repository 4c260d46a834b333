// The contract between the engine and a kernel, compiled or portable.
//
// A kernel advances one block of neurons of one population through the steps of an epoch. The
// engine owns all memory; a kernel allocates nothing and keeps nothing between calls.
//
// Order inside a visit, for each step n = first_step + k (k = 0 ..< steps):
//   1. the tail of step n - 1: arrivals (sums and events with this k), second resets that are due,
//      resets of its spikes, actions of its events;
//   2. the start of step n: what stimuli and schedule do (`starts` with this k), in their order;
//   3. probes, where `probe_due[k]`: the state before the update;
//   4. update: every right side from the old state, then all variables at once;
//   5. thresholds and event conditions on the new state: marks are appended and pending columns
//      set, for the next tail.
// With steps == 0 only the tail of step first_step - 1 is run (the end of a simulation).
//
// The vector width of the machine does not show in the data: lanes lie in groups of eight, and of
// sixteen where the state is f32.

#ifndef COPPICE_KERNEL_ABI_H
#define COPPICE_KERNEL_ABI_H

#include <stdint.h>

/// Raised whenever a struct below or the meaning of one of its fields changes.
#define COPPICE_KERNEL_ABI_VERSION 7

/// Lanes of a block come in multiples of this; padding lanes may compute but never leave a mark.
#define COPPICE_LANE_MULTIPLE 16

/// Lanes whose sums lie together, and are due or probed together.
#define COPPICE_GROUP_LANES 8

/// Something that arrives at a neuron: a network spike or a generator's.
///
/// Sorted by (group, step, lane, port, synapse), where group = lane / the kernel's group width.
typedef struct coppice_event {
  uint32_t step;     ///< k of the visit at whose beginning the event acts (arrival step + 1 - first_step)
  uint32_t lane;     ///< lane in the block
  uint32_t port;     ///< port of the population's program, in job order
  uint32_t synapse;  ///< place in the projection's rows: orders the arrivals of one port
  double payload;    ///< the weight `w`
} coppice_event;

/// What a stimulus or an entry of the schedule does at the start of one step, on many lanes at once.
///
/// Sorted by (step, code).
typedef struct coppice_start {
  uint32_t step;         ///< k of the visit
  uint32_t code;         ///< place among the program's start codes
  double value;          ///< the payload of every lane, where `values` is NULL
  const double *values;  ///< [lanes]: a payload for each lane; NULL: one for all
  const uint8_t *where;  ///< [lanes]: 1 in lanes where it acts; NULL: in all
} coppice_start;

/// Something that a neuron emitted in one step.
typedef struct coppice_mark {
  uint16_t step;  ///< k of the visit
  uint16_t kind;  ///< 0: a spike; e + 1: the program's custom event e
  uint32_t lane;  ///< lane in the block
} coppice_mark;

/// One visit of one block. Marks of one step and kind come in the order of lanes.
typedef struct coppice_visit {
  int64_t first_step;
  uint32_t steps;
  uint32_t lanes;         ///< padded, a multiple of COPPICE_LANE_MULTIPLE
  uint32_t live_lanes;    ///< lanes that are neurons; always the first ones
  uint32_t mark_count;    ///< out: marks written (capacity: live_lanes * steps * kinds)
  uint64_t first_neuron;  ///< index in its population of lane 0: counter of the random streams
  double dt;              ///< s

  /// The block: groups of lanes (8, or 16 in single precision) with the columns that every step
  /// touches, then groups of as many lanes with those that only rare paths do, each group aligned to 64
  /// bytes. In a group, column c starts at byte `offset(c)` times its lanes; 8-byte columns (double, or
  /// uint64 bits) come first, then 4-byte ones (float), then 1-byte booleans (0 or 1).
  uint8_t *state;
  const double *uniforms;              ///< the program's table, evaluated once
  const float *singles;                ///< the same table, each number rounded to the nearest float
  const uint64_t *streams;             ///< one Philox key per random occurrence of the program

  /// [lanes / group width]: 0 only where the visit before has left 0: no flag of a spike or an event
  /// waits for the next tail. Out: the same. NULL: the kernel must look.
  uint8_t *pending;

  /// Arrivals that were added up already: [lanes / COPPICE_GROUP_LANES][sum_depth][sum]
  /// [COPPICE_GROUP_LANES], a sum for all columns that get the same amounts, in the order of the first
  /// of them. -0.0: nothing arrives; a visit leaves -0.0 behind. What is summed here comes by no event.
  double *sums;
  /// [lanes / COPPICE_GROUP_LANES]: bit k: sums with this k. NULL: nothing was added up.
  const uint32_t *sums_due;
  uint32_t sum_depth;                  ///< steps that there is room for: `steps` at least, and 1

  const coppice_event *events;
  const uint32_t *event_offsets;       ///< [groups + 1] into events

  coppice_mark *marks;

  const uint8_t *probe_due;            ///< [steps]: 1 where the probes are taken; NULL: never
  const uint8_t *probe_groups;         ///< [lanes / COPPICE_GROUP_LANES]: 1 where a lane is recorded
  double *probe_rows;                  ///< out: [due row][probe][lane], rows counted from 0

  const coppice_start *starts;
  uint32_t start_count;
} coppice_visit;

/// What a compiled kernel exports, under the name `coppice_kernel_entry`.
typedef struct coppice_kernel {
  uint32_t abi_version;
  uint32_t group_width;  ///< lanes that advance together
  void (*visit)(coppice_visit *visit);
} coppice_kernel;

#endif
