#include "include/nonzeros.h"
#include <stdbool.h>

typedef bool Bits8 __attribute__((ext_vector_type(8)));

#define TEMPLATE "nonzeros.inc"
#include "for_each_scalar.h"
