#include "tiles.h"

#include <cblas.h>

#include "../include/workers.h"

#define TEMPLATE "../sparse/tiles.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE
