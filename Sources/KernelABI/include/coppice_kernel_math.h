// The mathematics of Coppice, over a vector of lanes. A generated kernel begins with this text,
// and the portable interpreter is compiled from it: so both give the same bits, on every vector
// width and with every compiler.
//
// How that is kept:
// - only IEEE operations, which round correctly, and fma where the text says so; nothing of libm
//   but `fma` itself (exact by definition) where the processor has none;
// - contraction is off: here for clang, by -ffp-contract=off on the command line of gcc;
// - each lane is computed alone; special cases are selected, or branched on in ways that
//   leave the bits of no lane changed.
// What may differ is the sign and payload of a NaN.
//
// Callers have set flush-to-zero and denormals-are-zero: results below 2^-1022 become 0, and
// operands below it count as 0.
//
// No header of intrinsics is included: immintrin.h alone takes gcc three times as long as a kernel.
//
// Polynomials without another source are minimax, by Remez exchange in arithmetic of 300 bits.
// Errors in units of the last place, as tested: exp 0.92, exp2 0.96 (as a quotient at most 1.9 × 2^-53
// of it), log 0.82, sin and cos 0.85, tan 0.95, arcs 0.65, expm1, exprel and tanh 1.1, sinh and cosh 0.95,
// power 0.9; + - * / √ and fma 0.5.

#ifndef COPPICE_KERNEL_MATH_H
#define COPPICE_KERNEL_MATH_H

#include <stdint.h>

// COPPICE_ISA_GENERIC, _AVX2 or _AVX512 choose the instructions; by default the compiler's target.
#if !defined(COPPICE_ISA_GENERIC) && !defined(COPPICE_ISA_AVX2) && !defined(COPPICE_ISA_AVX512)
#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__) && defined(__AVX512BW__)
#define COPPICE_ISA_AVX512 1
#elif defined(__AVX2__) && defined(__FMA__)
#define COPPICE_ISA_AVX2 1
#else
#define COPPICE_ISA_GENERIC 1
#endif
#endif

// Lanes of a vector. AVX-512 has 8 and AVX2 4; the generic form takes 2, 4 or 8.
#ifndef COPPICE_WIDTH
#if defined(COPPICE_ISA_AVX512)
#define COPPICE_WIDTH 8
#elif defined(COPPICE_ISA_AVX2)
#define COPPICE_WIDTH 4
#else
#define COPPICE_WIDTH 2
#endif
#endif

#if defined(COPPICE_ISA_AVX512) && COPPICE_WIDTH != 8
#error "COPPICE_ISA_AVX512 goes with COPPICE_WIDTH 8"
#endif
#if defined(COPPICE_ISA_AVX2) && COPPICE_WIDTH != 4
#error "COPPICE_ISA_AVX2 goes with COPPICE_WIDTH 4"
#endif
#if COPPICE_WIDTH != 2 && COPPICE_WIDTH != 4 && COPPICE_WIDTH != 8
#error "COPPICE_WIDTH is 2, 4 or 8"
#endif

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#pragma clang diagnostic ignored "-Wpsabi"  // no vector crosses a library's border
#define CV_GCC 0
#else
#define CV_GCC 1
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

#if defined(__has_builtin)
#define CV_HAS(name) __has_builtin(name)
#else
#define CV_HAS(name) 0
#endif

// Small things are inlined wherever they stand; large ones are functions, dropped where unused.
#define CV_INLINE static inline __attribute__((always_inline))
#define CV_FUNCTION static __attribute__((noinline, unused))

#define CV_VECTOR(...) __attribute__((vector_size(COPPICE_WIDTH * 8), __VA_ARGS__))

typedef double cv_real CV_VECTOR();
typedef uint64_t cv_bits CV_VECTOR();
typedef int64_t cv_lanes CV_VECTOR();
typedef double cv_memoryReal CV_VECTOR(may_alias);
typedef double cv_memoryRealUnaligned CV_VECTOR(may_alias, aligned(8));
typedef uint64_t cv_memoryBits CV_VECTOR(may_alias);

// One truth per lane: a mask register where gcc targets AVX-512, else all 64 bits of the lane.
#if CV_GCC && defined(COPPICE_ISA_AVX512)
#define CV_MASK_REGISTER 1
typedef unsigned char cv_mask;
typedef long long cv_longs CV_VECTOR();  // what gcc's builtins call a vector of 64-bit lanes
#else
#define CV_MASK_REGISTER 0
typedef int64_t cv_mask CV_VECTOR();
#endif

// MARK: Reals: + - * / and unary minus are the compiler's own

CV_INLINE cv_real cv_set(double x) {
#if COPPICE_WIDTH == 8
  return (cv_real){x, x, x, x, x, x, x, x};
#elif COPPICE_WIDTH == 4
  return (cv_real){x, x, x, x};
#else
  return (cv_real){x, x};
#endif
}

CV_INLINE cv_bits cv_setBits(uint64_t x) {
#if COPPICE_WIDTH == 8
  return (cv_bits){x, x, x, x, x, x, x, x};
#elif COPPICE_WIDTH == 4
  return (cv_bits){x, x, x, x};
#else
  return (cv_bits){x, x};
#endif
}

/// 0, 1, 2 ...: the number of each lane.
CV_INLINE cv_bits cv_laneIndex(void) {
#if COPPICE_WIDTH == 8
  return (cv_bits){0, 1, 2, 3, 4, 5, 6, 7};
#elif COPPICE_WIDTH == 4
  return (cv_bits){0, 1, 2, 3};
#else
  return (cv_bits){0, 1};
#endif
}

/// From memory aligned to the vector.
CV_INLINE cv_real cv_load(const double *p) { return (cv_real) * (const cv_memoryReal *)p; }
CV_INLINE cv_real cv_loadu(const double *p) { return (cv_real) * (const cv_memoryRealUnaligned *)p; }
CV_INLINE void cv_store(double *p, cv_real x) { *(cv_memoryReal *)p = (cv_memoryReal)x; }

CV_INLINE cv_bits cv_loadBits(const uint64_t *p) { return (cv_bits) * (const cv_memoryBits *)p; }
CV_INLINE void cv_storeBits(uint64_t *p, cv_bits x) { *(cv_memoryBits *)p = (cv_memoryBits)x; }

/// a × b + c with one rounding.
CV_INLINE cv_real cv_fma(cv_real a, cv_real b, cv_real c) {
#if CV_GCC && defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_vfmaddpd512_mask(a, b, c, (unsigned char)-1, 4);
#elif CV_GCC && defined(COPPICE_ISA_AVX2)
  return __builtin_ia32_vfmaddpd256(a, b, c);
#elif !CV_GCC && CV_HAS(__builtin_elementwise_fma)
  return __builtin_elementwise_fma(a, b, c);
#else
  cv_real r = a;
  for (int l = 0; l < COPPICE_WIDTH; ++l) r[l] = __builtin_fma(a[l], b[l], c[l]);
  return r;
#endif
}

CV_INLINE cv_real cv_negate(cv_real x) {
  return (cv_real)((cv_bits)x ^ cv_setBits(0x8000000000000000u));
}
CV_INLINE cv_real cv_absolute(cv_real x) {
  return (cv_real)((cv_bits)x & cv_setBits(0x7fffffffffffffffu));
}
/// |x| with the sign bit of s.
CV_INLINE cv_real cv_copySign(cv_real x, cv_real s) {
  cv_bits sign = (cv_bits)s & cv_setBits(0x8000000000000000u);
#if defined(__clang__) && defined(COPPICE_ISA_AVX512)
  // Clang 21 folds this and a selection of its result into one masked operation that forgets x.
  __asm__("" : "+v"(sign));
#endif
  return (cv_real)(((cv_bits)x & cv_setBits(0x7fffffffffffffffu)) | sign);
}

CV_INLINE cv_real cv_squareRoot(cv_real x) {
#if CV_GCC && defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_sqrtpd512_mask(x, x, (unsigned char)-1, 4);
#elif CV_GCC && defined(COPPICE_ISA_AVX2)
  return __builtin_ia32_sqrtpd256(x);
#elif CV_GCC && defined(__SSE2__) && COPPICE_WIDTH == 2
  return __builtin_ia32_sqrtpd(x);
#elif !CV_GCC && CV_HAS(__builtin_elementwise_sqrt)
  return __builtin_elementwise_sqrt(x);
#else
  cv_real r = x;
  for (int l = 0; l < COPPICE_WIDTH; ++l) r[l] = __builtin_sqrt(x[l]);
  return r;
#endif
}

// MARK: Comparisons and masks (a comparison with NaN is false, notEqual true)

#if CV_MASK_REGISTER

#define CV_COMPARISON(name, operator, predicate)            \
  CV_INLINE cv_mask name(cv_real a, cv_real b) {            \
    return (cv_mask)__builtin_ia32_cmppd512_mask(           \
        a, b, predicate, (unsigned char)-1, 4);             \
  }

