// Includes TEMPLATE twice: with Scalar = float and the suffix _f32, then with double and _f64. The
// path is relative to this folder.
//   #define TEMPLATE "../elementwise/elementwise.inc"
//   #include "../shared/for_each_scalar.h"
#include "kernel.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

#define Scalar float
#define IS_FLOAT 1
#define NAME(name) JOIN(name, _f32)
#define TYPE(name) JOIN(name, _f32)
#include TEMPLATE
#undef Scalar
#undef IS_FLOAT
#undef NAME
#undef TYPE

#define Scalar double
#define IS_FLOAT 0
#define NAME(name) JOIN(name, _f64)
#define TYPE(name) JOIN(name, _f64)
#include TEMPLATE
#undef Scalar
#undef IS_FLOAT
#undef NAME
#undef TYPE

#undef JOIN
#undef JOIN_
#undef TEMPLATE
