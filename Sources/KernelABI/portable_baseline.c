#define COPPICE_ISA_GENERIC 1
#define COPPICE_WIDTH 2
#define COPPICE_PORTABLE_NAME "baseline"
#define COPPICE_PORTABLE_TABLE coppice_operations_baseline

#include "portable_operations.h"
