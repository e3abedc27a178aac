#include "include/networks.h"
#define TEMPLATE "networks.inc"
#include "for_each_scalar.h"
