#include "include/sparse_newton.h"

#define TEMPLATE "sparse_newton.inc"
#include "for_each_scalar.h"
