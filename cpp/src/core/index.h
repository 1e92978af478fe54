// The one integer type of sizes and positions.
#pragma once

#include <cstdint>

namespace genodl {

using index_t = std::int64_t;

}  // namespace genodl
