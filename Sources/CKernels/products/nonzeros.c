#include "../include/nonzeros.h"

#include "../shared/vectors.h"

typedef bool Bits8 __attribute__((ext_vector_type(8)));

#define TEMPLATE "../products/nonzeros.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE
