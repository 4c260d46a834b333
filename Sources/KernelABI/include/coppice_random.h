// Random numbers as functions of key and counter, and the functions that give them their
// distribution, one at a time: the bits are those of coppice_kernel_math.h.

#ifndef COPPICE_RANDOM_H
#define COPPICE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/// Philox4x32-10 (Salmon et al. 2011). The key's low 32 bits are its first word.
static inline void coppice_philox4x32(
    const uint32_t counter[4], uint64_t key, uint32_t out[4]) {
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = (uint64_t)0xd2511f53u * c0, p1 = (uint64_t)0xcd9e8d57u * c2;
    c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    c1 = (uint32_t)p1;
    c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c3 = (uint32_t)p0;
    k0 += 0x9e3779b9u;
    k1 += 0xbb67ae85u;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/// 64 random bits: words 0 (low) and 1 (high) of the counter (a, b, low half of c, high half of c).
static inline uint64_t coppice_random_bits(uint64_t key, uint32_t a, uint32_t b, uint64_t c) {
  const uint32_t counter[4] = {a, b, (uint32_t)c, (uint32_t)(c >> 32)};
  uint32_t words[4];
  coppice_philox4x32(counter, key, words);
  return (uint64_t)words[1] << 32 | words[0];
}

/// Uniform in [0, 1): the top 53 of those bits. `cv_uniform` draws for (neuron, ordinal, step).
static inline double coppice_uniform(uint64_t key, uint32_t a, uint32_t b, uint64_t c) {
  return (double)(coppice_random_bits(key, a, b, c) >> 11) * 0x1p-53;
}

/// Logarithms of uniforms in (0, 1], many at a time: of the counters (unit, 0, low half of the draw,
/// high half of it). n is a multiple of 8; `out` and `draws` are aligned to 64 bytes.
void coppice_logarithms(
    double *out, uint64_t key, const uint32_t *units, const uint64_t *draws, size_t n);

/// The functions below expect denormals to be flushed, and take them for 0.
double coppice_exp(double x);
double coppice_log(double x);
double coppice_log1p(double x);

/// The inverse of the standard normal distribution function: -inf at 0, inf at 1, NaN outside.
double coppice_normal_quantile(double p);

// MARK: Many at a time, with the bits of one at a time

/// Which counters a batch of gaps takes: place i has (a, b + i, c, 0) or (a, b, c + i, 0).
typedef struct coppice_gap_place {
  uint32_t a, b, c;
  /// Whether b goes up from place to place; else c does.
  int b_ascends;
} coppice_gap_place;

/// Geometric gaps: log u / `logarithm` for numbers u in (0, 1]. A counter gives two: `out[i]` from
/// its words 0 and 1, `out[n + i]` from words 2 and 3. `n` is a multiple of COPPICE_BATCH.
void coppice_gaps(uint64_t key, coppice_gap_place place, double logarithm, double *out, size_t n);

/// What becomes of the bits of words 0 and 1.
typedef enum coppice_number_law {
  /// uniform in [0, 1)
  COPPICE_UNIT,
  /// standard normal: the quantile of a number in (0, 1)
  COPPICE_NORMAL
} coppice_number_law;

/// One number for each counter (a[i], b[i], c[i], 0). `n` is a multiple of COPPICE_BATCH.
void coppice_numbers(coppice_number_law law, uint64_t key, const uint32_t *a, const uint32_t *b,
                     const uint32_t *c, double *out, size_t n);

/// Batches are multiples of the widest vector.
enum { COPPICE_BATCH = 8 };

#endif
