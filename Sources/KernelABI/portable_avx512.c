#if defined(__x86_64__)

#define COPPICE_ISA_AVX512 1
#define COPPICE_WIDTH 8
#define COPPICE_PORTABLE_NAME "avx512"
#define COPPICE_PORTABLE_TABLE coppice_operations_avx512

// The headers of the system stay outside of what follows.
#include <stddef.h>
#include <stdint.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512dq,avx512vl,avx512bw"))), apply_to = function)
#include "portable_operations.h"
#pragma clang attribute pop

#endif
