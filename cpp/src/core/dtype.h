#pragma once

#include <cstddef>
#include <string_view>

namespace genodl {

enum class DType : unsigned char { float32, float64, int32, int64, uint8, boolean };

constexpr std::size_t size_of(DType t) {
  switch (t) {
    case DType::float32:
    case DType::int32:
      return 4;
    case DType::float64:
    case DType::int64:
      return 8;
    case DType::uint8:
    case DType::boolean:
      return 1;
  }
  return 0;
}

constexpr std::string_view name_of(DType t) {
  switch (t) {
    case DType::float32:
      return "float32";
    case DType::float64:
      return "float64";
    case DType::int32:
      return "int32";
    case DType::int64:
      return "int64";
    case DType::uint8:
      return "uint8";
    case DType::boolean:
      return "bool";
  }
  return "?";
}

constexpr bool is_float(DType t) { return t == DType::float32 || t == DType::float64; }

DType dtype_from(std::string_view name);

// The type in which two operands meet: float wins over integer, wide over narrow.
DType promote(DType a, DType b);

template <class T>
struct DTypeOf;
template <>
struct DTypeOf<float> {
  static constexpr DType value = DType::float32;
};
template <>
struct DTypeOf<double> {
  static constexpr DType value = DType::float64;
};

// Calls f.template operator()<T>() with the C++ type that holds a dtype (bool is one byte).
template <class F>
decltype(auto) dispatch(DType t, F&& f) {
  switch (t) {
    case DType::float64:
      return f.template operator()<double>();
    case DType::int32:
      return f.template operator()<int>();
    case DType::int64:
      return f.template operator()<long long>();
    case DType::uint8:
    case DType::boolean:
      return f.template operator()<unsigned char>();
    case DType::float32:
      break;
  }
  return f.template operator()<float>();
}

}  // namespace genodl
