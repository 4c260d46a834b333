// The text of the headers that every generated kernel begins with, as bytes of this program:
// a node that compiles a kernel needs no file of ours.

#ifndef COPPICE_KERNEL_SOURCE_H
#define COPPICE_KERNEL_SOURCE_H

/// The zero-terminated text of coppice_kernel_abi.h.
extern const char coppice_kernel_abi_text[];
/// The zero-terminated text of coppice_kernel_math.h.
extern const char coppice_kernel_math_text[];
/// The zero-terminated text of coppice_single_math.h.
extern const char coppice_single_math_text[];

/// The same, for Swift, which imports no array of unknown length.
const char *coppice_kernel_abi_source(void);
const char *coppice_kernel_math_source(void);
const char *coppice_single_math_source(void);

#endif
