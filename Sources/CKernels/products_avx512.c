#if defined(__x86_64__)
// 16 of the 32 registers are a tile of C: as many as keep both units of multiplication busy, and
// rows that divide the usual batches.
#define WIDTH 16
#define TILE_ROWS 8
#define TARGET "avx512f"
#define PRODUCT lg_product_avx512_f32
#include "products.inc"
#endif
