// The operations of coppice_portable.h over the vectors of coppice_kernel_math.h. Each file that
// includes this one has chosen instructions and width, and defines COPPICE_PORTABLE_NAME.

#include "coppice_kernel_math.h"
#include "coppice_portable.h"
#include "portable_counts.h"
#include "portable_singles.h"
#include "portable_tables.h"

#define FOR_VECTORS for (size_t i = 0; i < n; i += COPPICE_WIDTH)
#define UNARY(constant, function)                                              \
  case constant:                                                               \
    FOR_VECTORS cv_store(out + i, function(cv_load(a + i)));                   \
    break
#define BINARY(constant, expression)                                           \
  case constant:                                                               \
    FOR_VECTORS {                                                              \
      const cv_real x = cv_load(a + i), y = cv_load(b + i);                    \
      cv_store(out + i, expression);                                           \
    }                                                                          \
    break
#define COMPARE(constant, function)                                            \
  case constant:                                                               \
    FOR_VECTORS cv_storeFlags(out + i, function(cv_load(a + i), cv_load(b + i))); \
    break

static void unary(coppice_unary operation, double *out, const double *a, size_t n) {
  switch (operation) {
    UNARY(COPPICE_NEGATE, cv_negate);
    UNARY(COPPICE_ABSOLUTE, cv_absolute);
    UNARY(COPPICE_SIGN, cv_sign);
    UNARY(COPPICE_SQUARE_ROOT, cv_squareRoot);
    UNARY(COPPICE_FLOOR, cv_floor);
    UNARY(COPPICE_CEIL, cv_ceil);
    UNARY(COPPICE_TRUNCATE, cv_truncate);
    UNARY(COPPICE_EXP, cv_exp);
    UNARY(COPPICE_EXP2, cv_exp2);
    UNARY(COPPICE_EXP2_NUMERATOR, cv_exp2Numerator);
    UNARY(COPPICE_EXP2_DENOMINATOR, cv_exp2Denominator);
    UNARY(COPPICE_LOG, cv_log);
    UNARY(COPPICE_LOG10, cv_log10);
    UNARY(COPPICE_EXPM1, cv_expm1);
    UNARY(COPPICE_LOG1P, cv_log1p);
    UNARY(COPPICE_EXPREL, cv_exprel);
    UNARY(COPPICE_SIN, cv_sin);
    UNARY(COPPICE_COS, cv_cos);
    UNARY(COPPICE_TAN, cv_tan);
    UNARY(COPPICE_ARCSIN, cv_arcsin);
    UNARY(COPPICE_ARCCOS, cv_arccos);
    UNARY(COPPICE_ARCTAN, cv_arctan);
    UNARY(COPPICE_SINH, cv_sinh);
    UNARY(COPPICE_COSH, cv_cosh);
    UNARY(COPPICE_TANH, cv_tanh);
  }
}

static void binary(
    coppice_binary operation, double *out, const double *a, const double *b, size_t n) {
  switch (operation) {
    BINARY(COPPICE_ADD, x + y);
    BINARY(COPPICE_SUBTRACT, x - y);
    BINARY(COPPICE_MULTIPLY, x * y);
    BINARY(COPPICE_DIVIDE, x / y);
    BINARY(COPPICE_MINIMUM, cv_minimum(x, y));
    BINARY(COPPICE_MAXIMUM, cv_maximum(x, y));
    BINARY(COPPICE_POWER, cv_power(x, y));
  }
}

static void fused(double *out, const double *a, const double *b, const double *c, size_t n) {
  FOR_VECTORS cv_store(out + i, cv_fma(cv_load(a + i), cv_load(b + i), cv_load(c + i)));
}

static void compare(
    coppice_comparison comparison, uint8_t *out, const double *a, const double *b, size_t n) {
  switch (comparison) {
    COMPARE(COPPICE_LESS, cv_less);
    COMPARE(COPPICE_LESS_OR_EQUAL, cv_lessOrEqual);
    COMPARE(COPPICE_GREATER, cv_greater);
    COMPARE(COPPICE_GREATER_OR_EQUAL, cv_greaterOrEqual);
    COMPARE(COPPICE_EQUAL, cv_equal);
    COMPARE(COPPICE_NOT_EQUAL, cv_notEqual);
  }
}

static void select_lanes(
    double *out, const uint8_t *mask, const double *a, const double *b, size_t n) {
  FOR_VECTORS cv_store(
      out + i, cv_select(cv_loadFlags(mask + i), cv_load(a + i), cv_load(b + i)));
}

static void uniform(double *out, uint64_t key, uint64_t first_neuron, uint64_t step,
                    uint32_t ordinal, size_t n) {
  FOR_VECTORS cv_store(out + i, cv_uniform(key, first_neuron + i, step, ordinal));
}

