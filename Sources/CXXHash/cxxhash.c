#include "cxxhash.h"
#include <xxhash.h>
