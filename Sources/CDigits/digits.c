#include "CDigits.h"

#pragma clang diagnostic ignored "-Wc23-extensions"
static const unsigned char csv[] = {
#embed "digits.csv"
};

const unsigned char *lg_digits_csv_bytes(void) { return csv; }
const size_t lg_digits_csv_size = sizeof csv;
