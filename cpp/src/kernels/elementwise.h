// Element-wise programs: a chain of operations over blocks small enough to stay in the first cache.
#pragma once

#include <cstdint>

#include "core/index.h"

namespace genodl::kernels {

enum class EwOp : std::uint8_t {
  // unary
  copy,
  neg,
  abs,
  sign,
  square,
  sqrt,
  rsqrt,
  reciprocal,
  exp,
  expm1,
  log,
  log1p,
  log2,
  log10,
  tanh,
  sigmoid,
  softplus,
  log_sigmoid,
  erf,
  erfinv,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  asinh,
  acosh,
  atanh,
  floor,
  ceil,
  round,
  trunc,
  isnan,
  isinf,
  isfinite,
  logical_not,
  relu,
  lgamma,
  digamma,
  // binary
  add,
  sub,
  mul,
  div,
  pow,
  minimum,
  maximum,
  floor_divide,
  mod,
  arctan2,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  logical_and,
  logical_or,
  logical_xor,
  // ternary
  where,         // a != 0 ? b : c
  multiply_add,  // a * b + c
  // from (key, step, element index): counter based, no operands
  random_uniform,  // [0, 1)
  random_normal,
};

constexpr int kEwOpCount = static_cast<int>(EwOp::random_normal) + 1;
constexpr int kEwBlock = 512;

enum class EwKind : std::uint8_t { vector, scalar };  // a scalar operand is one value at its register

// dst may be the same register as a, b or c. Unused operands are ignored.
struct EwInstr {
  EwOp op;
  EwKind kind_a, kind_b, kind_c;
  std::uint16_t dst, a, b, c;
  std::uint64_t key;  // of the random operations
};

struct ElementwiseKernels {
  // regs[i]: a block of `count` <= kEwBlock values, or one value where it is read as a scalar.
  // base: flat index of the first element; step: run counter. Both enter the random numbers only.
  void (*run)(const EwInstr* program, int instructions, float* const* regs, index_t count, std::uint64_t base,
              std::uint64_t step);
  void (*expand_u8)(const std::uint8_t* src, float* dst, index_t count);
  void (*narrow_u8)(const float* src, std::uint8_t* dst, index_t count);  // toward zero, saturating
  void (*expand_i32)(const std::int32_t* src, float* dst, index_t count);
  void (*narrow_i32)(const float* src, std::int32_t* dst, index_t count);  // toward zero, saturating
  void (*fill)(float* dst, float value, index_t count);
};

const ElementwiseKernels& elementwise();

}  // namespace genodl::kernels
