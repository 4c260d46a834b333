// The paper's active neurons without connections, fused by hand: the yardstick of generated kernels.
//
//   active-f64 NEURONS STEPS VISIT      seconds of the time loop and mean rate, as JSON
//
// One lane is one neuron. A group of lanes goes through VISIT steps with its state in registers before
// the next group begins; with VISIT 1 all groups go through each step, as neurons must that reach
// each other without delay. Constants are folded, conductances and gates scaled by dt/C; whatever is
// rare (spikes, dendritic spikes, input) stands behind one test. Input is drawn as Coppice draws it:
// geometric gaps from the same counter-based generator. Times are compared in f64 seconds, as the
// semantics demand, in both precisions.

#define _GNU_SOURCE
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "coppice_random.h"
#include "width.h"

#ifdef SINGLE
typedef float real;
#else
typedef double real;
#endif

#define LANES (BYTES / (int)sizeof(real))
#define DENDRITES 3  // trunk, prox, dist

typedef real vector __attribute__((vector_size(BYTES)));

static const double dt = 1e-4, at_rest = -60e-3, soma_threshold = -50e-3, dendrite_threshold = -40e-3;
static const double input_rate = 50, refractory_time = 5e-3, offset_fall = 2e-4;
static const double rise_reversal = 70e-3, fall_reversal = -89e-3;
static const int32_t refractory_steps = 40;

// What a step reads and writes always, then what only rare work does.
typedef struct {
  vector soma, voltage[DENDRITES];
  vector rise[DENDRITES], fall[DENDRITES];  // conductances times dt/C
  vector gate[2];                           // of prox and dist, times g dt/C
  uint32_t may_rise[DENDRITES];             // bit: lane
  uint32_t armed;                           // any fall to come
  int32_t due;                              // step of the first input to come
  int32_t input[2][LANES], drawn[2][LANES], last[LANES];
  uint32_t may_fall[DENDRITES];
  double timer[DENDRITES][LANES];
} group;

// Folded constants of one compartment, and of the whole.
typedef struct {
  real own[4], leak[4], up[4], down[4];  // V += leak - own V + up V(before) + down V(after)
  real rise_decay, fall_decay, gate_decay;
  real rise_step[DENDRITES], fall_step[DENDRITES], gate_step[2];
  double log_silent;
} constants;

static constants folded(void) {
  const double length[4] = {25, 100, 100, 100}, diameter[4] = {25, 2.5, 1, 0.5};
  const double coupling[5] = {0, 15, 10, 4, 0};
  const double rise[4] = {0, 34, 15.3, 7}, fall[4] = {0, 27.2, 12.24, 5.6};
  const double gate[4] = {0, 0, 2, 1};
  constants c;
  for (int i = 0; i < 4; i++) {
    const double area = M_PI * length[i] * diameter[i] * 1e-12 * (i == 0 ? 2.8 : 2.8 * 1.5);
    const double scale = dt / (area * 1e-2);  // 1 uF/cm2
    const double leak = area * 0.4;           // 40 uS/cm2
    c.up[i] = (real)(scale * coupling[i] * 1e-9);
    c.down[i] = (real)(scale * coupling[i + 1] * 1e-9);
    c.own[i] = (real)(scale * (leak + (coupling[i] + coupling[i + 1]) * 1e-9));
    c.leak[i] = (real)(scale * leak * at_rest);
    if (i > 0) {
      c.rise_step[i - 1] = (real)(scale * rise[i] * 1e-9);
      c.fall_step[i - 1] = (real)(scale * fall[i] * 1e-9);
    }
    if (i > 1) c.gate_step[i - 2] = (real)(scale * gate[i] * 1e-9);
  }
  c.rise_decay = (real)(dt / 0.6e-3);
  c.fall_decay = (real)(dt / 1.2e-3);
  c.gate_decay = (real)(dt / 5e-3);
  c.log_silent = log1p(-input_rate * dt);
  return c;
}

static inline uint32_t above(vector v, double limit) {
#if defined(__AVX512F__) && defined(SINGLE)
  return _mm512_cmp_ps_mask((__m512)v, _mm512_set1_ps((float)limit), _CMP_GT_OQ);
#elif defined(__AVX512F__)
  return _mm512_cmp_pd_mask((__m512d)v, _mm512_set1_pd(limit), _CMP_GT_OQ);
#elif defined(__AVX2__) && defined(SINGLE)
  return (uint32_t)_mm256_movemask_ps(
      _mm256_cmp_ps((__m256)v, _mm256_set1_ps((float)limit), _CMP_GT_OQ));
#elif defined(__AVX2__)
  return (uint32_t)_mm256_movemask_pd(
      _mm256_cmp_pd((__m256d)v, _mm256_set1_pd(limit), _CMP_GT_OQ));
#else
  uint32_t bits = 0;
  for (int lane = 0; lane < LANES; lane++) bits |= (uint32_t)(v[lane] > (real)limit) << lane;
  return bits;
#endif
}

