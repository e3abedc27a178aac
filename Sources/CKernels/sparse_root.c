#include "include/sparse_root.h"

#include <float.h>

// The row stride of an update, as in a Cholesky factorization.
#define update_step(rows) ((rows) > 0 ? lg_sparse_update_count(rows) / (rows) : 0)

#define TEMPLATE "sparse_rows.inc"
#include "for_each_scalar.h"

#define TEMPLATE "sparse_root.inc"
#include "for_each_scalar.h"
