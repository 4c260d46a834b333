#define _GNU_SOURCE
#include "cthreads.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static cpu_set_t allowed;
static pthread_once_t asked = PTHREAD_ONCE_INIT;

// The mask is read once, before anything was pinned: a pinned thread's children inherit its mask.
static void ask(void) {
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
    CPU_ZERO(&allowed);
    CPU_SET(0, &allowed);
  }
}

int32_t cthreads_allowed_processors(void) {
  pthread_once(&asked, ask);
  return CPU_COUNT(&allowed);
}

int32_t cthreads_pin(int32_t n) {
  int32_t wanted = n % cthreads_allowed_processors();
  for (int processor = 0; processor < CPU_SETSIZE; processor++) {
    if (!CPU_ISSET(processor, &allowed)) continue;
    if (wanted-- > 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    return pthread_setaffinity_np(pthread_self(), sizeof one, &one);
  }
  return EINVAL;
}

void cthreads_unpin(void) {
  pthread_once(&asked, ask);
  pthread_setaffinity_np(pthread_self(), sizeof allowed, &allowed);
}

void cthreads_name(const char *name) { pthread_setname_np(pthread_self(), name); }

void cthreads_sleep(const uint32_t *word, uint32_t expected) {
  // A time limit, so that a wake-up lost between check and sleep costs a millisecond, not a hang.
  struct timespec limit = {0, 1000000};
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, &limit, (void *)0, 0);
}

void cthreads_wake(const uint32_t *word) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1 << 30, (void *)0, (void *)0, 0);
}

uint32_t cthreads_load(const cthreads_word *word) {
  return __atomic_load_n(&word->value, __ATOMIC_ACQUIRE);
}

void cthreads_store(cthreads_word *word, uint32_t value) {
  __atomic_store_n(&word->value, value, __ATOMIC_RELEASE);
}

uint32_t cthreads_add(cthreads_word *word, uint32_t value) {
  return __atomic_add_fetch(&word->value, value, __ATOMIC_ACQ_REL);
}

// Spinning covers a phase of ordinary imbalance (some 20 us); yielding lets an oversubscribed
// peer on; sleeping frees the core where the wait is long (output, a slow rank).
enum { spins = 4000, yields = 200 };

static int patience(int turn, const cthreads_word *word, uint32_t current) {
  if (turn < spins) {
    cthreads_pause();
  } else if (turn < spins + yields) {
    sched_yield();
  } else {
    cthreads_sleep(&word->value, current);
  }
  return turn + 1;
}

uint32_t cthreads_wait_changed(cthreads_word *word, uint32_t seen) {
  int turn = 0;
  for (;;) {
    uint32_t current = cthreads_load(word);
    if (current != seen) return current;
    turn = patience(turn, word, current);
  }
}

void cthreads_wait_equal(cthreads_word *word, uint32_t wanted) {
  int turn = 0;
  for (;;) {
    uint32_t current = cthreads_load(word);
    if (current == wanted) return;
    turn = patience(turn, word, current);
  }
}

void cthreads_wake_word(cthreads_word *word) { cthreads_wake(&word->value); }
