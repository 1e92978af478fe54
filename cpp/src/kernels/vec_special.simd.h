// The error function and its inverse in vectors; log-gamma and digamma one by one in double.
#pragma once

#include "kernels/vec_math.simd.h"

namespace genodl::kernels::GENODL_ISA {

inline Vec erf(Vec x) {
  constexpr float near[] = {1.12837911f,    -0.37612626f,     0.112835854f,   -0.0268538129f,
                            0.00518832775f, -0.000801019371f, 7.85386146e-05f};
  // -log(erfc(a)) / a on [1, 4]; erf(4) rounds to 1.
  constexpr float far[] = {1.12859654f,    0.635423601f,     0.105643593f,     -0.0230654776f,
                           0.00316623901f, -0.000133169073f, -2.95072405e-05f, 3.64322045e-06f};
  const Vec a = at_most(abs(x), 4.0f);
  const Vec rest = 1.0f - exp(-a * polynomial(a, far));
  return copysign(select(a < 1.0f, a * polynomial(a * a, near), rest), x);
}

// x P(w) with w = -log(1 - x^2), and P of sqrt(w) in the tails (the form of M. Giles, 2010).
inline Vec erfinv(Vec x) {
  constexpr float middle[] = {1.50140941f,      0.246640727f,     -0.00417770771f, -0.00125370745f, 0.000218602203f,
                              -4.39678524e-06f, -3.52886263e-06f, 3.43727407e-07f, 2.85350552e-08f};
  constexpr float tail[] = {2.83297706f,     1.00167429f,    0.00943404064f,  -0.00762806274f, 0.00577180786f,
                            -0.00364980847f, 0.00127898413f, 7.59440081e-05f, -0.000150351727f};
  const Vec w = -log((1.0f - x) * (1.0f + x));
  const Vec p = select(w < 5.0f, polynomial(w - 2.5f, middle), polynomial(sqrt(w) - 3.0f, tail));
  return select(abs(x) == 1.0f, copysign(splat(kInfinity), x), x * p);
}

inline double log_scalar(double x) {  // normal x > 0
  std::int64_t bits = 0;
  __builtin_memcpy(&bits, &x, 8);
  constexpr std::int64_t kRootHalf = 0x3fe6a09e667f3bcd;  // bits of sqrt(1/2)
  const std::int64_t exponent = (bits - kRootHalf) >> 52;
  const std::int64_t mantissa = bits - exponent * (std::int64_t{1} << 52);
  double m = 0;
  __builtin_memcpy(&m, &mantissa, 8);
  const double s = (m - 1.0) / (m + 1.0), square = s * s;
  double sum = 0;
  for (int k = 25; k >= 1; k -= 2) sum = sum * square + 1.0 / k;
  return static_cast<double>(exponent) * 0.69314718055994531 + 2.0 * s * sum;
}

struct SineCosine {
  double sine, cosine;
};
// Of pi x, for |x| < 2^51: exact reduction, then the series on |angle| <= pi / 2.
inline SineCosine sine_cosine_of_pi(double x) {
  constexpr double kShift = 6755399441055744.0;
  const double half_turns = (x + kShift) - kShift;
  const double angle = (x - half_turns) * 3.14159265358979324, square = angle * angle;
  double sine = 1, cosine = 1;
  for (int k = 24; k >= 2; k -= 2) {
    sine = 1 - sine * square / (k * (k + 1));
    cosine = 1 - cosine * square / (k * (k - 1));
  }
  const double sign = (static_cast<std::int64_t>(half_turns) & 1) != 0 ? -1 : 1;
  return {sign * sine * angle, sign * cosine};
}

inline double log_gamma_positive(double x) {  // Stirling's series from 8 on
  double product = 1;
  for (; x < 8; x += 1) product *= x;
  const double inverse = 1 / x, square = inverse * inverse;
  const double series =
      inverse *
      (1.0 / 12 -
       square * (1.0 / 360 -
                 square * (1.0 / 1260 -
                           square * (1.0 / 1680 - square * (1.0 / 1188 - square * (691.0 / 360360 - square / 156))))));
  return (x - 0.5) * log_scalar(x) - x + 0.91893853320467274 + series - log_scalar(product);
}

inline float lgamma(float value) {
  const double x = value;
  if (!(x == x)) return value;
  if (x == kInfinity || x == -kInfinity || x == 0) return kInfinity;
  if (x > 0) return static_cast<float>(log_gamma_positive(x));
  double sine = sine_cosine_of_pi(x).sine;
  if (sine == 0) return kInfinity;
  sine = sine < 0 ? -sine : sine;
  return static_cast<float>(1.1447298858494002 - log_scalar(sine) - log_gamma_positive(1 - x));
}

inline float digamma(float value) {
  double x = value;
  if (!(x == x) || x == kInfinity) return value;
  if (x == 0) return __builtin_copysignf(kInfinity, -value);
  double reflected = 0;
  if (x < 0) {
    const SineCosine turn = x > -kInfinity ? sine_cosine_of_pi(x) : SineCosine{0, 1};
    if (turn.sine == 0) return kNaN;
    reflected = -3.14159265358979324 * turn.cosine / turn.sine;
    x = 1 - x;
  }
  double shifted = 0;
  for (; x < 8; x += 1) shifted -= 1 / x;
  const double inverse = 1 / x, square = inverse * inverse;
  const double series =
      square *
      (1.0 / 12 -
       square *
           (1.0 / 120 - square * (1.0 / 252 - square * (1.0 / 240 - square * (1.0 / 132 - square * (691.0 / 32760))))));
  return static_cast<float>(log_scalar(x) - 0.5 * inverse - series + shifted + reflected);
}

// Python's rule: the remainder has the sign of b. A quotient cut to 24 bits times b is exact, so
// that even a huge quotient ends in the exact remainder after a few rounds.
inline double remainder(double a, double b) {  // 0 <= a, 0 < b
  while (a >= b) {
    double quotient = a / b;
    if (quotient < 16777216.0) {
      quotient = static_cast<double>(static_cast<std::int32_t>(quotient));
    } else {
      std::uint64_t bits = 0;
      __builtin_memcpy(&bits, &quotient, 8);
      bits &= ~std::uint64_t{0x1fffffff};
      __builtin_memcpy(&quotient, &bits, 8);
    }
    a -= quotient * b;
  }
  return a < 0 ? a + b : a;
}

inline bool no_remainder(float a, float b) {
  return !(a == a) || !(b == b) || b == 0 || a == kInfinity || a == -kInfinity;
}

inline float mod(float a, float b) {
  if (no_remainder(a, b)) return kNaN;
  if (b == kInfinity || b == -kInfinity) {
    return a == 0 ? __builtin_copysignf(0.0f, b) : (a < 0) == (b < 0) ? a : b;
  }
  double rest = remainder(__builtin_fabs(a), __builtin_fabs(b));
  if (a < 0) rest = -rest;
  if (rest != 0 && (rest < 0) != (b < 0)) rest += b;
  return rest == 0 ? __builtin_copysignf(0.0f, b) : static_cast<float>(rest);
}

inline float floor_divide(float a, float b) {
  if (b == 0) return a / b;
  if (no_remainder(a, b)) return kNaN;
  if (b == kInfinity || b == -kInfinity) {
    return a != 0 && (a < 0) != (b < 0) ? -1.0f : __builtin_copysignf(0.0f, a / b);
  }
  double rest = remainder(__builtin_fabs(a), __builtin_fabs(b));
  if (a < 0) rest = -rest;
  if (rest != 0 && (rest < 0) != (b < 0)) rest += b;
  const float quotient = static_cast<float>((static_cast<double>(a) - rest) / b);
  return quotient == 0 ? __builtin_copysignf(0.0f, a / b) : quotient;
}

}  // namespace genodl::kernels::GENODL_ISA
