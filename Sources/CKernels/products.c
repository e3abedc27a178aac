#include "include/products.h"

#include "kernel.h"

// A tile of C stays in registers: 12 of AVX2's 16, and one for each column of B and one of A.
enum { lanes = 8, tile_rows = 6, tile_columns = 2 * lanes };
// A packed block of B stays in a second-level cache of 512 KiB, the rows of A in a tile in the first
// level. Where A has to be packed too, a block is wider, so that this is done less often.
enum { most_depth = 264, block_columns = 128, wide_block_columns = 256, strip_rows = 48 };

typedef float Lanes __attribute__((vector_size(32), aligned(4), may_alias));

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,fma")))
bool lg_has_products(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         !__builtin_cpu_supports("avx512f");
}
#else
#define AVX2
bool lg_has_products(void) { return false; }
#endif

#define UNROLL _Pragma("unroll")

// A few rows of op(A): element (i, p) is at start[i * row + p * column].
typedef struct {
  const float *start;
  size_t row, column;
} Rows;

// C (+)= A B for `rows` rows and 16 columns of B, or 8 where `halves` is 1; both are constants where
// this is inlined. The rows of B are `step` apart.
AVX2 INLINE void tile(const size_t rows, const size_t halves, size_t k, Rows a, const float *b,
                      size_t step, bool accumulate, float *c, size_t ldc) {
  Lanes sum[tile_rows][2];
  UNROLL for (size_t i = 0; i < rows; i++) {
    sum[i][0] = sum[i][1] = (Lanes){0};
    __builtin_prefetch(c + i * ldc, 1);
  }
  // Two pointers, so that each row's address is one of them and a multiple of `row` up to two.
  const float *upper = a.start, *lower = a.start + 3 * a.row;
  _Pragma("unroll 4") for (size_t p = 0; p < k; p++) {
    const Lanes left = *(const Lanes *)b;
    const Lanes right = halves == 2 ? *(const Lanes *)(b + lanes) : left;
    UNROLL for (size_t i = 0; i < rows; i++) {
      const float x = i < 3 ? upper[i * a.row] : lower[(i - 3) * a.row];
      const Lanes xs = {x, x, x, x, x, x, x, x};
      sum[i][0] += xs * left;
      if (halves == 2) sum[i][1] += xs * right;
    }
    upper += a.column;
    lower += a.column;
    b += step;
  }
  UNROLL for (size_t i = 0; i < rows; i++) {
    Lanes *to = (Lanes *)(c + i * ldc);
    to[0] = accumulate ? to[0] + sum[i][0] : sum[i][0];
    if (halves == 2) to[1] = accumulate ? to[1] + sum[i][1] : sum[i][1];
  }
}

#define FOR_ROWS(a, halves, step)                                                                  \
  switch (rows) {                                                                                  \
    case 1: tile(1, halves, k, a, b, step, accumulate, c, ldc); break;                             \
    case 2: tile(2, halves, k, a, b, step, accumulate, c, ldc); break;                             \
    case 3: tile(3, halves, k, a, b, step, accumulate, c, ldc); break;                             \
    case 4: tile(4, halves, k, a, b, step, accumulate, c, ldc); break;                             \
    case 5: tile(5, halves, k, a, b, step, accumulate, c, ldc); break;                             \
    default: tile(6, halves, k, a, b, step, accumulate, c, ldc); break;                            \
  }

// Steps that are constants become parts of the addresses. A core that is shared with another thread
// takes a quarter longer where they are added up instead.
#define LYING ((Rows){a.start, a.row, 1})
#define PACKED ((Rows){a.start, 1, tile_rows})

// Of a packed panel of B, and rows of A as they lie or a packed strip of them.
AVX2 static void multiply_tile(size_t rows, size_t k, Rows a, const float *b, bool accumulate,
                               float *c, size_t ldc) {
  if (a.column == 1) FOR_ROWS(LYING, 2, tile_columns)
  else FOR_ROWS(PACKED, 2, tile_columns)
}

AVX2 static void multiply_half_tile(size_t rows, size_t k, Rows a, const float *b, bool accumulate,
                                    float *c, size_t ldc) {
  if (a.column == 1) FOR_ROWS(LYING, 1, tile_columns)
  else FOR_ROWS(PACKED, 1, tile_columns)
}
#undef PACKED
#undef LYING

// Of 16 columns of B where they lie.
AVX2 static void multiply_unpacked(size_t rows, size_t k, Rows a, const float *b, size_t step,
                                   bool accumulate, float *c, size_t ldc) {
  FOR_ROWS(a, 2, step)
}
#undef FOR_ROWS

// The same for the last columns of C, which do not fill a panel.
AVX2 static void multiply_edge(size_t rows, size_t columns, size_t k, Rows a, const float *b,
                               bool accumulate, float *c, size_t ldc) {
  float whole[tile_rows * tile_columns];
  if (columns > lanes) multiply_tile(rows, k, a, b, false, whole, tile_columns);
  else multiply_half_tile(rows, k, a, b, false, whole, tile_columns);
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) {
      const float x = whole[i * tile_columns + j];
      c[i * ldc + j] = accumulate ? c[i * ldc + j] + x : x;
    }
}

