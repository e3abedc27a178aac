#include "include/reductions.h"
#define TEMPLATE "reductions.inc"
#include "for_each_scalar.h"
