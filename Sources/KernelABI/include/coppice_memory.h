// How large memory is laid on pages.

#ifndef COPPICE_MEMORY_H
#define COPPICE_MEMORY_H

#include <stddef.h>

/// Asks for pages of 2 MB below memory that nobody has touched yet, as far as whole ones lie in it:
/// what is read at random then misses no translation of its addresses. A system that has none, or
/// none left, goes on with small pages.
void coppice_ask_for_huge_pages(void *memory, size_t bytes);

/// Gives the pages back that lie in memory whose contents nobody needs any more; what is read there
/// afterwards is undefined, and what is written stays.
void coppice_give_back_pages(void *memory, size_t bytes);

#endif
