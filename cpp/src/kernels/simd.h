// What every kernel source (*.simd.cpp) stands on: vector types of the instruction set it is
// compiled for. Included by kernel sources only, because its meaning changes with the flags.
#pragma once

#include <cstddef>
#include <cstdint>

#ifndef GENODL_ISA
#error "kernel sources are compiled once per instruction set with -DGENODL_ISA=<baseline|avx2|avx512|neon>"
#endif

namespace genodl::kernels::GENODL_ISA {

using index_t = std::int64_t;

#if defined(__AVX512F__)
constexpr int kLanes = 16;
#elif defined(__AVX2__)
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif

// Aligned vector, the same without alignment for loads and stores, and integer lanes.
typedef float Vec __attribute__((vector_size(kLanes * 4)));
typedef float VecU __attribute__((vector_size(kLanes * 4), aligned(4), may_alias));
typedef std::int32_t VecI __attribute__((vector_size(kLanes * 4)));
typedef std::int32_t VecIU __attribute__((vector_size(kLanes * 4), aligned(4), may_alias));

inline Vec load(const float* p) { return *reinterpret_cast<const VecU*>(p); }
inline void store(float* p, Vec v) { *reinterpret_cast<VecU*>(p) = v; }
inline Vec splat(float x) { return x - Vec{}; }

}  // namespace genodl::kernels::GENODL_ISA
