// The mathematics of kernels in single precision: vectors of float, and of double beside them with
// as many lanes. Follows coppice_kernel_math.h, by whose rules it gives the same bits everywhere.
//
// `cs_` is over COPPICE_LANES floats and masks of as many lanes, one vector; `cw_` (wide) over as many
// doubles, which are two vectors of coppice_kernel_math.h.
//
// From double to float numbers are rounded to the nearest; back they are exact. Results below 2^-126
// become 0, by the flags that flush denormals of doubles. No float that comes in is a denormal:
// compilers know that a float goes through double unchanged, and flags do not tell them otherwise.
//
// exp and log are computed in single precision. Errors in units of the last place, as tested: exp and exp2 0.9,
// log 0.9; + - * / √ and fma 0.5. All other functions are those of doubles, rounded: 0.51.

#ifndef COPPICE_SINGLE_MATH_H
#define COPPICE_SINGLE_MATH_H

#ifndef COPPICE_KERNEL_MATH_H  // of a kernel the text stands before this one
#include "coppice_kernel_math.h"
#endif

// MARK: Lanes

#define COPPICE_LANES (2 * COPPICE_WIDTH)

#define CS_VECTOR(...) __attribute__((vector_size(COPPICE_LANES * 4), __VA_ARGS__))

typedef float cs_real CS_VECTOR();
typedef uint32_t cs_bits CS_VECTOR();
typedef int32_t cs_lanes CS_VECTOR();
typedef float cs_memoryReal CS_VECTOR(may_alias);

#if CV_MASK_REGISTER
typedef unsigned short cs_mask;
#else
typedef int32_t cs_mask CS_VECTOR();
#endif

typedef struct cw_real {
  cv_real low, high;
} cw_real;
typedef struct cw_bits {
  cv_bits low, high;
} cw_bits;
#define CW_1(result, function, a) ((result){function((a).low), function((a).high)})
#define CW_2(result, function, a, b) \
  ((result){function((a).low, (b).low), function((a).high, (b).high)})
#define CW_3(result, function, a, b, c) \
  ((result){function((a).low, (b).low, (c).low), function((a).high, (b).high, (c).high)})

