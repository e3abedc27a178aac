#include "tiles.h"

#include <cblas.h>

#include "include/workers.h"

#define TEMPLATE "tiles.inc"
#include "for_each_scalar.h"
