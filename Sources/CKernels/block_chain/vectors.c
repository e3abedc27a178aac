#include "block_chain.h"

#define TEMPLATE "../block_chain/vectors.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE
