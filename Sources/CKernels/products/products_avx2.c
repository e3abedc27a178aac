#if defined(__x86_64__)
// 12 of the 16 registers hold a tile of C, one each holds a vector of B and an element of A.
#define WIDTH 8
#define TILE_ROWS 6
#define TARGET "avx2,fma"
#define PRODUCT lg_product_avx2_f32
#include "products.inc"
#undef WIDTH
#undef TILE_ROWS
#undef TARGET
#undef PRODUCT
#endif
