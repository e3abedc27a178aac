#include "block_chain.h"

ptrdiff_t lg_block_chain_workspace(ptrdiff_t d) {
  const ptrdiff_t D = padded_size(d);
  return workspace_matrices * D * D + workspace_rows * row_size(D);
}

#define FLOAT_ONLY
#define TEMPLATE "../block_chain/matrices.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE
#undef FLOAT_ONLY