static void normal(double *out, uint64_t key, uint64_t first_neuron, uint64_t step,
                   uint32_t ordinal, size_t n) {
  FOR_VECTORS cv_store(out + i, cv_normal(key, first_neuron + i, step, ordinal));
}

static void poisson(double *out, uint64_t key, uint64_t first_neuron, uint64_t step,
                    uint32_t ordinal, const double *lambda, size_t n) {
  FOR_VECTORS cv_store(
      out + i, cv_poisson(key, first_neuron + i, step, ordinal, cv_load(lambda + i)));
}

static void logarithms(
    double *out, uint64_t key, const uint32_t *units, const uint64_t *draws, size_t n) {
  FOR_VECTORS {
    cv_words c;
    for (int l = 0; l < COPPICE_WIDTH; ++l) c.w0[l] = units[i + (size_t)l];
    const cv_bits draw = cv_loadBits(draws + i);
    c.w1 = cv_setBits(0);
    c.w2 = draw & cv_setBits(0xffffffffu);
    c.w3 = draw >> 32;
    c = cv_philox(c, key);
    const cv_bits bits = (c.w0 & cv_setBits(0xffffffffu)) | (c.w1 << 32);
    const cv_real u = cv_realOfInteger((bits >> 11) + cv_setBits(1)) * cv_set(0x1p-53);
    cv_store(out + i, cv_log(u));
  }
}

/// For memory that need not begin at a whole vector.
static inline void store_anywhere(double *to, cv_real x) { __builtin_memcpy(to, &x, sizeof x); }

/// 64 bits of two words of Philox.
static inline cv_bits joined(cv_bits low, cv_bits high) {
  return (low & cv_setBits(0xffffffffu)) | (high << 32);
}

/// log u / logarithm for a number u in (0, 1] on the grid of 2^-53.
static inline cv_real gap_of(cv_bits bits, double logarithm) {
  const cv_real u = cv_realOfInteger((bits >> 11) + cv_setBits(1)) * cv_set(0x1p-53);
  return cv_log(u) / cv_set(logarithm);
}

static void gaps(uint64_t key, coppice_gap_place place, double logarithm, double *out, size_t n) {
  FOR_VECTORS {
    const cv_bits lane = cv_setBits(i) + cv_laneIndex();
    cv_words c;
    c.w0 = cv_setBits(place.a);
    c.w1 = place.b_ascends ? cv_setBits(place.b) + lane : cv_setBits(place.b);
    c.w2 = place.b_ascends ? cv_setBits(place.c) : cv_setBits(place.c) + lane;
    c.w3 = cv_setBits(0);
    c = cv_philox(c, key);
    store_anywhere(out + i, gap_of(joined(c.w0, c.w1), logarithm));
    store_anywhere(out + n + i, gap_of(joined(c.w2, c.w3), logarithm));
  }
}

static cv_bits load_words(const uint32_t *words) {
  cv_bits all = cv_setBits(0);
  for (int lane = 0; lane < COPPICE_WIDTH; ++lane) all[lane] = words[lane];
  return all;
}

static void numbers(coppice_number_law law, uint64_t key, const uint32_t *a, const uint32_t *b,
                    const uint32_t *c, double *out, size_t n) {
  FOR_VECTORS {
    cv_words w;
    w.w0 = load_words(a + i);
    w.w1 = load_words(b + i);
    w.w2 = load_words(c + i);
    w.w3 = cv_setBits(0);
    w = cv_philox(w, key);
    const cv_bits bits = joined(w.w0, w.w1);
    if (law == COPPICE_UNIT) {
      store_anywhere(out + i, cv_realOfInteger(bits >> 11) * cv_set(0x1p-53));
    } else {
      const cv_real p = (cv_realOfInteger(bits >> 12) + cv_set(0.5)) * cv_set(0x1p-52);
      store_anywhere(out + i, cv_normalQuantile(p));
    }
  }
}

static double scalar_exp(double x) { return cv_exp(cv_set(x))[0]; }
static double scalar_log(double x) { return cv_log(cv_set(x))[0]; }
static double scalar_log1p(double x) { return cv_log1p(cv_set(x))[0]; }
static double scalar_normal_quantile(double p) { return cv_normalQuantile(cv_set(p))[0]; }

const coppice_operations COPPICE_PORTABLE_TABLE = {
    {COPPICE_PORTABLE_NAME, unary, binary, fused, compare, select_lanes, uniform, normal, poisson,
     logarithms, add_counted,
     {unary_single, binary_single, fused_single, compare_single, select_single, narrow, widen}},
    scalar_exp,
    scalar_log,
    scalar_log1p,
    scalar_normal_quantile,
    gaps,
    numbers,
};
