#include "../include/products.h"

#if defined(__x86_64__)
LGProduct lg_product_avx2_f32, lg_product_avx512_f32;

LGProduct *lg_product_f32(int width) {
  if (width == 8 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return lg_product_avx2_f32;
  if (width == 16 && __builtin_cpu_supports("avx512f")) return lg_product_avx512_f32;
  return 0;
}
#else
LGProduct *lg_product_f32(int width) { return 0; }
#endif
