#include "core/dtype.h"

#include "core/error.h"

namespace genodl {

DType dtype_from(std::string_view name) {
  for (DType t : {DType::float32, DType::float64, DType::int32, DType::int64, DType::uint8, DType::boolean})
    if (name_of(t) == name) return t;
  fail<DTypeError>("dtype: expected float32, float64, int32, int64, uint8 or bool, got '", name, "'.");
}

namespace {
int rank_of(DType t) {
  switch (t) {
    case DType::boolean:
      return 0;
    case DType::uint8:
      return 1;
    case DType::int32:
      return 2;
    case DType::int64:
      return 3;
    case DType::float32:
      return 4;
    case DType::float64:
      return 5;
  }
  return 5;
}
}  // namespace

DType promote(DType a, DType b) { return rank_of(a) >= rank_of(b) ? a : b; }

}  // namespace genodl
