#include "include/elementwise.h"
#define TEMPLATE "elementwise.inc"
#include "for_each_scalar.h"
