#include "../include/densities.h"
#define TEMPLATE "../networks/densities.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE
