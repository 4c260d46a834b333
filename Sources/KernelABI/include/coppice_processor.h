// What the processor can do, and how the calling thread treats denormal numbers.

#ifndef COPPICE_PROCESSOR_H
#define COPPICE_PROCESSOR_H

/// From now on results of the calling thread below 2^-1022 become 0, and so do such operands.
/// Threads started later may or may not inherit this: each worker calls it.
void coppice_flush_denormals(void);

/// The calling thread computes with denormals again: for threads that also do other work.
void coppice_keep_denormals(void);

/// 1 if the calling thread flushes denormals, else 0.
int coppice_denormals_flushed(void);

/// "avx512" (F, DQ, VL and BW), "avx2" (with FMA) or "baseline". A kernel compiled for one
/// processor runs on all of the same kind.
const char *coppice_processor_kind(void);

/// 1 if this processor has what a kernel of that kind needs, else 0.
int coppice_isa_available(const char *kind);

#endif
