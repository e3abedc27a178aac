#if defined(__x86_64__)
// 12 of the 16 registers are a tile of C, one is for each vector of B and one for a number of A.
#define WIDTH 8
#define TILE_ROWS 6
#define TARGET "avx2,fma"
#define PRODUCT lg_product_avx2_f32
#include "products.inc"
#endif
