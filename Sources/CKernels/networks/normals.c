#include "../include/normals.h"

// The number of elements of a block of rows, for which exponentials are computed at once.
enum { most = 256 };

#define TEMPLATE "../networks/normals.inc"
#include "../shared/for_each_scalar.h"
