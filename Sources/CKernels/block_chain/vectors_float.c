#include "block_chain.h"

#define FLOAT_ONLY
#define TEMPLATE "../block_chain/vectors.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE
#undef FLOAT_ONLY
