// Which units of a generator fire before a step. In C, because which do cannot be foretold: a compiler
// that makes a branch of it pays for every third one.

#ifndef COPPICE_FIRING_H
#define COPPICE_FIRING_H

#include <stddef.h>
#include <stdint.h>

/// Puts the units `first` ..< `first` + n whose next spike is before `end` to the front of `units`, and
/// the steps of these spikes to the front of `steps`; returns how many there are. There must be room for
/// n.
size_t coppice_find_firing(
    const int64_t *next, uint32_t first, size_t n, int64_t end, uint32_t *units, int64_t *steps);

/// Notes `steps` as the next spikes of n units; `next` is that of unit 0. Those before `end`, and their
/// units, go to the front; returns how many there are.
size_t coppice_note_firing(
    int64_t *next, uint32_t *units, int64_t *steps, size_t n, int64_t end);

#endif
