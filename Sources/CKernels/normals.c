#include "include/normals.h"
#define TEMPLATE "normals.inc"
#include "for_each_scalar.h"