CV_INLINE cv_mask cv_true(void) { return 0xff; }
CV_INLINE cv_mask cv_false(void) { return 0; }
CV_INLINE cv_mask cv_and(cv_mask a, cv_mask b) { return (cv_mask)(a & b); }
CV_INLINE cv_mask cv_or(cv_mask a, cv_mask b) { return (cv_mask)(a | b); }
CV_INLINE cv_mask cv_not(cv_mask a) { return (cv_mask)~a; }
CV_INLINE cv_mask cv_andNot(cv_mask a, cv_mask b) { return (cv_mask)(a & ~b); }
CV_INLINE uint32_t cv_maskBits(cv_mask m) { return m; }
CV_INLINE cv_mask cv_maskOf(uint32_t bits) { return (cv_mask)bits; }
CV_INLINE int cv_any(cv_mask m) { return m != 0; }
CV_INLINE cv_real cv_select(cv_mask m, cv_real a, cv_real b) {
  return __builtin_ia32_blendmpd_512_mask(b, a, m);
}
/// m ? 0 : x
CV_INLINE cv_real cv_clear(cv_mask m, cv_real x) { return cv_select(m, cv_set(0), x); }
/// All ones where m.
CV_INLINE cv_bits cv_spread(cv_mask m) { return (cv_bits)__builtin_ia32_cvtmask2q512(m); }
CV_INLINE cv_mask cv_anyBit(cv_bits a, cv_bits b) {
  return (cv_mask)__builtin_ia32_ptestmq512((cv_longs)a, (cv_longs)b, (unsigned char)-1);
}

#else

#define CV_COMPARISON(name, operator, predicate) \
  CV_INLINE cv_mask name(cv_real a, cv_real b) { return (cv_mask)(a operator b); }

CV_INLINE cv_mask cv_true(void) { return (cv_mask)cv_setBits(~(uint64_t)0); }
CV_INLINE cv_mask cv_false(void) { return (cv_mask)cv_setBits(0); }
CV_INLINE cv_mask cv_and(cv_mask a, cv_mask b) { return a & b; }
CV_INLINE cv_mask cv_or(cv_mask a, cv_mask b) { return a | b; }
CV_INLINE cv_mask cv_not(cv_mask a) { return ~a; }
CV_INLINE cv_mask cv_andNot(cv_mask a, cv_mask b) { return a & ~b; }
/// One bit per lane, lane 0 lowest.
CV_INLINE uint32_t cv_maskBits(cv_mask m) {
#if defined(COPPICE_ISA_AVX2)
  return (uint32_t)__builtin_ia32_movmskpd256((cv_real)m);
#elif defined(__SSE2__) && COPPICE_WIDTH == 2
  return (uint32_t)__builtin_ia32_movmskpd((cv_real)m);
#else
  uint32_t bits = 0;
  for (int l = 0; l < COPPICE_WIDTH; ++l) bits |= (uint32_t)(m[l] & 1) << l;
  return bits;
#endif
}
CV_INLINE cv_mask cv_maskOf(uint32_t bits) {
  const cv_bits lane = (cv_bits)(cv_setBits(1) << cv_laneIndex());
  return (cv_mask)((cv_setBits(bits) & lane) == lane);
}
CV_INLINE int cv_any(cv_mask m) { return cv_maskBits(m) != 0; }
CV_INLINE cv_real cv_select(cv_mask m, cv_real a, cv_real b) {
#if CV_GCC && defined(COPPICE_ISA_AVX2)
  return __builtin_ia32_blendvpd256(b, a, (cv_real)m);
#else
  return (cv_real)(((cv_lanes)a & m) | ((cv_lanes)b & ~m));
#endif
}
CV_INLINE cv_real cv_clear(cv_mask m, cv_real x) { return (cv_real)((cv_lanes)x & ~m); }
CV_INLINE cv_bits cv_spread(cv_mask m) { return (cv_bits)m; }
CV_INLINE cv_mask cv_anyBit(cv_bits a, cv_bits b) { return (cv_mask)((a & b) != cv_setBits(0)); }

#endif

CV_COMPARISON(cv_less, <, 17)
CV_COMPARISON(cv_lessOrEqual, <=, 18)
CV_COMPARISON(cv_greater, >, 30)
CV_COMPARISON(cv_greaterOrEqual, >=, 29)
CV_COMPARISON(cv_equal, ==, 0)
CV_COMPARISON(cv_notEqual, !=, 4)

/// False where x is -0.0, to the bit.
CV_INLINE cv_mask cv_isNotMinusZero(cv_real x) {
  const cv_bits rest = (cv_bits)x ^ cv_setBits(0x8000000000000000u);
  return cv_anyBit(rest, rest);
}

/// Bytes 0 or 1, one per lane.
CV_INLINE cv_mask cv_loadFlags(const uint8_t *p) {
  uint64_t bytes = 0;
  __builtin_memcpy(&bytes, p, COPPICE_WIDTH);
  // Byte i moves to bit 56 + i; no two products meet.
  return cv_maskOf((uint32_t)((bytes * 0x0102040810204080u) >> 56));
}
CV_INLINE void cv_storeFlags(uint8_t *p, cv_mask m) {
  const uint64_t bit = (cv_maskBits(m) * 0x0101010101010101u) & 0x8040201008040201u;
  const uint64_t bytes = ((bit + 0x00406070787c7e7fu) >> 7) & 0x0101010101010101u;
  __builtin_memcpy(p, &bytes, COPPICE_WIDTH);
}

/// x < y ? x : y
CV_INLINE cv_real cv_minimum(cv_real x, cv_real y) {
#if CV_GCC && defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_minpd512_mask(x, y, x, (unsigned char)-1, 4);
#elif defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_minpd512(x, y, 4);
#elif defined(COPPICE_ISA_AVX2)
  return __builtin_ia32_minpd256(x, y);
#elif defined(__SSE2__) && COPPICE_WIDTH == 2
  return __builtin_ia32_minpd(x, y);
#else
  return cv_select(cv_less(x, y), x, y);
#endif
}

/// x > y ? x : y
CV_INLINE cv_real cv_maximum(cv_real x, cv_real y) {
#if CV_GCC && defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_maxpd512_mask(x, y, x, (unsigned char)-1, 4);
#elif defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_maxpd512(x, y, 4);
#elif defined(COPPICE_ISA_AVX2)
  return __builtin_ia32_maxpd256(x, y);
#elif defined(__SSE2__) && COPPICE_WIDTH == 2
  return __builtin_ia32_maxpd(x, y);
#else
  return cv_select(cv_greater(x, y), x, y);
#endif
}

/// -1, 0 or 1; NaN of NaN.
CV_INLINE cv_real cv_sign(cv_real x) {
  const cv_real zero = cv_set(0);
  const cv_real other = cv_clear(cv_equal(x, zero), x);
  return cv_select(cv_greater(x, zero), cv_set(1),
                   cv_select(cv_less(x, zero), cv_set(-1), other));
}

// Rounding to integers. 2^52 added and taken away leaves the nearest integer.
#if !defined(COPPICE_ISA_AVX512) && !defined(COPPICE_ISA_AVX2)
CV_INLINE cv_real cv_nearest(cv_real x) {
  const cv_real big = cv_set(0x1p52);
  const cv_real a = cv_absolute(x);
  return cv_select(cv_less(a, big), cv_copySign((a + big) - big, x), x);
}
#endif

CV_INLINE cv_real cv_floor(cv_real x) {
#if CV_GCC && defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_rndscalepd_mask(x, 9, x, (unsigned char)-1, 4);
#elif CV_GCC && defined(COPPICE_ISA_AVX2)
  return __builtin_ia32_roundpd256(x, 9);
#elif defined(COPPICE_ISA_AVX512) || defined(COPPICE_ISA_AVX2)
  return __builtin_elementwise_floor(x);
#else
  const cv_real n = cv_nearest(x);
  return cv_copySign(cv_select(cv_greater(n, x), n - cv_set(1), n), x);
#endif
}

CV_INLINE cv_real cv_ceil(cv_real x) {
#if CV_GCC && defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_rndscalepd_mask(x, 10, x, (unsigned char)-1, 4);
#elif CV_GCC && defined(COPPICE_ISA_AVX2)
  return __builtin_ia32_roundpd256(x, 10);
#elif defined(COPPICE_ISA_AVX512) || defined(COPPICE_ISA_AVX2)
  return __builtin_elementwise_ceil(x);
#else
  const cv_real n = cv_nearest(x);
  return cv_copySign(cv_select(cv_less(n, x), n + cv_set(1), n), x);
#endif
}

CV_INLINE cv_real cv_truncate(cv_real x) {
#if CV_GCC && defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_rndscalepd_mask(x, 11, x, (unsigned char)-1, 4);
#elif CV_GCC && defined(COPPICE_ISA_AVX2)
  return __builtin_ia32_roundpd256(x, 11);
#elif defined(COPPICE_ISA_AVX512) || defined(COPPICE_ISA_AVX2)
  return __builtin_elementwise_trunc(x);
#else
  const cv_real a = cv_absolute(x), n = cv_nearest(a);
  return cv_copySign(cv_select(cv_greater(n, a), n - cv_set(1), n), x);
#endif
}

// MARK: Pending bits: `bit` is the number of a bit, 0 ... 63

