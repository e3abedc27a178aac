// What the Cholesky factors of chains and of extended grids have in common: a chain is a grid of
// one row.
//
// A batch is a row-major matrix of rows×k elements, k = height·width; element i = row·width +
// column. Batch row j uses parameter row j % param_rows: the axis of draws comes first, the batch
// of parameters second. With param_rows = 1 all rows share one parameter row. Each function gets
// the whole arrays and computes the rows begin..<end. The bits of a row depend on its own elements
// alone, not on the other rows or on how the rows are divided.
#pragma once

#include "scalar.h"

// The size of a batch, and the rows of it that a call computes.
typedef struct {
  ptrdiff_t height, width;  // of the grid; a chain has height 1
  ptrdiff_t rows;           // the number of batch rows
  ptrdiff_t param_rows;     // the number of parameter rows
  ptrdiff_t begin, end;     // batch rows, or parameter rows where a function says so
} LGGridRows;

// The bands of a factor L, one row for each parameter row.
typedef struct {
  const LGScalar *diagonal;  // L[i, i] > 0: k elements
  const LGScalar *right;     // L[i + 1, i] within a grid row: height·(width - 1) elements
  const LGScalar *down;      // L[i + width, i]: k - width elements; null for a chain
} LGGridFactor;

// The gradient of a factor, with the shapes of the factor; all elements are written.
typedef struct {
  LGScalar *diagonal, *right, *down;
} LGGridGradient;

// A range of the elements of a row.
typedef struct {
  ptrdiff_t low, high;
} LGElementRange;
