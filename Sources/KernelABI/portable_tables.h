// One table of operations per kind of processor.

#ifndef COPPICE_PORTABLE_TABLES_H
#define COPPICE_PORTABLE_TABLES_H

#include "coppice_portable.h"
#include "coppice_random.h"

typedef struct coppice_operations {
  coppice_portable portable;
  double (*exp)(double x);
  double (*log)(double x);
  double (*log1p)(double x);
  double (*normal_quantile)(double p);
  void (*gaps)(uint64_t key, coppice_gap_place place, double logarithm, double *out, size_t n);
  void (*numbers)(coppice_number_law law, uint64_t key, const uint32_t *a, const uint32_t *b,
                  const uint32_t *c, double *out, size_t n);
} coppice_operations;

extern const coppice_operations coppice_operations_baseline;
#if defined(__x86_64__)
extern const coppice_operations coppice_operations_avx2;
extern const coppice_operations coppice_operations_avx512;
#endif

/// The best for this processor, found once.
const coppice_operations *coppice_operations_best(void);

#endif
