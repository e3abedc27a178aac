#include "../include/elementwise.h"
#define TEMPLATE "../elementwise/elementwise.inc"
#include "../shared/for_each_scalar.h"
