#include "../include/normals.h"
#define TEMPLATE "../networks/normals.inc"
#include "../shared/for_each_scalar.h"
