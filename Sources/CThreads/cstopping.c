#define _GNU_SOURCE
#include "cstopping.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

static volatile sig_atomic_t requests;
static volatile sig_atomic_t first_signal;
static volatile int64_t first_time;

// Milliseconds; clock_gettime may be called in a handler.
static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void handle(int number) {
  int saved = errno;
  if (requests == 0) {
    first_signal = number;
    first_time = now();
    requests = 1;
  } else if (now() - first_time > 1000) {
    requests = 2;
  }
  errno = saved;
}

int32_t cstopping_listen(void) {
  static const int numbers[] = {SIGUSR1, SIGUSR2, SIGTERM, SIGINT};
  struct sigaction action = {0};
  action.sa_handler = handle;
  // System calls go on: nothing in a run has to know that a signal came but the loop.
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  // One at a time: the handler itself is not interrupted by another of them.
  for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
    sigaddset(&action.sa_mask, numbers[k]);
  }
  for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
    if (sigaction(numbers[k], &action, NULL) != 0) return errno;
  }
  // Whoever started the process may have blocked them, and a process inherits that.
  return pthread_sigmask(SIG_UNBLOCK, &action.sa_mask, NULL);
}

int32_t cstopping_requests(void) { return requests; }

int32_t cstopping_signal(void) { return first_signal; }
