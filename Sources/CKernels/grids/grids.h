// What the templates of this folder have in common.
#pragma once

#include "../include/grid.h"
#include "../shared/kernel.h"
#include "../shared/vectors.h"

enum {
  // The number of elements of a recurrence from arrays.
  CHUNK = 256,
  // The number of groups in a span: as long as a tile of levels, which stays in the first-level
  // cache.
  SPAN = 64,
  // The longest grid row that is solved side by side with other rows, and the length of a tile of
  // them: some whole rows, or all.
  NARROW = 32,
  TILE = 64,
  // The number of elements of a sum over batch rows that stay in the first-level cache.
  BLOCK = 1024,
};
