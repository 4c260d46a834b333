// The operations of coppice_portable.h over the vectors of coppice_single_math.h: the part of
// portable_operations.h that is in single precision.

#include "coppice_portable.h"
#include "coppice_single_math.h"

#define FOR_SINGLES for (size_t i = 0; i < n; i += COPPICE_LANES)
#define UNARY_SINGLE(constant, function)                        \
  case constant:                                                \
    FOR_SINGLES cs_store(out + i, function(cs_load(a + i)));    \
    break
#define BINARY_SINGLE(constant, expression)                     \
  case constant:                                                \
    FOR_SINGLES {                                               \
      const cs_real x = cs_load(a + i), y = cs_load(b + i);     \
      cs_store(out + i, expression);                            \
    }                                                           \
    break
#define COMPARE_SINGLE(constant, function)                                            \
  case constant:                                                                      \
    FOR_SINGLES cs_storeFlags(out + i, function(cs_load(a + i), cs_load(b + i)));     \
    break

static void unary_single(coppice_unary operation, float *out, const float *a, size_t n) {
  switch (operation) {
    UNARY_SINGLE(COPPICE_NEGATE, cs_negate);
    UNARY_SINGLE(COPPICE_ABSOLUTE, cs_absolute);
    UNARY_SINGLE(COPPICE_SIGN, cs_sign);
    UNARY_SINGLE(COPPICE_SQUARE_ROOT, cs_squareRoot);
    UNARY_SINGLE(COPPICE_FLOOR, cs_floor);
    UNARY_SINGLE(COPPICE_CEIL, cs_ceil);
    UNARY_SINGLE(COPPICE_TRUNCATE, cs_truncate);
    UNARY_SINGLE(COPPICE_EXP, cs_exp);
    UNARY_SINGLE(COPPICE_EXP2, cs_exp2);
    UNARY_SINGLE(COPPICE_EXP2_NUMERATOR, cs_exp2Numerator);
    UNARY_SINGLE(COPPICE_EXP2_DENOMINATOR, cs_exp2Denominator);
    UNARY_SINGLE(COPPICE_LOG, cs_log);
    UNARY_SINGLE(COPPICE_LOG10, cs_log10);
    UNARY_SINGLE(COPPICE_EXPM1, cs_expm1);
    UNARY_SINGLE(COPPICE_LOG1P, cs_log1p);
    UNARY_SINGLE(COPPICE_EXPREL, cs_exprel);
    UNARY_SINGLE(COPPICE_SIN, cs_sin);
    UNARY_SINGLE(COPPICE_COS, cs_cos);
    UNARY_SINGLE(COPPICE_TAN, cs_tan);
    UNARY_SINGLE(COPPICE_ARCSIN, cs_arcsin);
    UNARY_SINGLE(COPPICE_ARCCOS, cs_arccos);
    UNARY_SINGLE(COPPICE_ARCTAN, cs_arctan);
    UNARY_SINGLE(COPPICE_SINH, cs_sinh);
    UNARY_SINGLE(COPPICE_COSH, cs_cosh);
    UNARY_SINGLE(COPPICE_TANH, cs_tanh);
  }
}

static void binary_single(
    coppice_binary operation, float *out, const float *a, const float *b, size_t n) {
  switch (operation) {
    BINARY_SINGLE(COPPICE_ADD, x + y);
    BINARY_SINGLE(COPPICE_SUBTRACT, x - y);
    BINARY_SINGLE(COPPICE_MULTIPLY, x * y);
    BINARY_SINGLE(COPPICE_DIVIDE, x / y);
    BINARY_SINGLE(COPPICE_MINIMUM, cs_minimum(x, y));
    BINARY_SINGLE(COPPICE_MAXIMUM, cs_maximum(x, y));
    BINARY_SINGLE(COPPICE_POWER, cs_power(x, y));
  }
}

static void fused_single(
    float *out, const float *a, const float *b, const float *c, size_t n) {
  FOR_SINGLES cs_store(out + i, cs_fma(cs_load(a + i), cs_load(b + i), cs_load(c + i)));
}

static void compare_single(
    coppice_comparison comparison, uint8_t *out, const float *a, const float *b, size_t n) {
  switch (comparison) {
    COMPARE_SINGLE(COPPICE_LESS, cs_less);
    COMPARE_SINGLE(COPPICE_LESS_OR_EQUAL, cs_lessOrEqual);
    COMPARE_SINGLE(COPPICE_GREATER, cs_greater);
    COMPARE_SINGLE(COPPICE_GREATER_OR_EQUAL, cs_greaterOrEqual);
    COMPARE_SINGLE(COPPICE_EQUAL, cs_equal);
    COMPARE_SINGLE(COPPICE_NOT_EQUAL, cs_notEqual);
  }
}

static void select_single(
    float *out, const uint8_t *mask, const float *a, const float *b, size_t n) {
  FOR_SINGLES cs_store(
      out + i, cs_select(cs_loadFlags(mask + i), cs_load(a + i), cs_load(b + i)));
}

static void narrow(float *out, const double *a, size_t n) {
  FOR_SINGLES cs_store(out + i, cs_narrow(cw_load(a + i)));
}

static void widen(double *out, const float *a, size_t n) {
  FOR_SINGLES cw_store(out + i, cw_widen(cs_load(a + i)));
}