// Packing: B's columns in panels of 16, each k×16, the last one filled up with zeros.

AVX2 static void pack(size_t k, size_t n, const float *b, size_t ldb, float *packed) {
  const size_t whole = n / tile_columns * tile_columns;
  for (size_t p = 0; p < k; p++, b += ldb) {
    for (size_t j = 0; j < whole; j += tile_columns)
      memcpy(packed + j * k + p * tile_columns, b + j, tile_columns * sizeof(float));
    if (whole == n) continue;
    Lanes *last = (Lanes *)(packed + whole * k + p * tile_columns);
    last[0] = last[1] = (Lanes){0};
    for (size_t j = whole; j < n; j++) ((float *)last)[j - whole] = b[j];
  }
}

#define LOW(x, y) __builtin_shufflevector(x, y, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH(x, y) __builtin_shufflevector(x, y, 2, 10, 3, 11, 6, 14, 7, 15)
#define LOW_PAIRS(x, y) __builtin_shufflevector(x, y, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH_PAIRS(x, y) __builtin_shufflevector(x, y, 2, 3, 10, 11, 6, 7, 14, 15)
#define LOW_HALVES(x, y) __builtin_shufflevector(x, y, 0, 1, 2, 3, 8, 9, 10, 11)
#define HIGH_HALVES(x, y) __builtin_shufflevector(x, y, 4, 5, 6, 7, 12, 13, 14, 15)

// Writes the transpose of 8×8 numbers, its rows `tile_columns` apart: pairs of rows are interleaved,
// then pairs of these, then halves.
AVX2 INLINE void transpose(const float *b, size_t ldb, float *to) {
  Lanes row[lanes], pairs[lanes];
  UNROLL for (size_t i = 0; i < lanes; i++) row[i] = *(const Lanes *)(b + i * ldb);
  UNROLL for (size_t i = 0; i < lanes; i += 4) {
    const Lanes a = LOW(row[i], row[i + 1]), b = HIGH(row[i], row[i + 1]);
    const Lanes c = LOW(row[i + 2], row[i + 3]), d = HIGH(row[i + 2], row[i + 3]);
    pairs[i] = LOW_PAIRS(a, c), pairs[i + 1] = HIGH_PAIRS(a, c);
    pairs[i + 2] = LOW_PAIRS(b, d), pairs[i + 3] = HIGH_PAIRS(b, d);
  }
  UNROLL for (size_t i = 0; i < 4; i++) {
    *(Lanes *)(to + i * tile_columns) = LOW_HALVES(pairs[i], pairs[i + 4]);
    *(Lanes *)(to + (i + 4) * tile_columns) = HIGH_HALVES(pairs[i], pairs[i + 4]);
  }
}

AVX2 static void pack_transposed(size_t k, size_t n, const float *b, size_t ldb, float *packed) {
  for (size_t j = 0; j < n; j += tile_columns, b += tile_columns * ldb) {
    float *panel = packed + j * k;
    const bool is_whole = j + tile_columns <= n;
    size_t p = 0;
    for (; is_whole && p + lanes <= k; p += lanes) {
      transpose(b + p, ldb, panel + p * tile_columns);
      transpose(b + lanes * ldb + p, ldb, panel + p * tile_columns + lanes);
    }
    for (; p < k; p++)
      for (size_t i = 0; i < tile_columns; i++)
        panel[p * tile_columns + i] = j + i < n ? b[i * ldb + p] : 0;
  }
}

// Packs a strip of columns of A, which is k×m, for tiles of six: read across, a row of A is a line
// of the cache or three; read down, its rows would fall into few sets of the cache.
AVX2 static void pack_strip(size_t k, size_t rows, const float *a, size_t lda, float *strip) {
  const size_t whole = rows / tile_rows * tile_rows;
  for (size_t p = 0; p < k; p++, a += lda) {
    for (size_t i = 0; i < whole; i += tile_rows)
      memcpy(strip + i * k + p * tile_rows, a + i, tile_rows * sizeof(float));
    for (size_t i = whole; i < rows; i++) strip[whole * k + p * tile_rows + i - whole] = a[i];
  }
}

AVX2 INLINE size_t least(size_t a, size_t b) { return a < b ? a : b; }

// Rows that are to be packed next, on their way from memory: fetched a few at a time while tiles are
// multiplied, for rows that are far apart are no stream that a processor foresees.
typedef struct {
  const float *row;
  size_t rows, length, step;
} Fetch;

AVX2 INLINE void fetch_rows(Fetch *fetch, size_t count) {
  if (count > fetch->rows) count = fetch->rows;
  fetch->rows -= count;
  for (; count > 0; count--, fetch->row += fetch->step)
    for (size_t i = 0; i < fetch->length; i += 16) __builtin_prefetch(fetch->row + i, 0, 2);
}

// A part of op(B). The blocks are used from the top to the bottom of one stripe of columns, then of
// the next.
typedef struct {
  size_t low, columns, first, depth;
} Block;

