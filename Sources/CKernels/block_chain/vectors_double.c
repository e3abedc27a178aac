#include "block_chain.h"

#define DOUBLE_ONLY
#define TEMPLATE "../block_chain/vectors.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE
#undef DOUBLE_ONLY
