#include "coppice_kernel_source.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

const char coppice_kernel_abi_text[] = {
#embed "include/coppice_kernel_abi.h"
    , 0};

const char coppice_kernel_math_text[] = {
#embed "include/coppice_kernel_math.h"
    , 0};

const char coppice_single_math_text[] = {
#embed "include/coppice_single_math.h"
    , 0};

const char *coppice_kernel_abi_source(void) { return coppice_kernel_abi_text; }
const char *coppice_kernel_math_source(void) { return coppice_kernel_math_text; }
const char *coppice_single_math_source(void) { return coppice_single_math_text; }