static int32_t gap(const constants *c, uint64_t neuron, uint32_t channel, uint32_t draw) {
  const double steps = log(coppice_uniform(0x9e3779b97f4a7c15u, channel, draw, neuron)) / c->log_silent;
  return steps < 1e8 ? 1 + (int32_t)steps : 100000000;
}

static void find_due(group *g) {
  int32_t due = INT32_MAX;
  for (int lane = 0; lane < LANES; lane++) {
    const int32_t first = g->input[0][lane] < g->input[1][lane] ? g->input[0][lane] : g->input[1][lane];
    due = first < due ? first : due;
  }
  g->due = due;
}

// Starts of dendritic spikes, and their falls, by the timers.
static void test_dendrite(group *g, const constants *c, int d, uint32_t candidates, double now) {
  for (uint32_t left = candidates | g->may_fall[d]; left; left &= left - 1) {
    const int lane = __builtin_ctz(left);
    const uint32_t bit = 1u << lane;
    const int rises = (candidates & bit) && now > g->timer[d][lane] + refractory_time;
    const int falls = (g->may_fall[d] & bit) && now > g->timer[d][lane] + offset_fall;
    if (rises) {
      g->rise[d][lane] += c->rise_step[d];
      g->may_rise[d] &= ~bit;
      g->may_fall[d] |= bit;
      g->timer[d][lane] = now;
    }
    if (falls) {
      g->fall[d][lane] += c->fall_step[d];
      g->may_fall[d] &= ~bit;
      g->may_rise[d] |= bit;
    }
  }
}

// All that is rare in step n; returns the spikes of the group.
static __attribute__((noinline)) uint32_t rare(
    group *g, const constants *c, int32_t n, uint32_t spiking, const uint32_t high[DENDRITES],
    uint64_t first_neuron) {
  uint32_t spikes = 0;
  for (uint32_t left = spiking; left; left &= left - 1) {
    const int lane = __builtin_ctz(left);
    if (n - g->last[lane] >= refractory_steps) {
      g->last[lane] = n;
      g->soma[lane] = (real)at_rest;
      spikes++;
    }
  }
  for (int d = 0; d < DENDRITES; d++) test_dendrite(g, c, d, high[d], n * dt);
  g->armed = g->may_fall[0] | g->may_fall[1] | g->may_fall[2];
  if (n == g->due) {
    for (int channel = 0; channel < 2; channel++) {
      for (int lane = 0; lane < LANES; lane++) {
        if (g->input[channel][lane] != n) continue;
        g->gate[channel][lane] += c->gate_step[channel];
        g->input[channel][lane] =
            n + gap(c, first_neuron + lane, channel, ++g->drawn[channel][lane]);
      }
    }
    find_due(g);
  }
  return spikes;
}

