#pragma once
#include <stddef.h>

// The text of digits.csv: 1,797 lines of 64 pixels (0 to 16) and a label. A function, because Swift
// imports no array without a length.
const unsigned char *lg_digits_csv_bytes(void);
extern const size_t lg_digits_csv_size;
