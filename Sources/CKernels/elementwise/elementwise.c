#include "../include/elementwise.h"

#include "../include/special.h"
#define TEMPLATE "../elementwise/elementwise.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE
