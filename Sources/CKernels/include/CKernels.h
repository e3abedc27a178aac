// The kernels in C: one header for each family, with functions for float (`_f32`) and double
// (`_f64`).
#pragma once

#include "bidiagonal.h"
#include "block_chain.h"
#include "densities.h"
#include "elementwise.h"
#include "extended_grid.h"
#include "forest.h"
#include "grid.h"
#include "networks.h"
#include "nonzeros.h"
#include "normals.h"
#include "products.h"
#include "random.h"
#include "reference.h"
#include "reductions.h"
#include "releases.h"
#include "scalar.h"
#include "sparse.h"
#include "sparse_newton.h"
#include "sparse_root.h"
#include "workers.h"
