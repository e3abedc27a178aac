#include "../include/normals.h"

#include "../shared/kernel.h"

// Row r of a batch that is repeated. Most batches are not, and need no division.
INLINE ptrdiff_t repeated(ptrdiff_t r, ptrdiff_t rows) { return r < rows ? r : r % rows; }

// Rows may have as few as two variables, too few to fill a vector. Exponentials are therefore
// computed for blocks of rows: the arguments are gathered, the function runs over the block as one
// array, and the results are used row by row. A row longer than a block is divided into several;
// rows without columns have one block.
typedef struct {
  ptrdiff_t first, height;  // its rows
  ptrdiff_t left, width;    // its columns
} Block;

// The most elements of a block.
enum { most = 256 };

// The block that starts at a row and a column.
INLINE Block block_at(const LGNormalRows *rows, ptrdiff_t first, ptrdiff_t left) {
  const ptrdiff_t k = rows->k, tallest = k == 0 || k > most ? 1 : most / k;
  const ptrdiff_t height = rows->end - first, width = k - left;
  return (Block){first, height < tallest ? height : tallest, left, width < most ? width : most};
}

// The block to the right or, at the end of the rows, the first one of the rows below. The last one
// starts at rows->end.
INLINE Block next_block(const LGNormalRows *rows, Block b) {
  if (b.left + most < rows->k) return block_at(rows, b.first, b.left + most);
  return block_at(rows, b.first + b.height, 0);
}

// Where the part of a block in row r starts, among the means of moments or among values with
// `count` rows. The log-variances follow the k means of a row.
INLINE ptrdiff_t means_at(const LGNormalRows *rows, Block b, ptrdiff_t r, ptrdiff_t count) {
  return 2 * rows->k * repeated(r, count) + b.left;
}

INLINE ptrdiff_t values_at(const LGNormalRows *rows, Block b, ptrdiff_t r, ptrdiff_t count) {
  return rows->k * repeated(r, count) + b.left;
}

#define TEMPLATE "../networks/normals.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE
