#include "../include/networks.h"

#include "../shared/vectors.h"

#define TEMPLATE "../networks/networks.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE
