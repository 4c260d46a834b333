#include "coppice_processor.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "portable_tables.h"

#if defined(__x86_64__)

// Flush-to-zero is bit 15 of MXCSR, denormals-are-zero bit 6.
static const uint32_t flushing = 0x8040;

void coppice_flush_denormals(void) {
  __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | flushing);
}

void coppice_keep_denormals(void) {
  __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() & ~flushing);
}

int coppice_denormals_flushed(void) {
  return (__builtin_ia32_stmxcsr() & flushing) == flushing;
}

static int has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static int has_avx512(void) {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
}

#else

#if defined(__aarch64__)

// FPCR.FZ flushes operands and results alike.
static const uint64_t flushing = (uint64_t)1 << 24;

static uint64_t control(void) {
  uint64_t value;
  __asm__ volatile("mrs %0, fpcr" : "=r"(value));
  return value;
}

void coppice_flush_denormals(void) {
  __asm__ volatile("msr fpcr, %0" : : "r"(control() | flushing));
}

void coppice_keep_denormals(void) {
  __asm__ volatile("msr fpcr, %0" : : "r"(control() & ~flushing));
}

int coppice_denormals_flushed(void) { return (control() & flushing) != 0; }

#else

void coppice_flush_denormals(void) {}
void coppice_keep_denormals(void) {}
int coppice_denormals_flushed(void) { return 0; }

#endif

static int has_avx2(void) { return 0; }
static int has_avx512(void) { return 0; }

#endif

int coppice_isa_available(const char *kind) {
  if (strcmp(kind, "avx512") == 0) return has_avx512();
  if (strcmp(kind, "avx2") == 0) return has_avx2();
  return strcmp(kind, "baseline") == 0;
}

const char *coppice_processor_kind(void) {
  return has_avx512() ? "avx512" : has_avx2() ? "avx2" : "baseline";
}

static const coppice_operations *operations_named(const char *name) {
  if (!coppice_isa_available(name)) return NULL;
#if defined(__x86_64__)
  if (strcmp(name, "avx512") == 0) return &coppice_operations_avx512;
  if (strcmp(name, "avx2") == 0) return &coppice_operations_avx2;
#endif
  return &coppice_operations_baseline;
}

const coppice_operations *coppice_operations_best(void) {
  // Threads that meet here find the same answer.
  static const coppice_operations *_Atomic best;
  const coppice_operations *known = best;
  if (known == NULL) {
    const char *wanted = getenv("COPPICE_PORTABLE");
    if (wanted != NULL) known = operations_named(wanted);
    if (known == NULL) known = operations_named(coppice_processor_kind());
    best = known;
  }
  return known;
}

const coppice_portable *coppice_portable_best(void) { return &coppice_operations_best()->portable; }

const coppice_portable *coppice_portable_named(const char *name) {
  const coppice_operations *found = operations_named(name);
  return found == NULL ? NULL : &found->portable;
}
