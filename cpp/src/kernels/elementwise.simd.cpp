#include "kernels/elementwise.h"

#include "kernels/vec_part.simd.h"
#include "kernels/vec_random.simd.h"
#include "kernels/vec_special.simd.h"
#include "kernels/vec_trig.simd.h"

namespace genodl::kernels::GENODL_ISA {
namespace {

// A scalar operand becomes one vector that is read again and again: step 0.
struct Operand {
  const float* p;
  index_t step;
};

Operand operand(EwKind kind, const float* p, Vec& repeated) {
  if (kind == EwKind::vector) return {p, kLanes};
  repeated = splat(*p);
  return {reinterpret_cast<const float*>(&repeated), 0};
}

// One copy of each operation serves whole blocks and their tails: two copies could fuse different
// products with their sums, and an element's bits would depend on where it stands.
#if defined(__clang__)
#define GENODL_ONE_COPY __attribute__((noinline))
#else
#define GENODL_ONE_COPY __attribute__((noinline, noclone))
#endif

template <class F, class... Operands>
GENODL_ONE_COPY void map_vectors(float* dst, index_t vectors, F f, Operands... operands) {
  for (; vectors > 0; --vectors, dst += kLanes) {
    store(dst, f(load(operands.p)...));
    ((operands.p += operands.step), ...);
  }
}

struct Tail {
  Vec values;
  Operand operand() const { return {reinterpret_cast<const float*>(&values), 0}; }
};

template <class F, class... Tails>
inline void map_tail(float* dst, index_t count, F f, const Tails&... tails) {
  float result[kLanes];
  map_vectors(result, 1, f, tails.operand()...);
  store_first(dst, load(result), count);
}

template <class F, class... Operands>
inline void map(float* dst, index_t count, F f, Operands... operands) {
  const index_t vectors = count / kLanes, rest = count % kLanes;
  if (vectors > 0) map_vectors(dst, vectors, f, operands...);
  if (rest > 0)
    map_tail(dst + vectors * kLanes, rest, f, Tail{load_first(operands.p + vectors * operands.step, rest, 0.0f)}...);
}

Vec one_where(VecI mask) { return (Vec)(mask & (VecI)splat(1.0f)); }
Vec lanes_of(float (*f)(float), Vec x) {
  for (int i = 0; i < kLanes; ++i) x[i] = f(x[i]);
  return x;
}
Vec lanes_of(float (*f)(float, float), Vec a, Vec b) {
  for (int i = 0; i < kLanes; ++i) a[i] = f(a[i], b[i]);
  return a;
}

using GroupFunction = void (*)(std::uint64_t key, std::uint64_t group, float* dst);

void random_block(GroupFunction draw, std::uint64_t key, std::uint64_t first, float* dst, index_t count) {
  constexpr index_t kSize = 2 * kRandomGroup;
  float group[kSize];
  for (index_t done = 0; done < count;) {
    const std::uint64_t element = first + static_cast<std::uint64_t>(done);
    const index_t skip = static_cast<index_t>(element % kSize);
    const index_t left = count - done, taken = left < kSize - skip ? left : kSize - skip;
    if (taken == kSize) {
      draw(key, element / kSize, dst + done);
    } else {
      draw(key, element / kSize, group);
      for (index_t i = 0; i < taken; ++i) dst[done + i] = group[skip + i];
    }
    done += taken;
  }
}

// Common exponents keep the exactness of a product; the rest goes through logarithms.
void power(Operand a, Operand b, float* dst, index_t count) {
  const float exponent = *b.p;
  if (b.step == 0 && exponent == 2.0f)
    return map(
        dst, count, [](Vec x) { return x * x; }, a);
  if (b.step == 0 && exponent == 3.0f)
    return map(
        dst, count, [](Vec x) { return x * x * x; }, a);
  if (b.step == 0 && exponent == -1.0f)
    return map(
        dst, count, [](Vec x) { return 1.0f / x; }, a);
  map(
      dst, count, [](Vec x, Vec y) { return pow(x, y); }, a, b);
}

// "x" and "x, y" name the operands within the expression of an operation.
#define UNARY(name, ...) \
  case EwOp::name:       \
    return map(          \
        dst, count, [](Vec x) -> Vec { return __VA_ARGS__; }, a);
#define BINARY(name, ...) \
  case EwOp::name:        \
    return map(           \
        dst, count, [](Vec x, Vec y) -> Vec { return __VA_ARGS__; }, a, b);
#define COMPARISON(name, ...) BINARY(name, one_where(__VA_ARGS__))

void run_unary(EwOp op, Operand a, float* dst, index_t count) {
  switch (op) {
    UNARY(copy, x)
    UNARY(neg, -x)
    UNARY(abs, abs(x))
    UNARY(sign, select(x != x, x, one_where(x > 0.0f) - one_where(x < 0.0f)))
    UNARY(square, x * x)
    UNARY(sqrt, sqrt(x))
    UNARY(rsqrt, 1.0f / sqrt(x))
    UNARY(reciprocal, 1.0f / x)
    UNARY(exp, exp(x))
    UNARY(expm1, expm1(x))
    UNARY(log, log(x))
    UNARY(log1p, log1p(x))
    UNARY(log2, log2(x))
    UNARY(log10, log10(x))
    UNARY(tanh, tanh(x))
    UNARY(sigmoid, sigmoid(x))
    UNARY(softplus, softplus(x))
    UNARY(log_sigmoid, -softplus(-x))
    UNARY(erf, erf(x))
    UNARY(erfinv, erfinv(x))
    UNARY(sin, sin(x))
    UNARY(cos, cos(x))
    UNARY(tan, tan(x))
    UNARY(asin, asin(x))
    UNARY(acos, acos(x))
    UNARY(atan, atan(x))
    UNARY(sinh, sinh(x))
    UNARY(cosh, cosh(x))
    UNARY(asinh, asinh(x))
    UNARY(acosh, acosh(x))
    UNARY(atanh, atanh(x))
    UNARY(floor, floor(x))
    UNARY(ceil, ceil(x))
    UNARY(round, round(x))
    UNARY(trunc, trunc(x))
    UNARY(isnan, one_where(x != x))
    UNARY(isinf, one_where(abs(x) == kInfinity))
    UNARY(isfinite, one_where(abs(x) < kInfinity))
    UNARY(logical_not, one_where(x == 0.0f))
    UNARY(relu, select(x < 0.0f, splat(0.0f), x))
    UNARY(lgamma, lanes_of(lgamma, x))
    UNARY(digamma, lanes_of(digamma, x))
    default:
      __builtin_unreachable();
  }
}

void run_binary(EwOp op, Operand a, Operand b, float* dst, index_t count) {
  switch (op) {
    BINARY(add, x + y)
    BINARY(sub, x - y)
    BINARY(mul, x * y)
    BINARY(div, x / y)
    case EwOp::pow:
      return power(a, b, dst, count);
      BINARY(minimum, select((x < y) | (x != x), x, y))
      BINARY(maximum, select((x > y) | (x != x), x, y))
      BINARY(floor_divide, lanes_of(floor_divide, x, y))
      BINARY(mod, lanes_of(mod, x, y))
      BINARY(arctan2, arctan2(x, y))
      COMPARISON(equal, x == y)
      COMPARISON(not_equal, x != y)
      COMPARISON(less, x < y)
      COMPARISON(less_equal, x <= y)
      COMPARISON(greater, x > y)
      COMPARISON(greater_equal, x >= y)
      COMPARISON(logical_and, (x != 0.0f) & (y != 0.0f))
      COMPARISON(logical_or, (x != 0.0f) | (y != 0.0f))
      COMPARISON(logical_xor, (x != 0.0f) ^ (y != 0.0f))
    default:
      __builtin_unreachable();
  }
}

#undef GENODL_ONE_COPY
#undef UNARY
#undef BINARY
#undef COMPARISON

void run(const EwInstr* program, int instructions, float* const* regs, index_t count, std::uint64_t base,
         std::uint64_t step) {
  for (const EwInstr* i = program; i != program + instructions; ++i) {
    float* const dst = regs[i->dst];
    if (i->op >= EwOp::random_uniform) {
      random_block(i->op == EwOp::random_uniform ? uniform_group : normal_group, random_step_key(i->key, step), base,
                   dst, count);
      continue;
    }
    Vec repeated[3];
    const Operand a = operand(i->kind_a, regs[i->a], repeated[0]);
    if (i->op < EwOp::add) {
      run_unary(i->op, a, dst, count);
      continue;
    }
    const Operand b = operand(i->kind_b, regs[i->b], repeated[1]);
    if (i->op < EwOp::where) {
      run_binary(i->op, a, b, dst, count);
      continue;
    }
    const Operand c = operand(i->kind_c, regs[i->c], repeated[2]);
    if (i->op == EwOp::where) {
      map(
          dst, count, [](Vec x, Vec y, Vec z) { return select(x != 0.0f, y, z); }, a, b, c);
    } else {
      map(
          dst, count, [](Vec x, Vec y, Vec z) { return x * y + z; }, a, b, c);
    }
  }
}

void expand_u8(const std::uint8_t* src, float* dst, index_t count) {
  for (index_t i = 0; i < count; ++i) dst[i] = static_cast<float>(src[i]);
}
void expand_i32(const std::int32_t* src, float* dst, index_t count) {
  for (index_t i = 0; i < count; ++i) dst[i] = static_cast<float>(src[i]);
}
void narrow_u8(const float* src, std::uint8_t* dst, index_t count) {
  for (index_t i = 0; i < count; ++i) {
    const float bounded = src[i] > 0.0f ? (src[i] < 255.0f ? src[i] : 255.0f) : 0.0f;  // NaN: 0
    dst[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(bounded));
  }
}
void narrow_i32(const float* src, std::int32_t* dst, index_t count) {
  constexpr float kTop = 2147483648.0f;
  for (index_t i = 0; i < count; ++i) {
    const float x = src[i] == src[i] ? src[i] : 0.0f;
    const float inside = x < kTop ? (x > -kTop ? x : -kTop) : 0.0f;
    const std::int32_t whole = static_cast<std::int32_t>(inside);
    dst[i] = x >= kTop ? INT32_MAX : whole;
  }
}
void fill(float* dst, float value, index_t count) {
  for (index_t i = 0; i < count; ++i) dst[i] = value;
}

}  // namespace

extern const ElementwiseKernels elementwise_table = {run, expand_u8, narrow_u8, expand_i32, narrow_i32, fill};

}  // namespace genodl::kernels::GENODL_ISA