CV_INLINE cs_real cs_set(float x) {
#if COPPICE_LANES == 16
  return (cs_real){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
#elif COPPICE_LANES == 8
  return (cs_real){x, x, x, x, x, x, x, x};
#else
  return (cs_real){x, x, x, x};
#endif
}
CV_INLINE cs_bits cs_setBits(uint32_t x) {
#if COPPICE_LANES == 16
  return (cs_bits){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
#elif COPPICE_LANES == 8
  return (cs_bits){x, x, x, x, x, x, x, x};
#else
  return (cs_bits){x, x, x, x};
#endif
}

/// From memory aligned to the vector.
CV_INLINE cs_real cs_load(const float *p) { return (cs_real) * (const cs_memoryReal *)p; }
CV_INLINE void cs_store(float *p, cs_real x) { *(cs_memoryReal *)p = (cs_memoryReal)x; }

// MARK: Masks: one truth per lane, the same for floats and doubles

#if CV_MASK_REGISTER

CV_INLINE cs_mask cs_true(void) { return 0xffff; }
CV_INLINE cs_mask cs_false(void) { return 0; }
CV_INLINE cs_mask cs_and(cs_mask a, cs_mask b) { return a & b; }
CV_INLINE cs_mask cs_or(cs_mask a, cs_mask b) { return a | b; }
CV_INLINE cs_mask cs_not(cs_mask a) { return (cs_mask)~a; }
CV_INLINE cs_mask cs_andNot(cs_mask a, cs_mask b) { return (cs_mask)(a & ~b); }
CV_INLINE uint32_t cs_maskBits(cs_mask m) { return m; }
CV_INLINE cs_mask cs_maskOf(uint32_t bits) { return (cs_mask)bits; }
CV_INLINE cs_real cs_select(cs_mask m, cs_real a, cs_real b) {
  return __builtin_ia32_blendmps_512_mask(b, a, m);
}
/// Of the masks of the lower and the upper lanes.
CV_INLINE cs_mask cs_ofWide(cv_mask low, cv_mask high) {
  return (cs_mask)__builtin_ia32_kunpckhi(high, low);
}
CV_INLINE cv_mask cw_maskOfLow(cs_mask m) { return (cv_mask)m; }
CV_INLINE cv_mask cw_maskOfHigh(cs_mask m) { return (cv_mask)(m >> 8); }

#else

CV_INLINE cs_mask cs_true(void) { return (cs_mask)cs_setBits(~(uint32_t)0); }
CV_INLINE cs_mask cs_false(void) { return (cs_mask)cs_setBits(0); }
CV_INLINE cs_mask cs_and(cs_mask a, cs_mask b) { return a & b; }
CV_INLINE cs_mask cs_or(cs_mask a, cs_mask b) { return a | b; }
CV_INLINE cs_mask cs_not(cs_mask a) { return ~a; }
CV_INLINE cs_mask cs_andNot(cs_mask a, cs_mask b) { return a & ~b; }
/// One bit per lane, lane 0 lowest.
CV_INLINE uint32_t cs_maskBits(cs_mask m) {
#if COPPICE_LANES == 8 && (defined(COPPICE_ISA_AVX2) || defined(COPPICE_ISA_AVX512))
  return (uint32_t)__builtin_ia32_movmskps256((cs_real)m);
#elif defined(__SSE2__) && COPPICE_LANES == 4
  return (uint32_t)__builtin_ia32_movmskps((cs_real)m);
#else
  uint32_t bits = 0;
  for (int l = 0; l < COPPICE_LANES; ++l) bits |= (uint32_t)(m[l] & 1) << l;
  return bits;
#endif
}
CV_INLINE cs_mask cs_maskOf(uint32_t bits) {
#if COPPICE_LANES == 8
  const cs_bits lane = {1, 2, 4, 8, 16, 32, 64, 128};
#elif COPPICE_LANES == 16
  const cs_bits lane = {1,   2,   4,    8,    16,   32,   64,    128,
                        256, 512, 1024, 2048, 4096, 8192, 16384, 32768};
#else
  const cs_bits lane = {1, 2, 4, 8};
#endif
  return (cs_mask)((cs_setBits(bits) & lane) == lane);
}
CV_INLINE cs_real cs_select(cs_mask m, cs_real a, cs_real b) {
#if CV_GCC && defined(COPPICE_ISA_AVX2)
  return __builtin_ia32_blendvps256(b, a, (cs_real)m);
#else
  return (cs_real)(((cs_lanes)a & m) | ((cs_lanes)b & ~m));
#endif
}

#if CV_GCC
#define CS_SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (cs_lanes){__VA_ARGS__})
#else
#define CS_SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#endif
/// Of the masks of the lower and the upper lanes: half of each truth's bits are enough.
CV_INLINE cs_mask cs_ofWide(cv_mask low, cv_mask high) {
#if COPPICE_LANES == 16
  return (cs_mask)CS_SHUFFLE(
      (cs_lanes)low, (cs_lanes)high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
#elif COPPICE_LANES == 8
  return (cs_mask)CS_SHUFFLE((cs_lanes)low, (cs_lanes)high, 0, 2, 4, 6, 8, 10, 12, 14);
#else
  return (cs_mask)CS_SHUFFLE((cs_lanes)low, (cs_lanes)high, 0, 2, 4, 6);
#endif
}
CV_INLINE cv_mask cw_maskOfLow(cs_mask m) {
#if COPPICE_LANES == 16
  return (cv_mask)CS_SHUFFLE(
      (cs_lanes)m, (cs_lanes)m, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
#elif COPPICE_LANES == 8
  return (cv_mask)CS_SHUFFLE((cs_lanes)m, (cs_lanes)m, 0, 0, 1, 1, 2, 2, 3, 3);
#else
  return (cv_mask)CS_SHUFFLE((cs_lanes)m, (cs_lanes)m, 0, 0, 1, 1);
#endif
}
CV_INLINE cv_mask cw_maskOfHigh(cs_mask m) {
#if COPPICE_LANES == 16
  return (cv_mask)CS_SHUFFLE(
      (cs_lanes)m, (cs_lanes)m, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15);
#elif COPPICE_LANES == 8
  return (cv_mask)CS_SHUFFLE((cs_lanes)m, (cs_lanes)m, 4, 4, 5, 5, 6, 6, 7, 7);
#else
  return (cv_mask)CS_SHUFFLE((cs_lanes)m, (cs_lanes)m, 2, 2, 3, 3);
#endif
}

#endif

CV_INLINE int cs_any(cs_mask m) { return cs_maskBits(m) != 0; }
/// m ? 0 : x
CV_INLINE cs_real cs_clear(cs_mask m, cs_real x) { return cs_select(m, cs_set(0), x); }

/// Up to eight bytes 0 or 1 as as many bits.
CV_INLINE uint32_t cs_loadFlagBits(const uint8_t *p, int count) {
  uint64_t bytes = 0;
  __builtin_memcpy(&bytes, p, (unsigned long)count);
  // Byte i moves to bit 56 + i; no two products meet.
  return (uint32_t)((bytes * 0x0102040810204080u) >> 56);
}
/// Up to eight of the lowest bits as as many bytes.
CV_INLINE void cs_storeFlagBits(uint8_t *p, uint32_t bits, int count) {
  const uint64_t bit = ((bits & 0xff) * 0x0101010101010101u) & 0x8040201008040201u;
  const uint64_t bytes = ((bit + 0x00406070787c7e7fu) >> 7) & 0x0101010101010101u;
  __builtin_memcpy(p, &bytes, (unsigned long)count);
}
/// Bytes 0 or 1, one per lane.
CV_INLINE cs_mask cs_loadFlags(const uint8_t *p) {
#if COPPICE_LANES == 16
  return cs_maskOf(cs_loadFlagBits(p, 8) | cs_loadFlagBits(p + 8, 8) << 8);
#else
  return cs_maskOf(cs_loadFlagBits(p, COPPICE_LANES));
#endif
}
CV_INLINE void cs_storeFlags(uint8_t *p, cs_mask m) {
#if COPPICE_LANES == 16
  cs_storeFlagBits(p, cs_maskBits(m), 8);
  cs_storeFlagBits(p + 8, cs_maskBits(m) >> 8, 8);
#else
  cs_storeFlagBits(p, cs_maskBits(m), COPPICE_LANES);
#endif
}

// MARK: Doubles beside floats

CV_INLINE cw_real cw_set(double x) { return (cw_real){cv_set(x), cv_set(x)}; }

CV_INLINE cw_real cw_load(const double *p) {
  return (cw_real){cv_load(p), cv_load(p + COPPICE_WIDTH)};
}
CV_INLINE cw_real cw_loadu(const double *p) {
  return (cw_real){cv_loadu(p), cv_loadu(p + COPPICE_WIDTH)};
}
CV_INLINE void cw_store(double *p, cw_real x) {
  cv_store(p, x.low);
  cv_store(p + COPPICE_WIDTH, x.high);
}
CV_INLINE cw_bits cw_loadBits(const uint64_t *p) {
  return (cw_bits){cv_loadBits(p), cv_loadBits(p + COPPICE_WIDTH)};
}
CV_INLINE void cw_storeBits(uint64_t *p, cw_bits x) {
  cv_storeBits(p, x.low);
  cv_storeBits(p + COPPICE_WIDTH, x.high);
}

CV_INLINE cv_real cv_add(cv_real a, cv_real b) { return a + b; }
CV_INLINE cv_real cv_subtract(cv_real a, cv_real b) { return a - b; }
CV_INLINE cv_real cv_multiply(cv_real a, cv_real b) { return a * b; }
CV_INLINE cv_real cv_divide(cv_real a, cv_real b) { return a / b; }

#define CW_UNARY(name) \
  CV_INLINE cw_real cw_##name(cw_real x) { return CW_1(cw_real, cv_##name, x); }
#define CW_BINARY(name) \
  CV_INLINE cw_real cw_##name(cw_real x, cw_real y) { return CW_2(cw_real, cv_##name, x, y); }
#define CW_COMPARISON(name)                                             \
  CV_INLINE cs_mask cw_##name(cw_real x, cw_real y) {                   \
    return cs_ofWide(cv_##name(x.low, y.low), cv_##name(x.high, y.high)); \
  }

CW_UNARY(negate)
CW_UNARY(absolute)
CW_UNARY(sign)
CW_UNARY(squareRoot)
CW_UNARY(floor)
CW_UNARY(ceil)
CW_UNARY(truncate)
CW_UNARY(exp)
CW_UNARY(exp2)
CW_UNARY(exp2Numerator)
CW_UNARY(exp2Denominator)
CW_UNARY(log)
CW_UNARY(log10)
CW_UNARY(expm1)
CW_UNARY(log1p)
CW_UNARY(exprel)
CW_UNARY(sin)
CW_UNARY(cos)
CW_UNARY(tan)
CW_UNARY(arcsin)
CW_UNARY(arccos)
CW_UNARY(arctan)
CW_UNARY(sinh)
CW_UNARY(cosh)
CW_UNARY(tanh)
CW_BINARY(add)
CW_BINARY(subtract)
CW_BINARY(multiply)
CW_BINARY(divide)
CW_BINARY(minimum)
CW_BINARY(maximum)
CW_BINARY(power)
CW_COMPARISON(less)
CW_COMPARISON(lessOrEqual)
CW_COMPARISON(greater)
CW_COMPARISON(greaterOrEqual)
CW_COMPARISON(equal)
CW_COMPARISON(notEqual)

CV_INLINE cw_real cw_fma(cw_real a, cw_real b, cw_real c) {
  return CW_3(cw_real, cv_fma, a, b, c);
}

CV_INLINE cw_real cw_select(cs_mask m, cw_real a, cw_real b) {
  return (cw_real){cv_select(cw_maskOfLow(m), a.low, b.low),
                   cv_select(cw_maskOfHigh(m), a.high, b.high)};
}
/// False where x is -0.0, to the bit.
CV_INLINE cs_mask cw_isNotMinusZero(cw_real x) {
  return cs_ofWide(cv_isNotMinusZero(x.low), cv_isNotMinusZero(x.high));
}
CV_INLINE cs_mask cw_bitsTest(cw_bits bits, uint64_t bit) {
  return cs_ofWide(cv_bitsTest(bits.low, bit), cv_bitsTest(bits.high, bit));
}
CV_INLINE cw_bits cw_bitsSet(cw_bits bits, cs_mask m, uint64_t bit) {
  return (cw_bits){cv_bitsSet(bits.low, cw_maskOfLow(m), bit),
                   cv_bitsSet(bits.high, cw_maskOfHigh(m), bit)};
}
CV_INLINE cw_bits cw_bitsClear(cw_bits bits, cs_mask m, uint64_t bit) {
  return (cw_bits){cv_bitsClear(bits.low, cw_maskOfLow(m), bit),
                   cv_bitsClear(bits.high, cw_maskOfHigh(m), bit)};
}
CV_INLINE uint64_t cw_bitsOr(cw_bits bits) { return cv_bitsOr(bits.low | bits.high); }
CV_INLINE cw_real cw_uniform(uint64_t key, uint64_t i, uint64_t step, uint32_t ordinal) {
  return (cw_real){cv_uniform(key, i, step, ordinal),
                   cv_uniform(key, i + COPPICE_WIDTH, step, ordinal)};
}
CV_INLINE cw_real cw_normal(uint64_t key, uint64_t i, uint64_t step, uint32_t ordinal) {
  return (cw_real){cv_normal(key, i, step, ordinal),
                   cv_normal(key, i + COPPICE_WIDTH, step, ordinal)};
}
CV_INLINE cw_real cw_poisson(
    uint64_t key, uint64_t i, uint64_t step, uint32_t ordinal, cw_real lambda) {
  return (cw_real){cv_poisson(key, i, step, ordinal, lambda.low),
                   cv_poisson(key, i + COPPICE_WIDTH, step, ordinal, lambda.high)};
}

// MARK: Between the two

/// Each number rounded to the nearest float.
CV_INLINE cs_real cs_narrow(cw_real x) {
#if CV_GCC && defined(COPPICE_ISA_AVX512)
  typedef float half __attribute__((vector_size(32)));
  const half zero = {0};
  const half low = __builtin_ia32_cvtpd2ps512_mask(x.low, zero, (unsigned char)-1, 4);
  const half high = __builtin_ia32_cvtpd2ps512_mask(x.high, zero, (unsigned char)-1, 4);
  const cs_real whole = __builtin_ia32_ps512_256ps(low);
  return __builtin_ia32_insertf32x8_mask(whole, high, 1, whole, (unsigned short)-1);
#elif CV_GCC && defined(COPPICE_ISA_AVX2)
  typedef float half __attribute__((vector_size(16)));
  const half low = __builtin_ia32_cvtpd2ps256(x.low), high = __builtin_ia32_cvtpd2ps256(x.high);
  const cs_real whole = {low[0], low[1], low[2], low[3]};
  return __builtin_ia32_vinsertf128_ps256(whole, high, 1);
#elif CV_GCC && defined(__SSE2__) && COPPICE_LANES == 4
  return __builtin_ia32_movlhps(
      __builtin_ia32_cvtpd2ps(x.low), __builtin_ia32_cvtpd2ps(x.high));
#elif !CV_GCC
  typedef float half __attribute__((vector_size(COPPICE_LANES * 2)));
  const half low = __builtin_convertvector(x.low, half);
  const half high = __builtin_convertvector(x.high, half);
#if COPPICE_LANES == 16
  return __builtin_shufflevector(
      low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#elif COPPICE_LANES == 8
  return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
#else
  return __builtin_shufflevector(low, high, 0, 1, 2, 3);
#endif
#else
  cs_real y = cs_set(0);
  for (int l = 0; l < COPPICE_WIDTH; ++l) {
    y[l] = (float)x.low[l];
    y[COPPICE_WIDTH + l] = (float)x.high[l];
  }
  return y;
#endif
}

/// The same numbers as doubles.
CV_INLINE cw_real cw_widen(cs_real x) {
#if CV_GCC && defined(COPPICE_ISA_AVX512)
  typedef float half __attribute__((vector_size(32)));
  const half zero = {0};
  const half low = __builtin_ia32_extractf32x8_mask(x, 0, zero, (unsigned char)-1);
  const half high = __builtin_ia32_extractf32x8_mask(x, 1, zero, (unsigned char)-1);
  return (cw_real){__builtin_ia32_cvtps2pd512_mask(low, cv_set(0), (unsigned char)-1, 4),
                   __builtin_ia32_cvtps2pd512_mask(high, cv_set(0), (unsigned char)-1, 4)};
#elif CV_GCC && defined(COPPICE_ISA_AVX2)
  return (cw_real){__builtin_ia32_cvtps2pd256(__builtin_ia32_vextractf128_ps256(x, 0)),
                   __builtin_ia32_cvtps2pd256(__builtin_ia32_vextractf128_ps256(x, 1))};
#elif CV_GCC && defined(__SSE2__) && COPPICE_LANES == 4
  return (cw_real){__builtin_ia32_cvtps2pd(x),
                   __builtin_ia32_cvtps2pd(__builtin_ia32_movhlps(x, x))};
#elif !CV_GCC
  typedef float half __attribute__((vector_size(COPPICE_LANES * 2)));
#if COPPICE_LANES == 16
  const half low = __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7);
  const half high = __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15);
#elif COPPICE_LANES == 8
  const half low = __builtin_shufflevector(x, x, 0, 1, 2, 3);
  const half high = __builtin_shufflevector(x, x, 4, 5, 6, 7);
#else
  const half low = __builtin_shufflevector(x, x, 0, 1);
  const half high = __builtin_shufflevector(x, x, 2, 3);
#endif
  return (cw_real){__builtin_convertvector(low, cv_real), __builtin_convertvector(high, cv_real)};
#else
  cw_real y = cw_set(0);
  for (int l = 0; l < COPPICE_WIDTH; ++l) {
    y.low[l] = (double)x[l];
    y.high[l] = (double)x[COPPICE_WIDTH + l];
  }
  return y;
#endif
}

// MARK: Floats: + - * / and unary minus are the compiler's own

/// a × b + c with one rounding.
CV_INLINE cs_real cs_fma(cs_real a, cs_real b, cs_real c) {
#if CV_GCC && defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_vfmaddps512_mask(a, b, c, (unsigned short)-1, 4);
#elif CV_GCC && defined(COPPICE_ISA_AVX2)
  return __builtin_ia32_vfmaddps256(a, b, c);
#elif !CV_GCC && CV_HAS(__builtin_elementwise_fma)
  return __builtin_elementwise_fma(a, b, c);
#else
  cs_real r = a;
  for (int l = 0; l < COPPICE_LANES; ++l) r[l] = __builtin_fmaf(a[l], b[l], c[l]);
  return r;
#endif
}

CV_INLINE cs_real cs_negate(cs_real x) { return (cs_real)((cs_bits)x ^ cs_setBits(0x80000000u)); }
CV_INLINE cs_real cs_absolute(cs_real x) { return (cs_real)((cs_bits)x & cs_setBits(0x7fffffffu)); }
/// |x| with the sign bit of s.
CV_INLINE cs_real cs_copySign(cs_real x, cs_real s) {
  cs_bits sign = (cs_bits)s & cs_setBits(0x80000000u);
#if defined(__clang__) && defined(COPPICE_ISA_AVX512)
  // As in cv_copySign.
  __asm__("" : "+v"(sign));
#endif
  return (cs_real)(((cs_bits)x & cs_setBits(0x7fffffffu)) | sign);
}

CV_INLINE cs_real cs_squareRoot(cs_real x) {
#if CV_GCC && defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_sqrtps512_mask(x, x, (unsigned short)-1, 4);
#elif CV_GCC && defined(COPPICE_ISA_AVX2)
  return __builtin_ia32_sqrtps256(x);
#elif CV_GCC && defined(__SSE2__) && COPPICE_LANES == 4
  return __builtin_ia32_sqrtps(x);
#elif !CV_GCC && CV_HAS(__builtin_elementwise_sqrt)
  return __builtin_elementwise_sqrt(x);
#else
  cs_real r = x;
  for (int l = 0; l < COPPICE_LANES; ++l) r[l] = __builtin_sqrtf(x[l]);
  return r;
#endif
}

#if CV_MASK_REGISTER
#define CS_COMPARISON(name, operator, predicate)                                \
  CV_INLINE cs_mask name(cs_real a, cs_real b) {                                \
    return (cs_mask)__builtin_ia32_cmpps512_mask(a, b, predicate, (unsigned short)-1, 4); \
  }
#else
#define CS_COMPARISON(name, operator, predicate) \
  CV_INLINE cs_mask name(cs_real a, cs_real b) { return (cs_mask)(a operator b); }
#endif

CS_COMPARISON(cs_less, <, 17)
CS_COMPARISON(cs_lessOrEqual, <=, 18)
CS_COMPARISON(cs_greater, >, 30)
CS_COMPARISON(cs_greaterOrEqual, >=, 29)
CS_COMPARISON(cs_equal, ==, 0)
CS_COMPARISON(cs_notEqual, !=, 4)

/// x < y ? x : y
CV_INLINE cs_real cs_minimum(cs_real x, cs_real y) {
#if CV_GCC && defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_minps512_mask(x, y, x, (unsigned short)-1, 4);
#elif defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_minps512(x, y, 4);
#elif defined(COPPICE_ISA_AVX2)
  return __builtin_ia32_minps256(x, y);
#elif defined(__SSE2__) && COPPICE_LANES == 4
  return __builtin_ia32_minps(x, y);
#else
  return cs_select(cs_less(x, y), x, y);
#endif
}

/// x > y ? x : y
CV_INLINE cs_real cs_maximum(cs_real x, cs_real y) {
#if CV_GCC && defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_maxps512_mask(x, y, x, (unsigned short)-1, 4);
#elif defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_maxps512(x, y, 4);
#elif defined(COPPICE_ISA_AVX2)
  return __builtin_ia32_maxps256(x, y);
#elif defined(__SSE2__) && COPPICE_LANES == 4
  return __builtin_ia32_maxps(x, y);
#else
  return cs_select(cs_greater(x, y), x, y);
#endif
}

/// -1, 0 or 1; NaN of NaN.
CV_INLINE cs_real cs_sign(cs_real x) {
  const cs_real zero = cs_set(0);
  const cs_real other = cs_clear(cs_equal(x, zero), x);
  return cs_select(cs_greater(x, zero), cs_set(1),
                   cs_select(cs_less(x, zero), cs_set(-1), other));
}

// Rounding to integers. 2^23 added and taken away leaves the nearest integer.
#if !defined(COPPICE_ISA_AVX512) && !defined(COPPICE_ISA_AVX2)
CV_INLINE cs_real cs_nearest(cs_real x) {
  const cs_real big = cs_set(0x1p23f);
  const cs_real a = cs_absolute(x);
  return cs_select(cs_less(a, big), cs_copySign((a + big) - big, x), x);
}
#endif

CV_INLINE cs_real cs_floor(cs_real x) {
#if CV_GCC && defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_rndscaleps_mask(x, 9, x, (unsigned short)-1, 4);
#elif CV_GCC && defined(COPPICE_ISA_AVX2)
  return __builtin_ia32_roundps256(x, 9);
#elif defined(COPPICE_ISA_AVX512) || defined(COPPICE_ISA_AVX2)
  return __builtin_elementwise_floor(x);
#else
  const cs_real n = cs_nearest(x);
  return cs_copySign(cs_select(cs_greater(n, x), n - cs_set(1), n), x);
#endif
}

CV_INLINE cs_real cs_ceil(cs_real x) {
#if CV_GCC && defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_rndscaleps_mask(x, 10, x, (unsigned short)-1, 4);
#elif CV_GCC && defined(COPPICE_ISA_AVX2)
  return __builtin_ia32_roundps256(x, 10);
#elif defined(COPPICE_ISA_AVX512) || defined(COPPICE_ISA_AVX2)
  return __builtin_elementwise_ceil(x);
#else
  const cs_real n = cs_nearest(x);
  return cs_copySign(cs_select(cs_less(n, x), n + cs_set(1), n), x);
#endif
}

CV_INLINE cs_real cs_truncate(cs_real x) {
#if CV_GCC && defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_rndscaleps_mask(x, 11, x, (unsigned short)-1, 4);
#elif CV_GCC && defined(COPPICE_ISA_AVX2)
  return __builtin_ia32_roundps256(x, 11);
#elif defined(COPPICE_ISA_AVX512) || defined(COPPICE_ISA_AVX2)
  return __builtin_elementwise_trunc(x);
#else
  const cs_real a = cs_absolute(x), n = cs_nearest(a);
  return cs_copySign(cs_select(cs_greater(n, a), n - cs_set(1), n), x);
#endif
}

// MARK: Exponentials and logarithms

#define CS_SHIFTER 0x1.8p23f
#define CS_LN2_HIGH 0x1.62e3p-1f
#define CS_LN2_LOW 0x1.2fefa2p-17f
#define CS_INFINITY __builtin_inff()

/// e^x; inf above 88.7228, 0 below -87.3365 (2^-126).
CV_INLINE cs_real cs_exp(cs_real x) {
  const cs_real shifted = cs_fma(x, cs_set(0x1.715476p+0f), cs_set(CS_SHIFTER));
  const cs_real k = shifted - cs_set(CS_SHIFTER);
  cs_real r = cs_fma(k, cs_set(-CS_LN2_HIGH), x);
  r = cs_fma(k, cs_set(-CS_LN2_LOW), r);
  // (e^r - 1 - r) / r², |r| <= ln 2 / 2 (minimax to 2^-28 of e^r)
  cs_real p = cs_set(0x1.6a2438p-10f);
  p = cs_fma(p, r, cs_set(0x1.1239e2p-7f));
  p = cs_fma(p, r, cs_set(0x1.5558f2p-5f));
  p = cs_fma(p, r, cs_set(0x1.555492p-3f));
  p = cs_fma(p, r, cs_set(0x1.fffffcp-2f));
  p = cs_fma(r, cs_fma(r, p, cs_set(1)), cs_set(1));
  // times 2^k, in the exponent field
  const cs_real scaled = (cs_real)((cs_bits)p + ((cs_bits)shifted << 23));
  const cs_real bounded = cs_select(
      cs_lessOrEqual(x, cs_set(0x1.62e42ep+6f)), scaled, x + cs_set(CS_INFINITY));
  return cs_clear(cs_less(x, cs_set(-0x1.5d589ep+6f)), bounded);
}

/// 2^x; inf from 128 on, 0 below -126.
CV_INLINE cs_real cs_exp2(cs_real x) {
#if defined(COPPICE_ISA_AVX512)
  // As in cv_exp2.
#if CV_GCC
  const cs_real r = __builtin_ia32_reduceps512_mask(x, 8, x, (unsigned short)-1);
#else
  const cs_real r = __builtin_ia32_reduceps512_mask(x, 8, x, (unsigned short)-1, 4);
#endif
  const cs_real k = x - r;
#else
  const cs_real shifted = x + cs_set(CS_SHIFTER);
  const cs_real r = x - (shifted - cs_set(CS_SHIFTER));
#endif
  // The polynomial of cs_exp, with powers of ln 2 in its coefficients.
  cs_real p = cs_set(0x1.414ec0p-13f);
  p = cs_fma(p, r, cs_set(0x1.5f03ecp-10f));
  p = cs_fma(p, r, cs_set(0x1.3b2e0cp-7f));
  p = cs_fma(p, r, cs_set(0x1.c6af8ap-5f));
  p = cs_fma(p, r, cs_set(0x1.ebfbdcp-3f));
  p = cs_fma(r, cs_fma(r, p, cs_set(0x1.62e43p-1f)), cs_set(1));
#if defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_scalefps512_mask(p, k, p, (unsigned short)-1, 4);
#else
  const cs_real scaled = (cs_real)((cs_bits)p + ((cs_bits)shifted << 23));
  const cs_real bounded = cs_select(cs_less(x, cs_set(128)), scaled, x + cs_set(CS_INFINITY));
  return cs_clear(cs_less(x, cs_set(-126)), bounded);
#endif
}

/// Natural logarithm; -inf of 0, NaN below.
CV_INLINE cs_real cs_log(cs_real x) {
  // x = 2^k (1 + f), 1 + f in [√½, √2)
  const cs_bits biased = (cs_bits)x + cs_setBits(0x3f800000u - 0x3f3504f3u);
  const cs_bits exponent = (biased >> 23) | cs_setBits(0x4b000000u);
  const cs_bits m = (biased & cs_setBits(0x007fffffu)) + cs_setBits(0x3f3504f3u);
  const cs_real k = (cs_real)exponent - cs_set(0x1p23f + 127);
  const cs_real f = (cs_real)m - cs_set(1);
  // As in cv_log; the polynomial is fdlibm's.
  const cs_real s = f / (cs_set(2) + f);
  const cs_real z = s * s, h = cs_set(0.5f) * f * f;
  cs_real p = cs_set(0x1.f13c4cp-3f);
  p = cs_fma(p, z, cs_set(0x1.23d3dcp-2f));
  p = cs_fma(p, z, cs_set(0x1.999c26p-2f));
  p = cs_fma(p, z, cs_set(0x1.555554p-1f));
  const cs_real tail = cs_fma(s, cs_fma(z, p, h), k * cs_set(CS_LN2_LOW));
  const cs_real y = cs_fma(k, cs_set(CS_LN2_HIGH), f - (h - tail));
  const cs_real low =
      cs_select(cs_less(x, cs_set(0)), cs_set(__builtin_nanf("")), cs_set(-CS_INFINITY));
  const cs_real finite = cs_select(cs_lessOrEqual(x, cs_set(0x1.fffffep+127f)), y, x);
  return cs_select(cs_less(x, cs_set(0x1p-126f)), low, finite);
}

// MARK: The functions of doubles, rounded

#define CS_ROUNDED(name) \
  CV_FUNCTION cs_real cs_##name(cs_real x) { return cs_narrow(cw_##name(cw_widen(x))); }

CS_ROUNDED(log10)
CS_ROUNDED(expm1)
CS_ROUNDED(log1p)
CS_ROUNDED(exprel)
CS_ROUNDED(sin)
CS_ROUNDED(cos)
CS_ROUNDED(tan)
CS_ROUNDED(arcsin)
CS_ROUNDED(arccos)
CS_ROUNDED(arctan)
CS_ROUNDED(sinh)
CS_ROUNDED(cosh)
CS_ROUNDED(tanh)
CS_ROUNDED(exp2Numerator)
CS_ROUNDED(exp2Denominator)

CV_FUNCTION cs_real cs_power(cs_real x, cs_real y) {
  return cs_narrow(cw_power(cw_widen(x), cw_widen(y)));
}

#endif
