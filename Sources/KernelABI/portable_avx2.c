#if defined(__x86_64__)

#define COPPICE_ISA_AVX2 1
#define COPPICE_WIDTH 4
#define COPPICE_PORTABLE_NAME "avx2"
#define COPPICE_PORTABLE_TABLE coppice_operations_avx2

// The headers of the system stay outside of what follows.
#include <stddef.h>
#include <stdint.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "portable_operations.h"
#pragma clang attribute pop

#endif
