// The operations of a kernel's program as functions over arrays: what the portable interpreter
// is made of. Compiled from coppice_kernel_math.h once per kind of processor; all give the same
// bits (but for the sign and payload of a NaN), and the same as a compiled kernel.
//
// Every n is a multiple of 8, and of 16 where numbers are floats; every array of double is aligned to
// 64 bytes, and `out` may be one of the inputs. The calling thread flushes denormals (coppice_processor.h).

#ifndef COPPICE_PORTABLE_H
#define COPPICE_PORTABLE_H

#include <stddef.h>
#include <stdint.h>

#include "coppice_arrivals.h"

/// In the order of `UnaryOperation` of the Swift target Kernels.
typedef enum {
  COPPICE_NEGATE,
  COPPICE_ABSOLUTE,
  COPPICE_SIGN,
  COPPICE_SQUARE_ROOT,
  COPPICE_FLOOR,
  COPPICE_CEIL,
  COPPICE_TRUNCATE,
  COPPICE_EXP,
  COPPICE_EXP2,
  COPPICE_EXP2_NUMERATOR,
  COPPICE_EXP2_DENOMINATOR,
  COPPICE_LOG,
  COPPICE_LOG10,
  COPPICE_EXPM1,
  COPPICE_LOG1P,
  COPPICE_EXPREL,
  COPPICE_SIN,
  COPPICE_COS,
  COPPICE_TAN,
  COPPICE_ARCSIN,
  COPPICE_ARCCOS,
  COPPICE_ARCTAN,
  COPPICE_SINH,
  COPPICE_COSH,
  COPPICE_TANH
} coppice_unary;

/// In the order of `BinaryOperation`.
typedef enum {
  COPPICE_ADD,
  COPPICE_SUBTRACT,
  COPPICE_MULTIPLY,
  COPPICE_DIVIDE,
  COPPICE_MINIMUM,
  COPPICE_MAXIMUM,
  COPPICE_POWER
} coppice_binary;

/// In the order of `Comparison`.
typedef enum {
  COPPICE_LESS,
  COPPICE_LESS_OR_EQUAL,
  COPPICE_GREATER,
  COPPICE_GREATER_OR_EQUAL,
  COPPICE_EQUAL,
  COPPICE_NOT_EQUAL
} coppice_comparison;

/// Operations over arrays of float; every array is aligned to 32 bytes.
typedef struct coppice_portable_single {
  void (*unary)(coppice_unary operation, float *out, const float *a, size_t n);
  void (*binary)(coppice_binary operation, float *out, const float *a, const float *b, size_t n);
  void (*fma)(float *out, const float *a, const float *b, const float *c, size_t n);
  void (*compare)(
      coppice_comparison comparison, uint8_t *out, const float *a, const float *b, size_t n);
  void (*select)(float *out, const uint8_t *mask, const float *a, const float *b, size_t n);
  /// Each number rounded to the nearest float; `out` is not `a`.
  void (*narrow)(float *out, const double *a, size_t n);
  /// The same numbers as doubles; `out` is not `a`.
  void (*widen)(double *out, const float *a, size_t n);
} coppice_portable_single;

/// The operations for one kind of processor.
typedef struct coppice_portable {
  const char *name;  ///< "baseline", "avx2" or "avx512"
  void (*unary)(coppice_unary operation, double *out, const double *a, size_t n);
  void (*binary)(
      coppice_binary operation, double *out, const double *a, const double *b, size_t n);
  /// a × b + c with one rounding
  void (*fma)(double *out, const double *a, const double *b, const double *c, size_t n);
  /// Booleans are bytes, 0 or 1.
  void (*compare)(
      coppice_comparison comparison, uint8_t *out, const double *a, const double *b, size_t n);
  /// mask ? a : b
  void (*select)(double *out, const uint8_t *mask, const double *a, const double *b, size_t n);
  /// In [0, 1), for the neurons first_neuron, first_neuron + 1 ...
  void (*uniform)(double *out, uint64_t key, uint64_t first_neuron, uint64_t step,
                  uint32_t ordinal, size_t n);
  /// Standard normal
  void (*normal)(double *out, uint64_t key, uint64_t first_neuron, uint64_t step,
                 uint32_t ordinal, size_t n);
  /// Whole numbers of mean lambda[i]; NaN where that is negative or NaN.
  void (*poisson)(double *out, uint64_t key, uint64_t first_neuron, uint64_t step,
                  uint32_t ordinal, const double *lambda, size_t n);
  /// Logarithms of uniforms in (0, 1], of words 0 and 1 of the counters (unit, 0, low half of
  /// the draw, high half of it).
  void (*logarithms)(
      double *out, uint64_t key, const uint32_t *units, const uint64_t *draws, size_t n);
  /// coppice_add_counted, but for the entries of `full`.
  void (*add_counted)(
      const coppice_tile *tile, uint32_t place, uint32_t step_sums, uint32_t steps,
      const coppice_counted_arrivals *counted, double amount, int clears);
  coppice_portable_single single;
} coppice_portable;

/// The best for this processor; the environment variable COPPICE_PORTABLE may name another one
/// that it can run.
const coppice_portable *coppice_portable_best(void);

/// The operations of that name, or NULL if there are none or this processor cannot run them.
const coppice_portable *coppice_portable_named(const char *name);

#endif
