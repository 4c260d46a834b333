// What Swift cannot reach of Linux threads: CPU sets are macros, futexes have no wrapper, and
// there is no spin hint.

#ifndef COPPICE_CTHREADS_H
#define COPPICE_CTHREADS_H

#include "cstopping.h"

#include <stdint.h>

/// How many processors the affinity mask of this process allows.
int32_t cthreads_allowed_processors(void);

/// Pins the calling thread to the n-th processor that the process' mask allowed when it was first
/// asked for (n taken modulo their number). 0, or an errno.
int32_t cthreads_pin(int32_t n);

/// Lets the calling thread run wherever the process might when it was first asked.
void cthreads_unpin(void);

/// Names the calling thread, for debuggers and `ps -L`; 15 characters count.
void cthreads_name(const char *name);

/// Tells the core that this is a spinning wait.
static inline void cthreads_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Sleeps while `*word == expected`, until woken or a millisecond has passed.
void cthreads_sleep(const uint32_t *word, uint32_t expected);

/// Wakes all that sleep on `word`.
void cthreads_wake(const uint32_t *word);

/// A word that threads wait for, alone in its cache lines:
/// what the barrier of a worker team spins on.
typedef struct cthreads_word {
  uint32_t value;
  uint32_t padding[31];
} cthreads_word;

uint32_t cthreads_load(const cthreads_word *word);
void cthreads_store(cthreads_word *word, uint32_t value);
/// Adds and returns the new value.
uint32_t cthreads_add(cthreads_word *word, uint32_t value);
/// Returns once the word differs from `seen`, with its new value: spins, then yields, then sleeps.
uint32_t cthreads_wait_changed(cthreads_word *word, uint32_t seen);
/// Returns once the word is `wanted`.
void cthreads_wait_equal(cthreads_word *word, uint32_t wanted);
/// Wakes those that sleep on the word; to be called after each change.
void cthreads_wake_word(cthreads_word *word);

#endif