CV_INLINE cv_mask cv_bitsTest(cv_bits bits, uint64_t bit) {
  return cv_anyBit(bits, cv_setBits((uint64_t)1 << (bit & 63)));
}
CV_INLINE cv_bits cv_bitsSet(cv_bits bits, cv_mask m, uint64_t bit) {
  return bits | (cv_spread(m) & cv_setBits((uint64_t)1 << (bit & 63)));
}
CV_INLINE cv_bits cv_bitsClear(cv_bits bits, cv_mask m, uint64_t bit) {
  return bits & ~(cv_spread(m) & cv_setBits((uint64_t)1 << (bit & 63)));
}
/// The bits that are set in some lane.
CV_INLINE uint64_t cv_bitsOr(cv_bits bits) {
  uint64_t any = 0;
  for (int l = 0; l < COPPICE_WIDTH; ++l) any |= bits[l];
  return any;
}

// MARK: Exponentials

// 1.5 × 2^52: a number below 2^51 that is added to it is rounded to an integer, which then
// stands in the low bits.
#define CV_SHIFTER 0x1.8p52
#define CV_LOG2E 0x1.71547652b82fep+0
#define CV_LN2_HIGH 0x1.62e42fefa39efp-1
#define CV_LN2_LOW 0x1.abc9e3b39803fp-56
#define CV_INFINITY __builtin_inf()
#define CV_SMALLEST 0x1p-1022
#define CV_LARGEST 0x1.fffffffffffffp+1023

/// (e^r - 1 - r) / r², |r| <= ln 2 / 2, as even + r odd in z = r² (minimax to 2^-58 of e^r).
CV_INLINE cv_real cv_expEven(cv_real z) {
  cv_real p = cv_set(0x1.28ad6902572bep-22);
  p = cv_fma(p, z, cv_set(0x1.a0199a167f6a5p-16));
  p = cv_fma(p, z, cv_set(0x1.6c16c18426902p-10));
  p = cv_fma(p, z, cv_set(0x1.555555555088bp-5));
  p = cv_fma(p, z, cv_set(0x1.000000000000ap-1));
  return p;
}
CV_INLINE cv_real cv_expOdd(cv_real z) {
  cv_real p = cv_set(0x1.ad7f9491e5708p-26);
  p = cv_fma(p, z, cv_set(0x1.71df2527a3998p-19));
  p = cv_fma(p, z, cv_set(0x1.a01a012a73874p-13));
  p = cv_fma(p, z, cv_set(0x1.1111111127b78p-7));
  p = cv_fma(p, z, cv_set(0x1.55555555554fap-3));
  return p;
}

/// e^x; inf above 709.78, 0 below -708.396 (2^-1022).
CV_INLINE cv_real cv_exp(cv_real x) {
  const cv_real shifted = cv_fma(x, cv_set(CV_LOG2E), cv_set(CV_SHIFTER));
  const cv_real k = shifted - cv_set(CV_SHIFTER);
  cv_real r = cv_fma(k, cv_set(-CV_LN2_HIGH), x);
  r = cv_fma(k, cv_set(-CV_LN2_LOW), r);
  const cv_real z = r * r;
  const cv_real q = cv_fma(r, cv_expOdd(z), cv_expEven(z));
  const cv_real p = cv_fma(r, cv_fma(r, q, cv_set(1)), cv_set(1));
  // times 2^k, in the exponent field
  const cv_real scaled = (cv_real)((cv_bits)p + ((cv_bits)shifted << 52));
  const cv_real bounded =
      cv_select(cv_lessOrEqual(x, cv_set(0x1.62e42fefa39efp+9)), scaled, x + cv_set(CV_INFINITY));
  return cv_clear(cv_less(x, cv_set(-0x1.6232bdd7abcd2p+9)), bounded);
}

/// 2^r, |r| <= 1/2: the polynomials of e^r, with powers of ln 2 in their coefficients.
CV_INLINE cv_real cv_exp2Core(cv_real r) {
  const cv_real z = r * r;
  cv_real even = cv_set(0x1.e617b5bc41f67p-28);
  even = cv_fma(even, z, cv_set(0x1.62bfc9f4cf77ap-20));
  even = cv_fma(even, z, cv_set(0x1.4309130dc5b80p-13));
  even = cv_fma(even, z, cv_set(0x1.3b2ab6fba0790p-7));
  even = cv_fma(even, z, cv_set(0x1.ebfbdff82c5a2p-3));
  cv_real odd = cv_set(0x1.e7c6faf986fbcp-32);
  odd = cv_fma(odd, z, cv_set(0x1.b52652c219056p-24));
  odd = cv_fma(odd, z, cv_set(0x1.ffcbfbc7d5e8cp-17));
  odd = cv_fma(odd, z, cv_set(0x1.5d87fe78c3713p-10));
  odd = cv_fma(odd, z, cv_set(0x1.c6b08d704a046p-5));
  const cv_real q = cv_fma(r, odd, even);
  return cv_fma(r, cv_fma(r, q, cv_set(CV_LN2_HIGH)), cv_set(1));
}

/// x - k, where k is the integer next to x (of two the even one); 0 of an infinity.
CV_INLINE cv_real cv_fraction(cv_real x) {
#if defined(COPPICE_ISA_AVX512) && CV_GCC
  return __builtin_ia32_reducepd512_mask(x, 8, x, (unsigned char)-1);
#elif defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_reducepd512_mask(x, 8, x, (unsigned char)-1, 4);
#else
  const cv_real a = cv_absolute(x);
  const cv_real r = a - ((a + cv_set(0x1p52)) - cv_set(0x1p52));
  const cv_bits sign = (cv_bits)x & cv_setBits(0x8000000000000000u);
  return (cv_real)((cv_bits)cv_clear(cv_greaterOrEqual(a, cv_set(0x1p52)), r) ^ sign);
#endif
}

/// y 2^k for x = k + r, where y is 1 for r = 0 and grows with it: inf for x from 1024 on, 0 below -1022.
CV_INLINE cv_real cv_timesPowerOfTwo(cv_real y, cv_real x, cv_real r) {
#if defined(COPPICE_ISA_AVX512)
  return __builtin_ia32_scalefpd512_mask(y, x - r, y, (unsigned char)-1, 4);
#else
  const cv_real scaled =
      (cv_real)((cv_bits)y + ((cv_bits)(x + cv_set(CV_SHIFTER)) << 52));
  const cv_real bounded =
      cv_select(cv_less(x, cv_set(1024)), scaled, x + cv_set(CV_INFINITY));
  return cv_clear(cv_less(x, cv_set(-1022)), bounded);
#endif
}

/// 2^x; inf from 1024 on, 0 below -1022.
CV_INLINE cv_real cv_exp2(cv_real x) {
  const cv_real r = cv_fraction(x);
  return cv_timesPowerOfTwo(cv_exp2Core(r), x, r);
}

/// 2^x = (N / D) 2^k for x = k + r: N = Q(r²) + r P(r²), D = Q(r²) - r P(r²), where r P/Q is
/// tanh(r ln 2 / 2) to 0.1 units in the last place of 2^r (minimax). Where something is divided by
/// 1 + 2^x anyway, this takes half of the operations of the polynomial, and no other division.
CV_INLINE cv_real cv_exp2Odd(cv_real r, cv_real z) {
  cv_real p = cv_set(0x1.62cf78609d55fp-18);
  p = cv_fma(p, z, cv_set(0x1.2f17f76bf9e27p-8));
  return r * cv_fma(p, z, cv_set(0x1.62e42fefa39efp-2));
}
CV_INLINE cv_real cv_exp2Even(cv_real z) {
  return cv_fma(
      cv_fma(cv_set(0x1.e01bd275d013ep-13), z, cv_set(0x1.b54ea2e07bccbp-5)), z, cv_set(1));
}

/// N 2^k; inf from 1024 on, 0 below -1022.
CV_INLINE cv_real cv_exp2Numerator(cv_real x) {
  const cv_real r = cv_fraction(x), z = r * r;
  return cv_timesPowerOfTwo(cv_exp2Even(z) + cv_exp2Odd(r, z), x, r);
}

/// D, between 0.83 and 1.19.
CV_INLINE cv_real cv_exp2Denominator(cv_real x) {
  const cv_real r = cv_fraction(x), z = r * r;
  return cv_exp2Even(z) - cv_exp2Odd(r, z);
}

/// x = k ln 2 + r + c, with 2^k in the low bits of `shifted`.
typedef struct cv_reduced {
  cv_real shifted, k, r, c;
} cv_reduced;

CV_INLINE cv_reduced cv_reduce(cv_real x) {
  cv_reduced a;
  a.shifted = cv_fma(x, cv_set(CV_LOG2E), cv_set(CV_SHIFTER));
  a.k = a.shifted - cv_set(CV_SHIFTER);
  const cv_real h = cv_fma(a.k, cv_set(-CV_LN2_HIGH), x);
  a.r = cv_fma(a.k, cv_set(-CV_LN2_LOW), h);
  a.c = cv_fma(a.k, cv_set(-CV_LN2_LOW), h - a.r);
  return a;
}

/// 2^(k + e - 1023), from the low bits of `shifted`.
CV_INLINE cv_real cv_powerOfTwo(cv_real shifted, uint64_t e) {
  return (cv_real)(((cv_bits)shifted << 52) + cv_setBits(e << 52));
}

/// A number as the sum of a leading and a low part.
typedef struct cv_pair {
  cv_real high, low;
} cv_pair;

/// a + b, where |a| >= |b| or a is 0, and what the rounding left.
CV_INLINE cv_pair cv_sum(cv_real a, cv_real b) {
  cv_pair y;
  y.high = a + b;
  y.low = (a - y.high) + b;
  return y;
}

