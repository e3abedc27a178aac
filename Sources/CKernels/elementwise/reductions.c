#include "../include/reductions.h"
#define TEMPLATE "../elementwise/reductions.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE
