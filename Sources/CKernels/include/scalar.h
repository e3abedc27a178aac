// What all kernels have in common.
//
// Each family of functions exists for float (names in `_f32`) and double (names in `_f64`). Sizes,
// indices and strides are `ptrdiff_t`, in elements; flags are `bool`. A function has at most six
// arguments: first what says which part of which problem it computes, as a struct that is passed by
// value, then the arrays that it reads, then the arrays that it writes. Outputs must not overlap
// inputs unless a function says so.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The scalar type of a function, float or double, in the structs that both use.
typedef void LGScalar;
