#include "cyaml.h"
#include <yaml.h>
