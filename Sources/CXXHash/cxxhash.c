#include "cxxhash.h"

#include <stdlib.h>
#include <xxhash.h>

struct cxxhash_state {
  XXH3_state_t *inner;
  int32_t bits;
};

cxxhash_state *cxxhash_create(int32_t bits) {
  if (bits != 64 && bits != 128) return NULL;
  cxxhash_state *state = malloc(sizeof *state);
  if (state == NULL) return NULL;
  state->bits = bits;
  state->inner = XXH3_createState();
  if (state->inner != NULL) {
    XXH_errorcode status =
        bits == 64 ? XXH3_64bits_reset(state->inner) : XXH3_128bits_reset(state->inner);
    if (status == XXH_OK) return state;
  }
  cxxhash_free(state);
  return NULL;
}

void cxxhash_free(cxxhash_state *state) {
  if (state == NULL) return;
  XXH3_freeState(state->inner);
  free(state);
}

int32_t cxxhash_update(cxxhash_state *state, const void *bytes, size_t count) {
  XXH_errorcode status = state->bits == 64 ? XXH3_64bits_update(state->inner, bytes, count)
                                           : XXH3_128bits_update(state->inner, bytes, count);
  return status == XXH_OK ? 0 : -1;
}

void cxxhash_digest(const cxxhash_state *state, uint64_t *high, uint64_t *low) {
  if (state->bits == 64) {
    *high = 0;
    *low = XXH3_64bits_digest(state->inner);
    return;
  }
  XXH128_hash_t hash = XXH3_128bits_digest(state->inner);
  *high = hash.high64;
  *low = hash.low64;
}