/// (n + n') / (d + d').
CV_INLINE cv_real cv_quotient(cv_pair n, cv_pair d) {
  const cv_real reciprocal = cv_set(1) / d.high;
  const cv_real q = n.high * reciprocal, minus = cv_negate(q);
  const cv_real rest = cv_fma(minus, d.high, n.high) + cv_fma(minus, d.low, n.low);
  return cv_fma(rest, reciprocal, q);
}

/// (e^x - 1) 2^-32 for -40 <= x <= 720.
CV_INLINE cv_pair cv_expm1Scaled(cv_real x) {
  const cv_reduced a = cv_reduce(x);
  const cv_real z = a.r * a.r;
  const cv_real low = cv_fma(z, cv_fma(a.r, cv_expOdd(z), cv_expEven(z)), a.c);
  const cv_real s = cv_powerOfTwo(a.shifted, 1023 - 32);
  const cv_pair lead = cv_sum(s - cv_set(0x1p-32), s * a.r);
  return cv_sum(lead.high, cv_fma(s, low, lead.low));
}

/// e^x - 1.
CV_FUNCTION cv_real cv_expm1(cv_real x) {
  const cv_real bounded = cv_minimum(cv_set(720), cv_maximum(cv_set(-40), x));
  const cv_real y = cv_expm1Scaled(bounded).high * cv_set(0x1p32);
  return cv_select(cv_less(cv_absolute(x), cv_set(0x1p-54)), x, y);
}

/// (e^x - 1) / x; 1 at 0.
CV_INLINE cv_real cv_exprel(cv_real x) {
  const cv_real below = cv_minimum(cv_set(720), x), size = cv_absolute(x);
  const cv_pair n = cv_expm1Scaled(cv_maximum(cv_set(-40), below));
  const cv_real d = below * cv_set(0x1p-32), reciprocal = cv_set(1) / d;
  const cv_real q = n.high * reciprocal;
  // The correction of the quotient is left out where it would be no number.
  const cv_real rest = cv_fma(cv_negate(q), d, n.high) + n.low;
  const cv_real y = q + cv_clear(cv_greater(size, cv_set(716.35)), rest * reciprocal);
  return cv_select(cv_less(size, cv_set(0x1p-54)), cv_set(1), y);
}

// MARK: Logarithms

/// x = 2^k (1 + f), 1 + f in [√½, √2); x is positive and normal.
typedef struct cv_split {
  cv_real k, f;
} cv_split;

