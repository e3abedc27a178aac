#if defined(__x86_64__)
// 16 of the 32 registers hold a tile of C: enough to keep both multiplication units busy, with a
// number of rows that divides the usual batch sizes.
#define WIDTH 16
#define TILE_ROWS 8
#define TARGET "avx512f"
#define PRODUCT lg_product_avx512_f32
#include "products.inc"
#undef WIDTH
#undef TILE_ROWS
#undef TARGET
#undef PRODUCT
#endif
