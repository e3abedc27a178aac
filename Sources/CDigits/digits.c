#include "CDigits.h"

#pragma clang diagnostic ignored "-Wc23-extensions"
const unsigned char lg_digits_csv[] = {
#embed "digits.csv"
};
const size_t lg_digits_csv_size = sizeof lg_digits_csv;
