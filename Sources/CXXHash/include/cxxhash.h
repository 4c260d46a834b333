// The border to xxHash: the only C of the project that includes xxhash.h.

#ifndef COPPICE_CXXHASH_H
#define COPPICE_CXXHASH_H

#include <stddef.h>
#include <stdint.h>

/// A hash being computed.
typedef struct cxxhash_state cxxhash_state;

/// A fresh XXH3 state of 64 or 128 bits (`bits`), or NULL without memory or for other widths.
cxxhash_state *cxxhash_create(int32_t bits);
void cxxhash_free(cxxhash_state *state);

/// Takes in more bytes. 0 on success, negative on failure.
int32_t cxxhash_update(cxxhash_state *state, const void *bytes, size_t count);

/// The hash of all bytes so far; more may follow. `high` is 0 at a width of 64 bits.
void cxxhash_digest(const cxxhash_state *state, uint64_t *high, uint64_t *low);

#endif
