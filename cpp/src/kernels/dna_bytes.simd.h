// Positions inside pooling windows: bytes in memory, 32-bit lanes in registers.
#pragma once

#include "simd.h"

namespace genodl::kernels::GENODL_ISA::dna {

typedef std::uint8_t Bytes __attribute__((vector_size(kLanes)));
typedef std::uint8_t BytesU __attribute__((vector_size(kLanes), aligned(1), may_alias));
typedef std::uint16_t Halves __attribute__((vector_size(kLanes * 2)));

// Through 16 bits, because GCC takes a direct conversion apart into single lanes.
inline VecI widen_bytes(const std::uint8_t* p) {
  const Bytes bytes = *reinterpret_cast<const BytesU*>(p);
  return __builtin_convertvector(__builtin_convertvector(bytes, Halves), VecI);
}

inline void store_bytes(std::uint8_t* p, VecI v) {
  *reinterpret_cast<BytesU*>(p) = __builtin_convertvector(__builtin_convertvector(v, Halves), Bytes);
}

}  // namespace genodl::kernels::GENODL_ISA::dna
