// Random numbers as functions of key and counter, and the functions that give them their
// distribution, one at a time: the bits are those of coppice_kernel_math.h.

#ifndef COPPICE_RANDOM_H
#define COPPICE_RANDOM_H

#include <stdint.h>

/// Philox4x32-10 (Salmon et al. 2011). The key's low 32 bits are its first word.
void coppice_philox4x32(const uint32_t counter[4], uint64_t key, uint32_t out[4]);

/// 64 random bits: words 0 (low) and 1 (high) of the counter (a, b, low half of c, high half of c).
uint64_t coppice_random_bits(uint64_t key, uint32_t a, uint32_t b, uint64_t c);

/// Uniform in [0, 1): the top 53 of those bits. `cv_uniform` draws for (neuron, ordinal, step).
double coppice_uniform(uint64_t key, uint32_t a, uint32_t b, uint64_t c);

/// The functions below expect denormals to be flushed, and take them for 0.
double coppice_exp(double x);
double coppice_log(double x);
double coppice_log1p(double x);

/// The inverse of the standard normal distribution function: -inf at 0, inf at 1, NaN outside.
double coppice_normal_quantile(double p);

#endif
