#include "kernels/elementwise64.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "core/random.h"

namespace genodl::kernels {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double sign(double x) { return std::isnan(x) ? x : (x > 0) - (x < 0); }
double sigmoid(double x) {
  if (x >= 0) return 1 / (1 + std::exp(-x));
  const double e = std::exp(x);
  return e / (1 + e);
}
double softplus(double x) { return std::log1p(std::exp(-std::fabs(x))) + (x > 0 || std::isnan(x) ? x : 0); }

// lgamma writes a global sign, which threads would race for.
double log_gamma(double x) {
  int sign = 0;
  return lgamma_r(x, &sign);
}

double digamma(double x) {
  if (std::isnan(x) || x == kInfinity) return x;
  if (x == 0) return std::copysign(kInfinity, -x);
  if (x < 0) {
    if (x == std::floor(x)) return kNaN;
    const double turn = std::numbers::pi * (x - std::round(x));
    return digamma(1 - x) - std::numbers::pi / std::tan(turn);
  }
  double shifted = 0;
  for (; x < 10; x += 1) shifted -= 1 / x;
  const double square = 1 / (x * x);
  const double series =
      square *
      (1.0 / 12 -
       square * (1.0 / 120 -
                 square * (1.0 / 252 -
                           square * (1.0 / 240 - square * (1.0 / 132 - square * (691.0 / 32760 - square / 12))))));
  return std::log(x) - 0.5 / x - series + shifted;
}

// Winitzki's approximation, then Halley's steps on the side where digits are kept.
double erfinv(double x) {
  if (!(std::fabs(x) < 1)) return std::fabs(x) == 1 ? std::copysign(kInfinity, x) : kNaN;
  if (x == 0) return x;
  const double magnitude = std::fabs(x), complement = 1 - magnitude;
  const double log_part = std::log1p(-magnitude * magnitude), a = 4.3307467508 + log_part / 2;
  double y = std::sqrt(std::sqrt(a * a - log_part / 0.147) - a);
  for (int i = 0; i < 4; ++i) {
    const double error = magnitude < 0.5 ? std::erf(y) - magnitude : complement - std::erfc(y);
    const double slope = std::numbers::inv_sqrtpi * 2 * std::exp(-y * y);
    if (slope == 0) break;
    const double step = error / slope;
    y -= step / (1 + y * step);
  }
  return std::copysign(y, x);
}

double mod(double a, double b) {
  const double rest = std::fmod(a, b);
  if (rest == 0) return std::copysign(0.0, b);
  return (rest < 0) != (b < 0) ? rest + b : rest;
}

double floor_divide(double a, double b) {
  if (b == 0) return a / b;
  const double rest = std::fmod(a, b);
  double quotient = (a - rest) / b;
  if (rest != 0 && (rest < 0) != (b < 0)) quotient -= 1;
  if (quotient == 0) return std::copysign(0.0, a / b);
  const double whole = std::floor(quotient);
  return quotient - whole > 0.5 ? whole + 1 : whole;
}

double unary(EwOp op, double x) {
  switch (op) {
    case EwOp::copy:
      return x;
    case EwOp::neg:
      return -x;
    case EwOp::abs:
      return std::fabs(x);
    case EwOp::sign:
      return sign(x);
    case EwOp::square:
      return x * x;
    case EwOp::sqrt:
      return std::sqrt(x);
    case EwOp::rsqrt:
      return 1 / std::sqrt(x);
    case EwOp::reciprocal:
      return 1 / x;
    case EwOp::exp:
      return std::exp(x);
    case EwOp::expm1:
      return std::expm1(x);
    case EwOp::log:
      return std::log(x);
    case EwOp::log1p:
      return std::log1p(x);
    case EwOp::log2:
      return std::log2(x);
    case EwOp::log10:
      return std::log10(x);
    case EwOp::tanh:
      return std::tanh(x);
    case EwOp::sigmoid:
      return sigmoid(x);
    case EwOp::softplus:
      return softplus(x);
    case EwOp::log_sigmoid:
      return -softplus(-x);
    case EwOp::erf:
      return std::erf(x);
    case EwOp::erfinv:
      return erfinv(x);
    case EwOp::sin:
      return std::sin(x);
    case EwOp::cos:
      return std::cos(x);
    case EwOp::tan:
      return std::tan(x);
    case EwOp::asin:
      return std::asin(x);
    case EwOp::acos:
      return std::acos(x);
    case EwOp::atan:
      return std::atan(x);
    case EwOp::sinh:
      return std::sinh(x);
    case EwOp::cosh:
      return std::cosh(x);
    case EwOp::asinh:
      return std::asinh(x);
    case EwOp::acosh:
      return std::acosh(x);
    case EwOp::atanh:
      return std::atanh(x);
    case EwOp::floor:
      return std::floor(x);
    case EwOp::ceil:
      return std::ceil(x);
    case EwOp::round:
      return std::nearbyint(x);
    case EwOp::trunc:
      return std::trunc(x);
    case EwOp::isnan:
      return std::isnan(x);
    case EwOp::isinf:
      return std::isinf(x);
    case EwOp::isfinite:
      return std::isfinite(x);
    case EwOp::logical_not:
      return x == 0;
    case EwOp::relu:
      return x < 0 ? 0 : x;
    case EwOp::lgamma:
      return log_gamma(x);
    case EwOp::digamma:
      return digamma(x);
    default:
      return kNaN;
  }
}

double binary(EwOp op, double x, double y) {
  switch (op) {
    case EwOp::add:
      return x + y;
    case EwOp::sub:
      return x - y;
    case EwOp::mul:
      return x * y;
    case EwOp::div:
      return x / y;
    case EwOp::pow:
      return std::pow(x, y);
    case EwOp::minimum:
      return x < y || std::isnan(x) ? x : y;
    case EwOp::maximum:
      return x > y || std::isnan(x) ? x : y;
    case EwOp::floor_divide:
      return floor_divide(x, y);
    case EwOp::mod:
      return mod(x, y);
    case EwOp::arctan2:
      return std::atan2(x, y);
    case EwOp::equal:
      return x == y;
    case EwOp::not_equal:
      return x != y;
    case EwOp::less:
      return x < y;
    case EwOp::less_equal:
      return x <= y;
    case EwOp::greater:
      return x > y;
    case EwOp::greater_equal:
      return x >= y;
    case EwOp::logical_and:
      return x != 0 && y != 0;
    case EwOp::logical_or:
      return x != 0 || y != 0;
    case EwOp::logical_xor:
      return (x != 0) != (y != 0);
    default:
      return kNaN;
  }
}

// Reads a register at any element, or its one value.
struct Operand {
  const double* p;
  index_t step;
  double operator[](index_t i) const { return p[i * step]; }
};
Operand operand(EwKind kind, const double* p) { return {p, kind == EwKind::vector ? 1 : 0}; }

void run_one(const EwInstr& i, double* const* regs, index_t count, std::uint64_t base, std::uint64_t step) {
  double* const dst = regs[i.dst];
  if (i.op >= EwOp::random_uniform) {
    const auto draw = i.op == EwOp::random_uniform ? random_uniform : random_normal;
    for (index_t j = 0; j < count; ++j) dst[j] = draw(i.key, step, base + static_cast<std::uint64_t>(j));
    return;
  }
  const Operand a = operand(i.kind_a, regs[i.a]);
  if (i.op < EwOp::add) {
    for (index_t j = 0; j < count; ++j) dst[j] = unary(i.op, a[j]);
    return;
  }
  const Operand b = operand(i.kind_b, regs[i.b]);
  if (i.op < EwOp::where) {
    for (index_t j = 0; j < count; ++j) dst[j] = binary(i.op, a[j], b[j]);
    return;
  }
  const Operand c = operand(i.kind_c, regs[i.c]);
  if (i.op == EwOp::where) {
    for (index_t j = 0; j < count; ++j) dst[j] = a[j] != 0 ? b[j] : c[j];
  } else {
    for (index_t j = 0; j < count; ++j) dst[j] = a[j] * b[j] + c[j];
  }
}

void run(const EwInstr* program, int instructions, double* const* regs, index_t count, std::uint64_t base,
         std::uint64_t step) {
  for (int i = 0; i < instructions; ++i) run_one(program[i], regs, count, base, step);
}

void fill(double* dst, double value, index_t count) {
  for (index_t i = 0; i < count; ++i) dst[i] = value;
}

}  // namespace

const Elementwise64Kernels& elementwise64() {
  static constexpr Elementwise64Kernels table = {run, fill};
  return table;
}

}  // namespace genodl::kernels
