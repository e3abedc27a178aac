#pragma once
#include <stddef.h>

// The text of digits.csv: 1,797 lines of 64 pixels (0 to 16) and a label.
extern const unsigned char lg_digits_csv[];
extern const size_t lg_digits_csv_size;
