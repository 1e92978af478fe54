#include "ops/indices.h"

namespace genodl {

void read_indices(const RunContext& c, int input, index_t n, const std::string& who, index_t* positions) {
  const index_t count = elements(c.in_shape(input));
  dispatch(c.in_spec(input).dtype, [&]<class T>() {
    const T* from = c.in<T>(input);
    for (index_t i = 0; i < count; ++i) {
      const index_t at = static_cast<index_t>(from[i]);
      if (at < -n || at >= n)
        fail<ShapeError>(who, ": expected indices from ", -n, " to ", n - 1, ", got ", at, " as number ", i, ".");
      positions[i] = at < 0 ? at + n : at;
    }
  });
}

}  // namespace genodl
