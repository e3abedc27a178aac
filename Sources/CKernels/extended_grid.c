#include "include/extended_grid.h"

#define TEMPLATE "extended_grid.inc"
#include "for_each_scalar.h"
