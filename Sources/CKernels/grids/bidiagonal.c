#include "../include/bidiagonal.h"

#include "grids.h"

#define TEMPLATE "../grids/bidiagonal.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE
