#include "chdf5.h"
#include <hdf5.h>