CV_INLINE cv_split cv_splitExponent(cv_real x) {
  const cv_bits biased = (cv_bits)x + cv_setBits(0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
  const cv_bits k = (biased >> 52) | cv_setBits(0x4330000000000000u);
  const cv_bits m = (biased & cv_setBits(0x000fffffffffffffu)) + cv_setBits(0x3fe6a09e667f3bcdu);
  cv_split a;
  a.k = (cv_real)k - cv_set(0x1p52 + 1023);
  a.f = (cv_real)m - cv_set(1);
  return a;
}

/// log(1 + f) - f + h, where h is f² / 2 (a minimax polynomial in s = f / (2 + f), as in fdlibm).
CV_INLINE cv_real cv_logTail(cv_real f, cv_real h, cv_real carry) {
  const cv_real s = f / (cv_set(2) + f);
  const cv_real z = s * s;
  cv_real p = cv_set(0x1.2f0565f90b1f2p-3);
  p = cv_fma(p, z, cv_set(0x1.39a1baa36d332p-3));
  p = cv_fma(p, z, cv_set(0x1.74663ee7659edp-3));
  p = cv_fma(p, z, cv_set(0x1.c71c52096bc26p-3));
  p = cv_fma(p, z, cv_set(0x1.24924941f1057p-2));
  p = cv_fma(p, z, cv_set(0x1.999999997fdbbp-2));
  p = cv_fma(p, z, cv_set(0x1.5555555555592p-1));
  return cv_fma(s, cv_fma(z, p, h), carry);
}

/// log of a positive normal number, plus `c`, which is tiny.
CV_INLINE cv_real cv_logCore(cv_real x, cv_real c) {
  const cv_split a = cv_splitExponent(x);
  const cv_real h = cv_set(0.5) * a.f * a.f;
  const cv_real tail = cv_logTail(a.f, h, cv_fma(a.k, cv_set(CV_LN2_LOW), c));
  return cv_fma(a.k, cv_set(CV_LN2_HIGH), a.f - (h - tail));
}

/// What a logarithm is where x is no positive finite number.
CV_INLINE cv_real cv_logEdges(cv_real x, cv_real y) {
  const cv_real low =
      cv_select(cv_less(x, cv_set(0)), cv_set(__builtin_nan("")), cv_set(-CV_INFINITY));
  const cv_real finite = cv_select(cv_lessOrEqual(x, cv_set(CV_LARGEST)), y, x);
  return cv_select(cv_less(x, cv_set(CV_SMALLEST)), low, finite);
}

/// Natural logarithm; -inf of 0, NaN below.
CV_INLINE cv_real cv_log(cv_real x) { return cv_logEdges(x, cv_logCore(x, cv_set(0))); }

CV_FUNCTION cv_real cv_log10(cv_real x) {
  const cv_split a = cv_splitExponent(x);
  const cv_real h = cv_set(0.5) * a.f * a.f;
  const cv_real tail = cv_logTail(a.f, h, cv_set(0));
  const cv_real high = a.f - h;
  const cv_real low = ((a.f - high) - h) + tail;
  const cv_real e_high = cv_set(0x1.bcb7b1526e50ep-2), e_low = cv_set(0x1.95355baaafad3p-57);
  const cv_real v = high * e_high;
  const cv_real v_low =
      cv_fma(high, e_high, cv_negate(v)) + cv_fma(high, e_low, low * e_high);
  const cv_real w = a.k * cv_set(0x1.34413509f8000p-2);
  const cv_real sum = w + v;
  const cv_real rest = (v - (sum - w)) + cv_fma(a.k, cv_set(-0x1.80433b83b532ap-44), v_low);
  return cv_logEdges(x, sum + rest);
}

/// log(1 + x).
CV_INLINE cv_real cv_log1p(cv_real x) {
  const cv_real one = cv_set(1);
  const cv_real u = one + x;
  const cv_real b = u - one;
  const cv_real error = (one - (u - b)) + (x - b);
  const cv_real y = cv_logCore(u, error / u);
  const cv_real finite = cv_select(cv_lessOrEqual(x, cv_set(CV_LARGEST)), y, x);
  const cv_real low = cv_select(cv_less(x, -one), cv_set(__builtin_nan("")), cv_set(-CV_INFINITY));
  const cv_real bounded = cv_select(cv_lessOrEqual(x, -one), low, finite);
  return cv_select(cv_less(cv_absolute(x), cv_set(0x1p-54)), x, bounded);
}

// MARK: Circular functions

/// x = quadrant × π/2 + r + c; the quadrant is in the low two bits.
typedef struct cv_angle {
  cv_real r, c;
  cv_bits quadrant;
} cv_angle;

/// The angle of a finite number above 2^20: its product with 192 bits of 2/π, chosen so that only
/// multiples of 4 quadrants are left out (Payne and Hanek).
CV_FUNCTION double cv_reduceHuge(double x, double *c, uint64_t *quadrant) {
  static const uint64_t two_over_pi[21] = {
      0,  // for numbers whose window begins before the point
      0xa2f9836e4e441529u, 0xfc2757d1f534ddc0u, 0xdb6295993c439041u, 0xfe5163abdebbc561u,
      0xb7246e3a424dd2e0u, 0x6492eea09d1921cu, 0xfe1deb1cb129a73eu, 0xe88235f52ebb4484u,
      0xe99c7026b45f7e41u, 0x3991d639835339f4u, 0x9c845f8bbdf9283bu, 0x1ff897ffde05980fu,
      0xef2f118b5a0a6d1fu, 0x6d367ecf27cb09b7u, 0x4f463f669e5fea2du, 0x7527bac7ebe5f17bu,
      0x3d0739f78a5292eau, 0x6bfb5fb11f8d5d08u, 0x56033046fc7b6babu, 0xf0cfbc209af4361du};
  uint64_t bits;
  __builtin_memcpy(&bits, &x, 8);
  // |x| = m 2^exponent; bits of 2/π that weigh 2^(2 - exponent) or more give multiples of 4
  const int exponent = (int)((bits >> 52) & 0x7ff) - 1075;
  const uint64_t m = (bits & 0x000fffffffffffffu) | 0x0010000000000000u;
  const int first = exponent - 2 + 64, word = first / 64, shift = first % 64;
  uint64_t w[3];
  for (int i = 0; i < 3; ++i) {
    w[i] = two_over_pi[word + i];
    if (shift != 0) w[i] = w[i] << shift | two_over_pi[word + i + 1] >> (64 - shift);
  }
  // The product modulo 2^192, in units of 2^-190 quadrants.
  const unsigned __int128 low = (unsigned __int128)m * w[2];
  const unsigned __int128 middle = (unsigned __int128)m * w[1] + (uint64_t)(low >> 64);
  const uint64_t high = m * w[0] + (uint64_t)(middle >> 64);
  unsigned __int128 fraction = (unsigned __int128)high << 64 | (uint64_t)middle;
  fraction = fraction << 2 | (uint64_t)low >> 62;
  uint64_t turns = high >> 62;
  double sign = 1;
  if (fraction >> 127) {  // to the nearest quadrant
    fraction = -fraction;
    sign = -1;
    turns += 1;
  }
  if (bits >> 63) {
    sign = -sign;
    turns = -turns;
  }
  *quadrant = turns & 3;
  // As a sum of two numbers of 53 bits; no double comes nearer to a quadrant than 2^-62.
  const uint64_t top = (uint64_t)(fraction >> 64);
  const int zeros = top == 0 ? 63 : __builtin_clzll(top);
  fraction <<= zeros;
  const uint64_t upper = (uint64_t)(fraction >> 75);
  const uint64_t lower = (uint64_t)(fraction >> 22) & 0x1fffffffffffffu;
  const uint64_t unit_bits = (uint64_t)(1023 - 53 - zeros) << 52;
  double unit;
  __builtin_memcpy(&unit, &unit_bits, 8);
  const double a = sign * (double)(int64_t)upper * unit;
  const double b = sign * (double)(int64_t)lower * unit * 0x1p-53;
  const double r = a * 0x1.921fb54442d18p+0;
  const double rest = __builtin_fma(a, 0x1.921fb54442d18p+0, -r);
  *c = rest + __builtin_fma(a, 0x1.1a62633145c07p-54, b * 0x1.921fb54442d18p+0);
  return r;
}

CV_FUNCTION cv_angle cv_reduceHugeLanes(cv_real x, cv_angle a) {
  for (int l = 0; l < COPPICE_WIDTH; ++l) {
    const double size = __builtin_fabs(x[l]);
    if (size <= 0x1p20) continue;
    if (size <= CV_LARGEST) {
      double c;
      uint64_t quadrant;
      a.r[l] = cv_reduceHuge(x[l], &c, &quadrant);
      a.c[l] = c;
      a.quadrant[l] = quadrant;
    } else {  // no angle, or NaN
      a.r[l] = __builtin_nan("");
    }
  }
  return a;
}

CV_INLINE cv_angle cv_reduceAngle(cv_real x) {
  cv_angle a;
  const cv_real shifted = cv_fma(x, cv_set(0x1.45f306dc9c883p-1), cv_set(CV_SHIFTER));
  const cv_real k = shifted - cv_set(CV_SHIFTER);
  // The first step is exact; π/2 has three parts.
  const cv_real r0 = cv_fma(k, cv_set(-0x1.921fb54442d18p+0), x);
  const cv_real r1 = cv_fma(k, cv_set(-0x1.1a62633145c07p-54), r0);
  const cv_real e = cv_fma(k, cv_set(-0x1.1a62633145c07p-54), r0 - r1);
  const cv_real low = cv_fma(k, cv_set(0x1.f1976b7ed8fbcp-110), e);
  a.r = r1 + low;
  a.c = low - (a.r - r1);
  a.quadrant = (cv_bits)shifted & cv_setBits(3);
  if (__builtin_expect(cv_any(cv_not(cv_lessOrEqual(cv_absolute(x), cv_set(0x1p20)))), 0)) {
    a = cv_reduceHugeLanes(x, a);
  }
  return a;
}

/// Sine and cosine, circular or hyperbolic.
typedef struct cv_pairs {
  cv_pair sine, cosine;
} cv_pairs;

/// Of r + c, |r| <= π/4.
CV_INLINE cv_pairs cv_circularPairs(cv_angle a) {
  const cv_real z = a.r * a.r, h = cv_set(0.5) * z;
  cv_real s = cv_set(0x1.5d932d0b19427p-33);
  s = cv_fma(s, z, cv_set(-0x1.ae5e66cdcd596p-26));
  s = cv_fma(s, z, cv_set(0x1.71de35786c702p-19));
  s = cv_fma(s, z, cv_set(-0x1.a01a019c1263ep-13));
  s = cv_fma(s, z, cv_set(0x1.111111110f880p-7));
  s = cv_fma(s, z, cv_set(-0x1.5555555555549p-3));
  cv_real p = cv_set(-0x1.8faecd93406d7p-37);
  p = cv_fma(p, z, cv_set(0x1.1ee9ec44e9bdcp-29));
  p = cv_fma(p, z, cv_set(-0x1.27e4f80a72c20p-22));
  p = cv_fma(p, z, cv_set(0x1.a01a019cb26abp-16));
  p = cv_fma(p, z, cv_set(-0x1.6c16c16c15184p-10));
  p = cv_fma(p, z, cv_set(0x1.555555555554cp-5));
  const cv_real sine_low = cv_fma(a.r * z, s, cv_fma(cv_negate(a.c), h, a.c));
  const cv_pair cosine = cv_sum(cv_set(1), cv_negate(h));
  const cv_real cosine_low = cosine.low + cv_fma(z * z, p, cv_negate(a.r) * a.c);
  cv_pairs y;
  y.sine = cv_sum(a.r, sine_low);
  y.cosine = cv_sum(cosine.high, cosine_low);
  return y;
}

CV_INLINE cv_real cv_sineOfQuadrant(cv_angle a) {
  const cv_pairs y = cv_circularPairs(a);
  const cv_mask odd = cv_anyBit(a.quadrant, cv_setBits(1));
  const cv_real value = cv_select(odd, y.cosine.high, y.sine.high);
  return (cv_real)((cv_bits)value ^ ((a.quadrant & cv_setBits(2)) << 62));
}

CV_FUNCTION cv_real cv_sin(cv_real x) {
  const cv_real y = cv_sineOfQuadrant(cv_reduceAngle(x));
  return cv_select(cv_less(cv_absolute(x), cv_set(0x1p-28)), x, y);
}

CV_FUNCTION cv_real cv_cos(cv_real x) {
  cv_angle a = cv_reduceAngle(x);
  a.quadrant += cv_setBits(1);
  return cv_sineOfQuadrant(a);
}

CV_FUNCTION cv_real cv_tan(cv_real x) {
  const cv_angle a = cv_reduceAngle(x);
  const cv_pairs y = cv_circularPairs(a);
  const cv_mask odd = cv_anyBit(a.quadrant, cv_setBits(1));
  cv_pair n, d;  // in odd quadrants -cos / sin
  n.high = cv_select(odd, cv_negate(y.cosine.high), y.sine.high);
  n.low = cv_select(odd, cv_negate(y.cosine.low), y.sine.low);
  d.high = cv_select(odd, y.sine.high, y.cosine.high);
  d.low = cv_select(odd, y.sine.low, y.cosine.low);
  return cv_select(cv_less(cv_absolute(x), cv_set(0x1p-28)), x, cv_quotient(n, d));
}

#define CV_HALF_PI 0x1.921fb54442d18p+0
#define CV_HALF_PI_LOW 0x1.1a62633145c07p-54

/// In [-π/2, π/2].
CV_FUNCTION cv_real cv_arctan(cv_real x) {
  // atan a = atan 1 + atan((a - 1) / (a + 1)) = π/2 - atan(1 / a)
  const cv_real one = cv_set(1), a = cv_minimum(cv_set(0x1p60), cv_absolute(x));
  const cv_mask middle = cv_greater(a, cv_set(0x1.a827999fcef32p-2));
  const cv_mask large = cv_greater(a, cv_set(0x1.3504f333f9de6p+1));
  const cv_real less = a - one, more = a + one;
  const cv_real less_low = a - (less + one), more_low = a - (more - one);
  const cv_mask ends = cv_or(large, cv_not(middle));
  const cv_real n = cv_select(large, -one, cv_select(middle, less, a));
  const cv_real d = cv_select(large, a, cv_select(middle, more, one));
  const cv_real n_low = cv_clear(ends, less_low), d_low = cv_clear(ends, more_low);
  const cv_real reciprocal = one / d;
  const cv_real t = n * reciprocal;
  const cv_real rest = cv_fma(cv_negate(t), d, n) + cv_fma(cv_negate(t), d_low, n_low);
  const cv_real c = rest * reciprocal;
  const cv_real z = t * t;
  cv_real p = cv_set(0x1.f260677b6c0bcp-7);
  p = cv_fma(p, z, cv_set(-0x1.1256144a554bap-5));
  p = cv_fma(p, z, cv_set(0x1.70fabceb672b2p-5));
  p = cv_fma(p, z, cv_set(-0x1.ab80ee9457d12p-5));
  p = cv_fma(p, z, cv_set(0x1.e1728e0859d71p-5));
  p = cv_fma(p, z, cv_set(-0x1.110c7a63803f9p-4));
  p = cv_fma(p, z, cv_set(0x1.3b136eb803756p-4));
  p = cv_fma(p, z, cv_set(-0x1.745d14c033e7dp-4));
  p = cv_fma(p, z, cv_set(0x1.c71c71b77b792p-4));
  p = cv_fma(p, z, cv_set(-0x1.2492492475daap-3));
  p = cv_fma(p, z, cv_set(0x1.999999999965bp-3));
  p = cv_fma(p, z, cv_set(-0x1.5555555555554p-2));
  const cv_real base = cv_select(
      large, cv_set(CV_HALF_PI), cv_clear(cv_not(middle), cv_set(CV_HALF_PI / 2)));
  const cv_real base_low = cv_select(
      large, cv_set(CV_HALF_PI_LOW), cv_clear(cv_not(middle), cv_set(CV_HALF_PI_LOW / 2)));
  const cv_real tail = cv_fma(z * t, p, cv_fma(cv_negate(c), z, c) + base_low);
  const cv_real sum = base + t;
  return cv_copySign(sum + (((base - sum) + t) + tail), x);
}

/// arcsin v = s + tail, with v = |x| or, above ½, the half angle's sine √((1 - |x|) / 2).
typedef struct cv_arc {
  cv_mask large;
  cv_real s, tail;
} cv_arc;

CV_INLINE cv_arc cv_arcParts(cv_real x) {
  cv_arc a;
  const cv_real size = cv_absolute(x);
  a.large = cv_greater(size, cv_set(0.5));
  const cv_real z = cv_select(a.large, (cv_set(1) - size) * cv_set(0.5), size * size);
  const cv_real root = cv_squareRoot(z);
  a.s = cv_select(a.large, root, size);
  const cv_real c = cv_fma(cv_negate(root), root, z) / (root + root + cv_set(0x1p-500));
  cv_real p = cv_set(0x1.0bb07b4b67847p-5);
  p = cv_fma(p, z, cv_set(-0x1.5954d308d4bdbp-6));
  p = cv_fma(p, z, cv_set(0x1.6492e9d58a550p-6));
  p = cv_fma(p, z, cv_set(0x1.e2bdc8af3d1d9p-9));
  p = cv_fma(p, z, cv_set(0x1.617400aa877b8p-7));
  p = cv_fma(p, z, cv_set(0x1.757b77e1f7f79p-7));
  p = cv_fma(p, z, cv_set(0x1.ca20ce48b53f8p-7));
  p = cv_fma(p, z, cv_set(0x1.1c49e2b9ca9f0p-6));
  p = cv_fma(p, z, cv_set(0x1.6e8bdfa674fb6p-6));
  p = cv_fma(p, z, cv_set(0x1.f1c71a8dc3f13p-6));
  p = cv_fma(p, z, cv_set(0x1.6db6db7226065p-5));
  p = cv_fma(p, z, cv_set(0x1.333333332df7fp-4));
  p = cv_fma(p, z, cv_set(0x1.5555555555578p-3));
  a.tail = cv_fma(a.s * z, p, cv_clear(cv_not(a.large), c));
  return a;
}

/// In [-π/2, π/2]; NaN beyond ±1.
CV_FUNCTION cv_real cv_arcsin(cv_real x) {
  const cv_arc a = cv_arcParts(x);
  const cv_real base = cv_set(CV_HALF_PI), twice = a.s + a.s;
  const cv_real h = base - twice;
  const cv_real large =
      h + (((base - h) - twice) + (cv_set(CV_HALF_PI_LOW) - (a.tail + a.tail)));
  return cv_copySign(cv_select(a.large, large, a.s + a.tail), x);
}

/// In [0, π]; NaN beyond ±1.
CV_FUNCTION cv_real cv_arccos(cv_real x) {
  const cv_arc a = cv_arcParts(x);
  const cv_mask negative = cv_less(x, cv_set(0));
  // base - v: π/2 - arcsin x; above ½ 2 arcsin v; below -½ π - 2 arcsin v
  const cv_mask flipped = cv_or(cv_andNot(a.large, negative), cv_andNot(negative, a.large));
  const cv_real scale = cv_select(a.large, cv_set(2), cv_set(1));
  const cv_real factor = cv_select(flipped, -scale, scale);
  const cv_real v = a.s * factor, v_low = a.tail * factor;
  const cv_real base = cv_clear(cv_andNot(a.large, negative),
                                cv_select(a.large, cv_set(2 * CV_HALF_PI), cv_set(CV_HALF_PI)));
  const cv_real base_low =
      cv_clear(cv_andNot(a.large, negative),
               cv_select(a.large, cv_set(2 * CV_HALF_PI_LOW), cv_set(CV_HALF_PI_LOW)));
  const cv_real h = base - v;
  return h + (((base - h) - v) + (base_low - v_low));
}

// MARK: Hyperbolic functions

/// r a + b + low, where |b| >= |r a| or b is 0.
CV_INLINE cv_pair cv_productSum(cv_real r, cv_pair a, cv_pair b, cv_real low) {
  const cv_real p = r * a.high;
  const cv_pair sum = cv_sum(b.high, p);
  const cv_real rest = cv_fma(r, a.high, cv_negate(p)) + cv_fma(r, a.low, b.low);
  return cv_sum(sum.high, (sum.low + rest) + low);
}

/// Of 0 <= x <= 720, times 2^-32.
CV_INLINE cv_pairs cv_hyperbolicPairs(cv_real x) {
  // with 2^k = u, e^r = C + S: 2 sinh x = S (u + 1/u) + C (u - 1/u)
  const cv_reduced a = cv_reduce(x);
  const cv_real z = a.r * a.r;
  const cv_real even = z * cv_expEven(z);
  const cv_real odd = cv_fma(a.r * z, cv_expOdd(z), a.c);
  const cv_real down_shifted = cv_set(CV_SHIFTER) - cv_minimum(a.k, cv_set(64));
  const cv_real up = cv_powerOfTwo(a.shifted, 1022 - 32);
  const cv_real down = cv_powerOfTwo(down_shifted, 1022 - 32);
  const cv_pair s = cv_sum(up, down), d = cv_sum(up, cv_negate(down));
  cv_pairs y;
  y.sine = cv_productSum(a.r, s, d, cv_fma(odd, s.high, even * d.high));
  y.cosine = cv_productSum(a.r, d, s, cv_fma(even, s.high, odd * d.high));
  return y;
}

CV_FUNCTION cv_real cv_sinh(cv_real x) {
  const cv_real size = cv_absolute(x);
  const cv_pairs y = cv_hyperbolicPairs(cv_minimum(cv_set(720), size));
  const cv_real value = y.sine.high * cv_set(0x1p32);
  return cv_select(cv_less(size, cv_set(0x1p-28)), x, cv_copySign(value, x));
}

CV_FUNCTION cv_real cv_cosh(cv_real x) {
  const cv_pairs y = cv_hyperbolicPairs(cv_minimum(cv_set(720), cv_absolute(x)));
  return y.cosine.high * cv_set(0x1p32);
}

CV_FUNCTION cv_real cv_tanh(cv_real x) {
  const cv_real size = cv_absolute(x);
  const cv_pairs y = cv_hyperbolicPairs(cv_minimum(cv_set(20), size));
  const cv_real t = cv_quotient(y.sine, y.cosine);
  return cv_select(cv_less(size, cv_set(0x1p-28)), x, cv_copySign(t, x));
}

// MARK: Powers

/// log x to some 70 bits, of a positive normal number.
CV_INLINE cv_pair cv_logPair(cv_real x) {
  const cv_split a = cv_splitExponent(x);
  // s = f / (2 + f); log(1 + f) = 2 s (1 + z / 3 + z² p), z = s²
  const cv_real d = a.f + cv_set(2), d_low = a.f - (d - cv_set(2));
  const cv_real reciprocal = cv_set(1) / d;
  const cv_real s = a.f * reciprocal;
  const cv_real s_low =
      (cv_fma(cv_negate(s), d, a.f) - s * d_low) * reciprocal;
  const cv_real z = s * s, z_low = cv_fma(s, s, cv_negate(z)) + (s + s) * s_low;
  cv_real p = cv_set(0x1.a22b44ceb1845p-5);
  p = cv_fma(p, z, cv_set(0x1.814c07ee89f79p-5));
  p = cv_fma(p, z, cv_set(0x1.af5de376fd52cp-5));
  p = cv_fma(p, z, cv_set(0x1.e1e06d775ad8cp-5));
  p = cv_fma(p, z, cv_set(0x1.1111145cfa738p-4));
  p = cv_fma(p, z, cv_set(0x1.3b13b1314dd8dp-4));
  p = cv_fma(p, z, cv_set(0x1.745d1745e3f88p-4));
  p = cv_fma(p, z, cv_set(0x1.c71c71c71c5cap-4));
  p = cv_fma(p, z, cv_set(0x1.2492492492493p-3));
  p = cv_fma(p, z, cv_set(0x1.999999999999ap-3));
  const cv_real third = cv_set(0x1.5555555555555p-2), third_low = cv_set(0x1.5555555555555p-56);
  const cv_real t = z * third;
  const cv_real t_low = cv_fma(z, third, cv_negate(t)) + cv_fma(z, third_low, z_low * third);
  const cv_real w = z * z * p;
  const cv_real u = t + w, u_low = ((t - u) + w) + t_low;
  const cv_real v = s * u;
  const cv_real v_low = cv_fma(s, u, cv_negate(v)) + cv_fma(s, u_low, s_low * u);
  const cv_real h = s + v, h_low = ((s - h) + v) + (s_low + v_low);
  // k ln 2 with 40 bits is exact, and above 2 h unless it is 0
  const cv_real whole = a.k * cv_set(0x1.62e42fefa4000p-1);
  cv_pair y;
  y.high = whole + (h + h);
  y.low = ((whole - y.high) + (h + h)) +
          cv_fma(a.k, cv_set(-0x1.8432a1b0e2634p-43), h_low + h_low);
  return y;
}

/// e^(high + low), |high| <= 800.
CV_INLINE cv_real cv_expPair(cv_real high, cv_real low) {
  const cv_real k = cv_fma(high, cv_set(CV_LOG2E), cv_set(CV_SHIFTER)) - cv_set(CV_SHIFTER);
  const cv_real h = cv_fma(k, cv_set(-CV_LN2_HIGH), high);
  const cv_real h_low = cv_fma(k, cv_set(-CV_LN2_LOW), low);
  const cv_real r = h + h_low, c = (h - r) + h_low, z = r * r;
  const cv_real q = cv_fma(r, cv_expOdd(z), cv_expEven(z));
  const cv_real tail = cv_fma(z, q, cv_fma(c, r, c));
  const cv_real one = cv_set(1), sum = one + r;
  const cv_real m = sum + (((one - sum) + r) + tail);
  // In two steps, of which only the second rounds, overflows or underflows.
  const cv_real first = cv_minimum(cv_set(900), cv_maximum(cv_set(-900), k));
  const cv_real second = k - first;
  return m * cv_powerOfTwo(first + cv_set(CV_SHIFTER), 1023) *
         cv_powerOfTwo(second + cv_set(CV_SHIFTER), 1023);
}

/// x^y, with the special cases of C's pow.
CV_FUNCTION cv_real cv_power(cv_real x, cv_real y) {
  const cv_real zero = cv_set(0), one = cv_set(1), infinity = cv_set(CV_INFINITY);
  const cv_real size = cv_absolute(x), y_size = cv_absolute(y);

  const cv_pair logarithm = cv_logPair(size);
  const cv_real e = y * logarithm.high;
  const cv_real e_low = cv_fma(y, logarithm.high, cv_negate(e)) + y * logarithm.low;
  const cv_mask moderate = cv_less(cv_absolute(e), cv_set(800));
  const cv_real bounded = cv_minimum(cv_set(800), cv_maximum(cv_set(-800), e));
  cv_real result = cv_expPair(bounded, cv_clear(cv_not(moderate), e_low));

  // 0 and inf to any power, any number to ±inf
  const cv_mask is_zero = cv_less(size, cv_set(CV_SMALLEST));
  const cv_mask is_infinite = cv_equal(size, infinity);
  const cv_mask special = cv_or(cv_or(is_zero, is_infinite), cv_equal(y_size, infinity));
  const cv_mask below = cv_less(size, one), inverse = cv_less(y, zero);
  const cv_mask to_zero = cv_or(cv_andNot(below, inverse), cv_andNot(inverse, below));
  result = cv_select(special, cv_clear(to_zero, infinity), result);
  result = cv_select(cv_equal(size, one), one, result);

  // negative numbers: whole powers only
  const cv_real half = y * cv_set(0.5);
  const cv_mask whole = cv_equal(cv_truncate(y), y);
  const cv_mask odd = cv_and(cv_andNot(whole, cv_equal(cv_truncate(half), half)),
                             cv_less(y_size, cv_set(0x1p53)));
  const cv_bits sign = (cv_bits)x & cv_setBits(0x8000000000000000u) & cv_spread(odd);
  result = (cv_real)((cv_bits)result ^ sign);
  const cv_mask negative = cv_andNot(cv_less(x, zero), cv_or(is_zero, is_infinite));
  result = cv_select(cv_andNot(negative, whole), cv_set(__builtin_nan("")), result);

  const cv_mask unordered = cv_or(cv_notEqual(x, x), cv_notEqual(y, y));
  result = cv_select(unordered, x + y, result);
  return cv_select(cv_or(cv_equal(y, zero), cv_equal(x, one)), one, result);
}

// MARK: Random numbers: Philox4x32-10 (Salmon et al. 2011), a function of key and counter

/// Products of the low 32 bits of each lane.
CV_INLINE cv_bits cv_multiplyLow(cv_bits a, cv_bits b) {
#if CV_GCC && defined(COPPICE_ISA_AVX512)
  typedef int words __attribute__((vector_size(64)));
  return (cv_bits)__builtin_ia32_pmuludq512_mask((words)a, (words)b, (cv_longs)a,
                                                 (unsigned char)-1);
#elif CV_GCC && defined(COPPICE_ISA_AVX2)
  typedef int words __attribute__((vector_size(32)));
  return (cv_bits)__builtin_ia32_pmuludq256((words)a, (words)b);
#elif CV_GCC && defined(__SSE2__) && COPPICE_WIDTH == 2
  typedef int words __attribute__((vector_size(16)));
  return (cv_bits)__builtin_ia32_pmuludq128((words)a, (words)b);
#else
  const cv_bits low = cv_setBits(0xffffffffu);
  return (a & low) * (b & low);
#endif
}

/// The four words of each lane; only the low 32 bits of an element count.
typedef struct cv_words {
  cv_bits w0, w1, w2, w3;
} cv_words;

CV_INLINE cv_words cv_philox(cv_words c, uint64_t key) {
  const cv_bits m0 = cv_setBits(0xd2511f53u), m1 = cv_setBits(0xcd9e8d57u);
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
#if !CV_GCC
#pragma clang loop unroll(full)
#else
#pragma GCC unroll 10
#endif
  for (int round = 0; round < 10; ++round) {
    const cv_bits p0 = cv_multiplyLow(c.w0, m0), p1 = cv_multiplyLow(c.w2, m1);
    c.w0 = (p1 >> 32) ^ c.w1 ^ cv_setBits(k0);
    c.w1 = p1;
    c.w2 = (p0 >> 32) ^ c.w3 ^ cv_setBits(k1);
    c.w3 = p0;
    k0 += 0x9e3779b9u;
    k1 += 0xbb67ae85u;
  }
  return c;
}

/// 64 random bits per lane: words 0 (low) and 1 (high) for the counter (neuron, ordinal, step).
CV_INLINE cv_bits cv_randomBits(
    uint64_t key, uint64_t first_neuron, uint64_t step, uint32_t ordinal) {
  cv_words c;
  c.w0 = cv_setBits(first_neuron) + cv_laneIndex();
  c.w1 = cv_setBits(ordinal);
  c.w2 = cv_setBits((uint32_t)step);
  c.w3 = cv_setBits(step >> 32);
  c = cv_philox(c, key);
  return (c.w0 & cv_setBits(0xffffffffu)) | (c.w1 << 32);
}

/// A whole number up to 2^53.
CV_INLINE cv_real cv_realOfInteger(cv_bits n) {
  const cv_real high =
      (cv_real)((n >> 32) | cv_setBits(0x4530000000000000u)) - cv_set(0x1p84);
  const cv_real low =
      (cv_real)((n & cv_setBits(0xffffffffu)) | cv_setBits(0x4330000000000000u)) - cv_set(0x1p52);
  return high + low;
}

/// Uniform in [0, 1): the top 53 bits. Lane l belongs to neuron first_neuron + l.
CV_INLINE cv_real cv_uniform(
    uint64_t key, uint64_t first_neuron, uint64_t step, uint32_t ordinal) {
  return cv_realOfInteger(cv_randomBits(key, first_neuron, step, ordinal) >> 11) *
         cv_set(0x1p-53);
}

/// The inverse of the standard normal distribution function (Wichura 1988, AS 241, PPND16).
CV_FUNCTION cv_real cv_normalQuantile(cv_real p) {
  const cv_real q = p - cv_set(0.5);
  const cv_mask tails = cv_greater(cv_absolute(q), cv_set(0.425));
  const cv_real c = cv_fma(cv_negate(q), q, cv_set(0.180625));
  cv_real central_n = cv_set(2.5090809287301226727e+3);
  central_n = cv_fma(central_n, c, cv_set(3.3430575583588128105e+4));
  central_n = cv_fma(central_n, c, cv_set(6.7265770927008700853e+4));
  central_n = cv_fma(central_n, c, cv_set(4.5921953931549871457e+4));
  central_n = cv_fma(central_n, c, cv_set(1.3731693765509461125e+4));
  central_n = cv_fma(central_n, c, cv_set(1.9715909503065514427e+3));
  central_n = cv_fma(central_n, c, cv_set(1.3314166789178437745e+2));
  central_n = cv_fma(central_n, c, cv_set(3.3871328727963666080e0));
  cv_real central_d = cv_set(5.2264952788528545610e+3);
  central_d = cv_fma(central_d, c, cv_set(2.8729085735721942674e+4));
  central_d = cv_fma(central_d, c, cv_set(3.9307895800092710610e+4));
  central_d = cv_fma(central_d, c, cv_set(2.1213794301586595867e+4));
  central_d = cv_fma(central_d, c, cv_set(5.3941960214247511077e+3));
  central_d = cv_fma(central_d, c, cv_set(6.8718700749205790830e+2));
  central_d = cv_fma(central_d, c, cv_set(4.2313330701600911252e+1));
  central_d = cv_fma(central_d, c, cv_set(1.0));
  // Of eight lanes nearly always one lies in a tail: no branch.
  const cv_real r = cv_squareRoot(cv_negate(cv_log(cv_minimum(p, cv_set(1) - p))));
  const cv_mask far = cv_greater(r, cv_set(5));
  const cv_real t = r - cv_set(1.6);
  cv_real n = cv_set(7.74545014278341407640e-4);
  n = cv_fma(n, t, cv_set(2.27238449892691845833e-2));
  n = cv_fma(n, t, cv_set(2.41780725177450611770e-1));
  n = cv_fma(n, t, cv_set(1.27045825245236838258e0));
  n = cv_fma(n, t, cv_set(3.64784832476320460504e0));
  n = cv_fma(n, t, cv_set(5.76949722146069140550e0));
  n = cv_fma(n, t, cv_set(4.63033784615654529590e0));
  n = cv_fma(n, t, cv_set(1.42343711074968357734e0));
  cv_real d = cv_set(1.05075007164441684324e-9);
  d = cv_fma(d, t, cv_set(5.47593808499534494600e-4));
  d = cv_fma(d, t, cv_set(1.51986665636164571966e-2));
  d = cv_fma(d, t, cv_set(1.48103976427480074590e-1));
  d = cv_fma(d, t, cv_set(6.89767334985100004550e-1));
  d = cv_fma(d, t, cv_set(1.67638483018380384940e0));
  d = cv_fma(d, t, cv_set(2.05319162663775882187e0));
  d = cv_fma(d, t, cv_set(1.0));
  if (__builtin_expect(cv_any(far), 0)) {
    const cv_real u = r - cv_set(5);
    cv_real far_n = cv_set(2.01033439929228813265e-7);
    far_n = cv_fma(far_n, u, cv_set(2.71155556874348757815e-5));
    far_n = cv_fma(far_n, u, cv_set(1.24266094738807843860e-3));
    far_n = cv_fma(far_n, u, cv_set(2.65321895265761230930e-2));
    far_n = cv_fma(far_n, u, cv_set(2.96560571828504891230e-1));
    far_n = cv_fma(far_n, u, cv_set(1.78482653991729133580e0));
    far_n = cv_fma(far_n, u, cv_set(5.46378491116411436990e0));
    far_n = cv_fma(far_n, u, cv_set(6.65790464350110377720e0));
    cv_real far_d = cv_set(2.04426310338993978564e-15);
    far_d = cv_fma(far_d, u, cv_set(1.42151175831644588870e-7));
    far_d = cv_fma(far_d, u, cv_set(1.84631831751005468180e-5));
    far_d = cv_fma(far_d, u, cv_set(7.86869131145613259100e-4));
    far_d = cv_fma(far_d, u, cv_set(1.48753612908506148525e-2));
    far_d = cv_fma(far_d, u, cv_set(1.36929880922735805310e-1));
    far_d = cv_fma(far_d, u, cv_set(5.99832206555887937690e-1));
    far_d = cv_fma(far_d, u, cv_set(1.0));
    n = cv_select(far, far_n, n);
    d = cv_select(far, far_d, d);
  }
  n = cv_select(tails, cv_copySign(n, q), central_n * q);
  d = cv_select(tails, d, central_d);
  const cv_real x = n / d;
  const cv_mask outside = cv_not(cv_and(cv_greater(p, cv_set(0)), cv_less(p, cv_set(1))));
  if (__builtin_expect(cv_any(outside), 0)) {
    const cv_mask ends = cv_or(cv_equal(p, cv_set(0)), cv_equal(p, cv_set(1)));
    const cv_real edge =
        cv_select(ends, cv_copySign(cv_set(CV_INFINITY), q), cv_set(__builtin_nan("")));
    return cv_select(outside, edge, x);
  }
  return x;
}

/// Uniform in (0, 1): the middle of one of 2^52 cells.
CV_INLINE cv_real cv_uniformOpen(
    uint64_t key, uint64_t first_neuron, uint64_t step, uint32_t ordinal) {
  const cv_bits cell = cv_randomBits(key, first_neuron, step, ordinal) >> 12;
  return (cv_realOfInteger(cell) + cv_set(0.5)) * cv_set(0x1p-52);
}

/// Standard normal.
CV_INLINE cv_real cv_normal(
    uint64_t key, uint64_t first_neuron, uint64_t step, uint32_t ordinal) {
  return cv_normalQuantile(cv_uniformOpen(key, first_neuron, step, ordinal));
}

/// Two uniforms in (0, 1) of one counter; `draw` below 2^20 counts the trials.
CV_FUNCTION void cv_uniformPair(uint64_t key, uint64_t neuron, uint64_t step, uint32_t ordinal,
                                uint32_t draw, double *u, double *v) {
  cv_words c;
  c.w0 = cv_setBits(neuron);
  c.w1 = cv_setBits(ordinal);
  c.w2 = cv_setBits((uint32_t)step);
  // No step comes near to 2^44: the upper bits number the draws.
  c.w3 = cv_setBits((uint32_t)(step >> 32) ^ draw << 12);
  c = cv_philox(c, key);
  const uint64_t a = (c.w0[0] & 0xffffffffu) | c.w1[0] << 32;
  const uint64_t b = (c.w2[0] & 0xffffffffu) | c.w3[0] << 32;
  *u = ((double)(int64_t)(a >> 12) + 0.5) * 0x1p-52;
  *v = ((double)(int64_t)(b >> 12) + 0.5) * 0x1p-52;
}

/// log of the probability of k for the mean lambda, in Loader's form: no large terms cancel.
CV_FUNCTION double cv_poissonLog(double k, double lambda) {
  // log k! less Stirling's formula
  static const double error[16] = {
      0, 0.08106146679532726, 0.0413406959554093, 0.02767792568499834,
      0.020790672103765093, 0.016644691189821193, 0.013876128823070748, 0.01189670994589177,
      0.010411265261972096, 0.009255462182712733, 0.00833056343336287, 0.007573675487951841,
      0.00694284010720953, 0.006408994188004207, 0.0059513701127588475, 0.005554733551962801};
  if (k < 1) return -lambda;
  const double i = 1 / k, i2 = i * i;
  const double stirling =
      k < 16 ? error[(int)k]
             : i * (1.0 / 12 - i2 * (1.0 / 360 - i2 * (1.0 / 1260 - i2 * (1.0 / 1680))));
  const double distance = k - lambda;
  // k log(k / lambda), which is k log1p(distance / lambda)
  const double deviance = k * cv_log1p(cv_set(distance / lambda))[0] - distance;
  // half of log(2 π k)
  return -deviance - stirling - 0x1.d67f1c864beb5p-1 - 0.5 * cv_log(cv_set(k))[0];
}

/// One Poisson number of mean 10 or more: Hörmann's PTRS (transformed rejection, 1993); from 2^50
/// on the rounded normal, which no number of draws could tell from it.
CV_FUNCTION double cv_poissonLarge(
    uint64_t key, uint64_t neuron, uint64_t step, uint32_t ordinal, double lambda) {
  double u, v;
  const double root = cv_squareRoot(cv_set(lambda))[0];
  if (lambda >= 0x1p50) {
    if (lambda > CV_LARGEST) return lambda;
    cv_uniformPair(key, neuron, step, ordinal, 0, &u, &v);
    return cv_floor(cv_set(lambda + root * cv_normalQuantile(cv_set(u))[0]))[0];
  }
  const double b = 0.931 + 2.53 * root;
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double v_quick = 0.9277 - 3.6224 / (b - 2);
  for (uint32_t draw = 0; draw < 1u << 20; ++draw) {
    cv_uniformPair(key, neuron, step, ordinal, draw, &u, &v);
    u -= 0.5;
    const double us = 0.5 - __builtin_fabs(u);
    const double k = cv_floor(cv_set((2 * a / us + b) * u + lambda + 0.43))[0];
    if (us >= 0.07 && v <= v_quick) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const double scaled = v * inverse_alpha / (a / (us * us) + b);
    if (cv_log(cv_set(scaled))[0] <= cv_poissonLog(k, lambda)) return k;
  }
  return cv_floor(cv_set(lambda))[0];
}

/// Poisson numbers of the given means; NaN where a mean is negative or NaN. Below a mean of 10 by
/// inversion.
CV_FUNCTION cv_real cv_poisson(
    uint64_t key, uint64_t first_neuron, uint64_t step, uint32_t ordinal, cv_real lambda) {
  const cv_mask small = cv_and(cv_greaterOrEqual(lambda, cv_set(0)), cv_less(lambda, cv_set(10)));
  const cv_real mean = cv_clear(cv_not(small), lambda);
  cv_real u = cv_uniformOpen(key, first_neuron, step, ordinal);
  cv_real p = cv_exp(cv_negate(mean)), k = cv_set(0);
  for (int count = 0; count < 200; ++count) {
    const cv_mask above = cv_greater(u, p);
    if (!cv_any(above)) break;
    u = cv_select(above, u - p, u);
    k = cv_select(above, k + cv_set(1), k);
    p = cv_select(above, p * (mean / k), p);
  }
  if (__builtin_expect(cv_any(cv_not(small)), 0)) {
    for (int l = 0; l < COPPICE_WIDTH; ++l) {
      if (lambda[l] >= 0 && lambda[l] < 10) continue;
      k[l] = lambda[l] >= 10
                 ? cv_poissonLarge(key, first_neuron + (uint64_t)l, step, ordinal, lambda[l])
                 : __builtin_nan("");
    }
  }
  return k;
}

#endif
