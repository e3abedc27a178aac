#include "include/bidiagonal.h"

#define TEMPLATE "bidiagonal.inc"
#include "for_each_scalar.h"
