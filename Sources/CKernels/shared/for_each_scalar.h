// Includes TEMPLATE twice: with Scalar = float and the suffix _f32, then with double and _f64. The
// path is relative to this folder.
//   #define TEMPLATE "../elementwise/elementwise.inc"
//   #include "../shared/for_each_scalar.h"
//   #undef TEMPLATE
// With FLOAT_ONLY or DOUBLE_ONLY defined, it is included for that type alone: the templates that
// take longest are compiled as two files.
#include "kernel.h"

// The names of functions and of types, with the suffix.
#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(name) JOIN(name, SUFFIX)
#define TYPE(name) JOIN(name, SUFFIX)

// With vectors.h: the vectors of the scalar type, and the number of scalars in one.
#define Vector TYPE(Vector)
#define LANES ((ptrdiff_t)(sizeof(Vector) / sizeof(Scalar)))
#define SHUFFLE __builtin_shufflevector
#define LOAD(pointer) (*(const TYPE(LooseVector) *)(pointer))
#define STORE(pointer, value) (*(TYPE(LooseVector) *)(pointer) = (value))
#define LOAD_HALF(pointer) (*(const TYPE(LooseHalf) *)(pointer))

#ifndef DOUBLE_ONLY
#define Scalar float
#define SUFFIX _f32
#define IS_FLOAT 1
#include TEMPLATE
#undef Scalar
#undef SUFFIX
#undef IS_FLOAT
#endif

#ifndef FLOAT_ONLY
#define Scalar double
#define SUFFIX _f64
#define IS_FLOAT 0
#include TEMPLATE
#undef Scalar
#undef SUFFIX
#undef IS_FLOAT
#endif

#undef JOIN_
#undef JOIN
#undef NAME
#undef TYPE
#undef Vector
#undef LANES
#undef SHUFFLE
#undef LOAD
#undef STORE
#undef LOAD_HALF
