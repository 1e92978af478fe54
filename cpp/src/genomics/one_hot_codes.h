// Recognises float arrays that are one-hot DNA, so that they can be treated as what they are.
#pragma once

#include <cstdint>

#include "core/index.h"

namespace genodl::genomics {

// x is (rows, 4) in the order A, C, G, T. True, and a code for each row, if every row is one base,
// nothing, or equal fractions of several bases (0.5, 1/3 or 0.25 as float32 writes them). Any other
// row ends the search, soon if it comes early.
bool one_hot_codes(const float* x, index_t rows, std::uint8_t* codes);

}  // namespace genodl::genomics