// A group goes through steps [from, to); returns its spikes.
static inline uint32_t visit(
    group *g, const constants *c, int32_t from, int32_t to, uint64_t first_neuron) {
  uint32_t spikes = 0;
  vector v0 = g->soma, v1 = g->voltage[0], v2 = g->voltage[1], v3 = g->voltage[2];
  vector r0 = g->rise[0], r1 = g->rise[1], r2 = g->rise[2];
  vector f0 = g->fall[0], f1 = g->fall[1], f2 = g->fall[2];
  vector s0 = g->gate[0], s1 = g->gate[1];
  const real rise_v = (real)rise_reversal, fall_v = (real)fall_reversal;
  for (int32_t n = from; n < to; n++) {
    const vector w0 = v0 + (c->leak[0] - c->own[0] * v0 + c->down[0] * v1);
    const vector w1 = v1 + (c->leak[1] - c->own[1] * v1 + c->up[1] * v0 + c->down[1] * v2
                            + r0 * (rise_v - v1) + f0 * (fall_v - v1));
    const vector w2 = v2 + (c->leak[2] - (c->own[2] + s0) * v2 + c->up[2] * v1 + c->down[2] * v3
                            + r1 * (rise_v - v2) + f1 * (fall_v - v2));
    const vector w3 = v3 + (c->leak[3] - (c->own[3] + s1) * v3 + c->up[3] * v2
                            + r2 * (rise_v - v3) + f2 * (fall_v - v3));
    v0 = w0, v1 = w1, v2 = w2, v3 = w3;
    r0 -= c->rise_decay * r0, r1 -= c->rise_decay * r1, r2 -= c->rise_decay * r2;
    f0 -= c->fall_decay * f0, f1 -= c->fall_decay * f1, f2 -= c->fall_decay * f2;
    s0 -= c->gate_decay * s0, s1 -= c->gate_decay * s1;
    const uint32_t spiking = above(v0, soma_threshold);
    const uint32_t high[DENDRITES] = {
        above(v1, dendrite_threshold) & g->may_rise[0], above(v2, dendrite_threshold) & g->may_rise[1],
        above(v3, dendrite_threshold) & g->may_rise[2]};
    if (__builtin_expect(
            (spiking | high[0] | high[1] | high[2] | g->armed | (uint32_t)(n == g->due)) != 0, 0)) {
      g->soma = v0, g->voltage[0] = v1, g->voltage[1] = v2, g->voltage[2] = v3;
      g->rise[0] = r0, g->rise[1] = r1, g->rise[2] = r2;
      g->fall[0] = f0, g->fall[1] = f1, g->fall[2] = f2;
      g->gate[0] = s0, g->gate[1] = s1;
      spikes += rare(g, c, n, spiking, high, first_neuron);
      v0 = g->soma;
      r0 = g->rise[0], r1 = g->rise[1], r2 = g->rise[2];
      f0 = g->fall[0], f1 = g->fall[1], f2 = g->fall[2];
      s0 = g->gate[0], s1 = g->gate[1];
    }
  }
  g->soma = v0, g->voltage[0] = v1, g->voltage[1] = v2, g->voltage[2] = v3;
  g->rise[0] = r0, g->rise[1] = r1, g->rise[2] = r2;
  g->fall[0] = f0, g->fall[1] = f1, g->fall[2] = f2;
  g->gate[0] = s0, g->gate[1] = s1;
  return spikes;
}

static group *start(const constants *c, int64_t groups) {
  const size_t whole = ((groups * sizeof(group) >> 21) + 1) << 21;
  group *all = aligned_alloc(2 << 20, whole);
  if (!all) return NULL;
  madvise(all, whole, MADV_HUGEPAGE);  // where the system offers them
  for (int64_t k = 0; k < groups; k++) {
    group *g = &all[k];
    memset(g, 0, sizeof *g);
    g->soma = (vector){0} + (real)at_rest;
    for (int d = 0; d < DENDRITES; d++) {
      g->voltage[d] = g->soma;
      g->may_rise[d] = (uint32_t)((UINT64_C(1) << LANES) - 1);
    }
    for (int lane = 0; lane < LANES; lane++) {
      g->last[lane] = -1000000;
      for (int channel = 0; channel < 2; channel++)
        g->input[channel][lane] = gap(c, (uint64_t)(k * LANES + lane), channel, 0) - 1;
    }
    find_due(g);
  }
  return all;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(int count, char **words) {
  if (count != 4) {
    fprintf(stderr, "usage: %s NEURONS STEPS VISIT\n", words[0]);
    return 64;
  }
  const int64_t neurons = atoll(words[1]), groups = (neurons + LANES - 1) / LANES;
  const int32_t steps = atoi(words[2]), visit_steps = atoi(words[3]);
  if (neurons < 1 || steps < 1 || visit_steps < 1) return 64;
#if defined(__x86_64__)
  _mm_setcsr(_mm_getcsr() | 0x8040);  // flush to zero, as Coppice does
#endif
  const constants c = folded();
  group *all = start(&c, groups);
  if (!all) return 70;
  uint64_t spikes = 0;
  const double begin = now();
  for (int32_t n = 0; n < steps; n += visit_steps) {
    const int32_t end = n + visit_steps < steps ? n + visit_steps : steps;
    for (int64_t k = 0; k < groups; k++) spikes += visit(&all[k], &c, n, end, (uint64_t)k * LANES);
  }
  const double loop = now() - begin;
  printf("{\"neurons\": %lld, \"seconds\": %g, \"visit_steps\": %d, \"lanes\": %d, \"state_bytes\": %zu,"
         " \"loop_seconds\": %.9f, \"total_seconds\": %.9f, \"mean_rate_hz\": %.4f}\n",
         (long long)(groups * LANES), steps * dt, visit_steps, LANES, sizeof(group) / LANES, loop, loop,
         spikes / (double)(groups * LANES) / (steps * dt));
  free(all);
  return 0;
}
