#include "include/elementwise.h"
#include "include/special.h"
#define TEMPLATE "elementwise.inc"
#include "for_each_scalar.h"
