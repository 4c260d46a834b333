#include "coppice_random.h"

#include "portable_tables.h"

double coppice_exp(double x) { return coppice_operations_best()->exp(x); }
double coppice_log(double x) { return coppice_operations_best()->log(x); }
double coppice_log1p(double x) { return coppice_operations_best()->log1p(x); }
double coppice_normal_quantile(double p) { return coppice_operations_best()->normal_quantile(p); }

void coppice_logarithms(
    double *out, uint64_t key, const uint32_t *units, const uint64_t *draws, size_t n) {
  coppice_operations_best()->portable.logarithms(out, key, units, draws, n);
}

void coppice_gaps(uint64_t key, coppice_gap_place place, double logarithm, double *out, size_t n) {
  coppice_operations_best()->gaps(key, place, logarithm, out, n);
}

void coppice_numbers(coppice_number_law law, uint64_t key, const uint32_t *a, const uint32_t *b,
                     const uint32_t *c, double *out, size_t n) {
  coppice_operations_best()->numbers(law, key, a, b, c, out, n);
}
