// Vector exp, log and their kin. Stated errors are the largest found by the kernel tests, in units
// of the last place (ulp). NaN passes through; infinities and zeros are exact.
#pragma once

#include "kernels/simd.h"

namespace genodl::kernels::GENODL_ISA {

// Bits as unsigned lanes: what is meant to wrap around, or may where the argument is NaN.
typedef std::uint32_t VecW __attribute__((vector_size(kLanes * 4)));

constexpr float kInfinity = __builtin_inff();
constexpr float kNaN = __builtin_nanf("");
constexpr float kSmallestNormal = 1.17549435e-38f;

inline VecI splat_int(std::int32_t x) { return x - VecI{}; }
inline Vec select(VecI mask, Vec a, Vec b) { return mask ? a : b; }
inline VecI select(VecI mask, VecI a, VecI b) { return mask ? a : b; }
inline Vec abs(Vec x) { return (Vec)((VecI)x & splat_int(0x7fffffff)); }
inline Vec copysign(Vec magnitude, Vec sign) {
  return (Vec)(((VecI)magnitude & splat_int(0x7fffffff)) | ((VecI)sign & splat_int(INT32_MIN)));
}
inline Vec to_float(VecI x) { return __builtin_convertvector(x, Vec); }

// Keep a NaN in x, unlike a plain minimum.
inline Vec at_most(Vec x, float bound) { return select(x > bound, splat(bound), x); }
inline Vec at_least(Vec x, float bound) { return select(x < bound, splat(bound), x); }

inline Vec sqrt(Vec x) {
  for (int i = 0; i < kLanes; ++i) x[i] = __builtin_sqrtf(x[i]);
  return x;
}

// Half to even: adding 2^23 leaves no room for a fraction.
inline Vec round(Vec x) {
  const Vec magnitude = abs(x);
  const Vec rounded = (magnitude + 8388608.0f) - 8388608.0f;
  return select(magnitude < 8388608.0f, copysign(rounded, x), x);
}
inline Vec floor(Vec x) {
  const Vec r = round(x);
  return copysign(select(r > x, r - 1.0f, r), x);
}
inline Vec ceil(Vec x) { return -floor(-x); }
inline Vec trunc(Vec x) { return copysign(floor(abs(x)), x); }

template <int N>
inline Vec polynomial(Vec x, const float (&c)[N]) {  // c[0] + c[1] x + ...
  Vec y = splat(c[N - 1]);
#pragma GCC unroll 16
  for (int i = N - 2; i >= 0; --i) y = y * x + c[i];
  return y;
}

inline Vec power_of_two(VecI n) { return (Vec)(((VecW)n + 127) << 23); }

// x = n ln 2 + r with |r| <= ln 2 / 2, for |x| < 2^21 ln 2.
struct ExpParts {
  VecI n;
  Vec r;
};
inline ExpParts split_exp(Vec x) {
  constexpr float kShift = 12582912.0f;  // 1.5 * 2^23: the sum's last bits are the integer
  const Vec shifted = x * 1.44269504f + kShift;
  const Vec n = shifted - kShift;
  const Vec r = (x - n * 0.693359375f) - n * -2.12194440e-4f;  // products with n are exact
  return {(VecI)((VecW)shifted - (VecW)splat(kShift)), r};
}

// e^r - 1, |r| <= ln 2 / 2. Minimax fit of (e^r - 1 - r) / r^2.
inline Vec expm1_reduced(Vec r) {
  constexpr float c[] = {0.5f, 0.166666657f, 0.0416663587f, 0.00833338965f, 0.00139407197f, 0.00019845886f};
  return r + r * r * polynomial(r, c);
}

// e^x 2^k; the scaling in two steps reaches denormals and infinity.
inline Vec exp_scaled(Vec x, int k) {
  const ExpParts parts = split_exp(at_least(at_most(x, 90.0f), -104.0f));
  const VecI n = (VecI)((VecW)parts.n + static_cast<std::uint32_t>(k)), half = n >> 1;
  return (1.0f + expm1_reduced(parts.r)) * power_of_two(half) * power_of_two(n - half);
}

inline Vec exp(Vec x) { return exp_scaled(x, 0); }

inline Vec expm1(Vec x) {
  const ExpParts parts = split_exp(at_least(at_most(x, 89.0f), -30.0f));
  const Vec scale = power_of_two((VecI)((VecW)parts.n - 1));
  const Vec y = 2.0f * (scale * expm1_reduced(parts.r) + (scale - 0.5f));
  return select(abs(x) < 1e-8f, x, y);
}

// x = 2^exponent (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2), for finite x > 0.
struct LogParts {
  VecI exponent;
  Vec f;
};
inline LogParts split_log(Vec x) {
  constexpr std::uint32_t kRootHalf = 0x3f3504f3;  // bits of sqrt(1/2)
  const VecI tiny = x < kSmallestNormal;
  const VecW bits = (VecW)select(tiny, x * 8388608.0f, x) - kRootHalf;
  const VecI exponent = ((VecI)bits >> 23) - (tiny & splat_int(23));
  return {exponent, (Vec)((bits & 0x7fffff) + kRootHalf) - 1.0f};
}

// log(1 + f) - f on the reduced range. Minimax fit of (log(1 + f) - f + f^2 / 2) / f^3.
inline Vec log_tail(Vec f) {
  constexpr float c[] = {0.333333105f,  -0.250000089f, 0.200021669f,  -0.166680902f, 0.142185539f,
                         -0.124030836f, 0.118935123f,  -0.116943352f, 0.067575708f};
  const Vec square = f * f;
  return f * square * polynomial(f, c) - 0.5f * square;
}

inline Vec log_of_parts(LogParts parts) {
  const Vec e = to_float(parts.exponent);
  return e * 0.693359375f + (parts.f + (log_tail(parts.f) + e * -2.12194440e-4f));
}

// y where x is positive and finite, else what a logarithm is there.
inline Vec log_domain(Vec x, Vec y) {
  const Vec edge = select(x == 0.0f, splat(-kInfinity), splat(kNaN));
  return select(x > 0.0f, select(x == kInfinity, x, y), edge);
}

inline Vec log(Vec x) { return log_domain(x, log_of_parts(split_log(x))); }

inline Vec log2(Vec x) {
  const LogParts parts = split_log(x);
  const Vec fraction = parts.f + log_tail(parts.f);
  return log_domain(x, to_float(parts.exponent) + fraction * 1.44269504f);
}

inline Vec log10(Vec x) {
  const LogParts parts = split_log(x);
  const Vec e = to_float(parts.exponent), fraction = parts.f + log_tail(parts.f);
  return log_domain(x, e * 0.30102539f + (fraction * 0.434294482f + e * 4.60503893e-6f));
}

// The rounding error of 1 + x goes back into the fraction.
inline Vec log1p(Vec x) {
  const Vec u = 1.0f + x;
  const Vec lost = select(x >= 1.0f, 1.0f - (u - x), x - (u - 1.0f));
  LogParts parts = split_log(u);
  parts.f += select(u < 1e9f, lost * power_of_two(-parts.exponent), splat(0.0f));
  return select(x == 0.0f, x, log_domain(u, log_of_parts(parts)));
}

inline Vec tanh(Vec x) {
  const Vec t = expm1(-2.0f * abs(x));
  return copysign(-t / (2.0f + t), x);
}

inline Vec sigmoid(Vec x) {
  const Vec e = exp(-abs(x));
  return select(x < 0.0f, e, splat(1.0f)) / (1.0f + e);
}

inline Vec softplus(Vec x) { return at_least(x, 0.0f) + log1p(exp(-abs(x))); }

}  // namespace genodl::kernels::GENODL_ISA