// Blocks are of about equal depth, which depends on k alone, and as few as can be: with each the tiles
// of C are read and written once more.
AVX2 INLINE Block block_at(size_t low, size_t first, size_t widest, size_t n, size_t k) {
  const size_t rest = k - first, blocks = (rest + most_depth - 1) / most_depth;
  const size_t even = ((rest + blocks - 1) / blocks + 7) / 8 * 8;
  return (Block){low, least(widest, n - low), first, least(even, rest)};
}

AVX2 INLINE Block block_after(Block block, size_t widest, size_t n, size_t k) {
  const size_t first = block.first + block.depth;
  return first < k ? block_at(block.low, first, widest, n, k)
                   : block_at(block.low + block.columns, 0, widest, n, k);
}

AVX2 INLINE Fetch rows_of(Block block, bool transpose_b, const float *b, size_t ldb) {
  return transpose_b
    ? (Fetch){b + block.low * ldb + block.first, block.columns, block.depth, ldb}
    : (Fetch){b + block.first * ldb + block.low, block.depth, block.columns, ldb};
}

// The product of a transposed A and a B of few columns, from left to right transposed: the rows of A
// are read as they lie, where a tile for C would be empty for the most part.
AVX2 static void multiply_narrow(size_t m, size_t n, size_t k, const float *a, size_t lda,
                                 const float *b, size_t ldb, bool accumulate, float *c,
                                 size_t ldc) {
  float whole[tile_rows * tile_columns];
  for (Block block = block_at(0, 0, n, n, k); block.low < n; block = block_after(block, n, n, k)) {
    const bool adds = accumulate || block.first > 0;
    for (size_t j = 0; j < n; j += tile_rows) {
      const size_t rows = least(tile_rows, n - j);
      const Rows of_b = {b + block.first * ldb + j, 1, ldb};
      for (size_t i = 0; i < m; i += tile_columns) {
        const size_t columns = least(tile_columns, m - i);
        const float *of_a = a + block.first * lda + i;
        float edge[most_depth * tile_columns];
        if (columns < tile_columns) pack(block.depth, columns, of_a, lda, edge);
        multiply_unpacked(
          rows, block.depth, of_b, columns < tile_columns ? edge : of_a,
          columns < tile_columns ? tile_columns : lda, false, whole, tile_columns);
        for (size_t p = 0; p < columns; p++)
          for (size_t q = 0; q < rows; q++) {
            float *to = c + (i + p) * ldc + j + q;
            *to = adds ? *to + whole[q * tile_columns + p] : whole[q * tile_columns + p];
          }
      }
    }
  }
}

AVX2 void lg_product_f32(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k,
                         const float *a, size_t lda, const float *b, size_t ldb, bool accumulate,
                         float *c, size_t ldc) {
  float packed[most_depth * wide_block_columns] __attribute__((aligned(64)));
  float strip[strip_rows * most_depth] __attribute__((aligned(64)));
  if (transpose_a && !transpose_b && n <= lanes)
    return multiply_narrow(m, n, k, a, lda, b, ldb, accumulate, c, ldc);
  const size_t widest = transpose_a ? wide_block_columns : block_columns;
  for (Block block = block_at(0, 0, widest, n, k), next; block.low < n; block = next) {
    const size_t depth = block.depth, columns = block.columns;
    const bool adds = accumulate || block.first > 0;
    const float *here = rows_of(block, transpose_b, b, ldb).row;
    if (transpose_b) pack_transposed(depth, columns, here, ldb, packed);
    else pack(depth, columns, here, ldb, packed);

    next = block_after(block, widest, n, k);
    Fetch for_next = {0}, for_strip = {0};
    if (next.low < n) for_next = rows_of(next, transpose_b, b, ldb);
    const size_t panels = (columns + tile_columns - 1) / tile_columns;
    const size_t share = for_next.rows / ((m + tile_rows - 1) / tile_rows * panels) + 1;

    for (size_t i = 0; i < m; i += tile_rows) {
      const size_t rows = least(tile_rows, m - i), place = i % strip_rows;
      Rows of_a = {a + i * lda + block.first, lda, 1};
      if (transpose_a) {
        const float *from = a + block.first * lda + i;
        if (place == 0) {
          pack_strip(depth, least(strip_rows, m - i), from, lda, strip);
          const size_t below = i + strip_rows < m ? m - i - strip_rows : 0;
          for_strip =
            (Fetch){from + strip_rows, below > 0 ? depth : 0, least(strip_rows, below), lda};
        }
        of_a = (Rows){strip + place * depth, 1, tile_rows};
      }
      for (size_t j = 0; j < columns; j += tile_columns) {
        fetch_rows(&for_next, share);
        fetch_rows(&for_strip, 4);
        float *to = c + i * ldc + block.low + j;
        if (columns - j >= tile_columns)
          multiply_tile(rows, depth, of_a, packed + j * depth, adds, to, ldc);
        else
          multiply_edge(rows, columns - j, depth, of_a, packed + j * depth, adds, to, ldc);
      }
    }
  }
}
