#include "../include/extended_grid.h"

#include "grids.h"

#define TEMPLATE "../grids/extended_grid.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE
