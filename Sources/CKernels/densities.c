#include "include/densities.h"
#define TEMPLATE "densities.inc"
#include "for_each_scalar.h"
