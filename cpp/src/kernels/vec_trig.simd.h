// Vector sine, cosine and their inverses, hyperbolic ones included.
#pragma once

#include "kernels/vec_double.simd.h"

namespace genodl::kernels::GENODL_ISA {

constexpr float kPi = 3.14159265f, kHalfPi = 1.57079633f;
constexpr float kHalfPiLow = -4.37113883e-8f;  // pi / 2 - kHalfPi

// x = quadrant pi / 2 + r with |r| <= pi / 4; only the last two bits of the quadrant matter.
struct Angle {
  VecI quadrant;
  Vec r;
};

// Any finite float: the fraction of x 2 / pi from the bits of 2 / pi that matter (Payne and Hanek).
inline void reduce_huge_angle(float x, std::int32_t& quadrant, float& r) {
  constexpr std::uint32_t two_over_pi[] = {0x00000000, 0xa2f9836e, 0x4e441529, 0xfc2757d1,
                                           0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab};
  std::uint32_t bits = 0;
  __builtin_memcpy(&bits, &x, 4);
  const int exponent = static_cast<int>((bits >> 23) & 255) - 150;  // |x| = mantissa 2^exponent
  const std::uint64_t mantissa = (bits & 0x7fffff) | 0x800000;
  // 96 bits of 2 / pi from bit (exponent - 2) after the point on: higher ones give whole turns.
  const int first = 30 + exponent, word = first >> 5, shift = first & 31;
  std::uint64_t window[3];
  for (int i = 0; i < 3; ++i) {
    const std::uint64_t pair = (std::uint64_t{two_over_pi[word + i]} << 32) | two_over_pi[word + i + 1];
    window[i] = (pair >> (32 - shift)) & 0xffffffffu;
  }
  const std::uint64_t low = mantissa * window[1] + ((mantissa * window[2]) >> 32);
  const std::uint64_t turns = ((mantissa * window[0]) << 32) + low;  // in quarters, 2 . 62 bits
  std::int64_t fraction = static_cast<std::int64_t>(turns << 2);     // rounded: |fraction| <= 1 / 2
  quadrant = static_cast<std::int32_t>(turns >> 62) + (fraction < 0);
  r = static_cast<float>(static_cast<double>(fraction) * (1.5707963267948966 / 18446744073709551616.0));
  if (bits >> 31) {
    quadrant = -quadrant;
    r = -r;
  }
}

inline Angle reduce_angle(Vec x) {
  constexpr float kLimit = 1048576.0f;  // below it a quadrant number has 20 bits
  const VecI huge = (abs(x) > kLimit) & (abs(x) < kInfinity);
  const VecD t = to_double(select(abs(x) <= kLimit, x, splat(0.0f)));
  const VecD n = round_small(t * 0.63661977236758134);
  const VecD r = (t - n * 1.5707963267341256) - n * 6.0771005065061922e-11;  // first product is exact
  Angle angle{to_int(n), to_float(r)};
  for (int i = 0; i < kLanes; ++i) {
    if (!huge[i]) continue;
    std::int32_t quadrant = 0;
    float rest = 0;
    reduce_huge_angle(x[i], quadrant, rest);
    angle.quadrant[i] = quadrant;
    angle.r[i] = rest;
  }
  angle.r = select(abs(x) < kInfinity, angle.r, splat(kNaN));
  return angle;
}

inline Vec sin_reduced(Vec r) {
  constexpr float c[] = {-0.166666672f, 0.00833332911f, -0.000198392561f, 2.71756448e-06f};
  const Vec square = r * r;
  return r + r * square * polynomial(square, c);
}
inline Vec cos_reduced(Vec r) {
  constexpr float c[] = {0.0416666679f, -0.00138888834f, 2.47994358e-05f, -2.72033049e-07f};
  const Vec square = r * r;
  return 1.0f + (square * square * polynomial(square, c) - 0.5f * square);
}

inline Vec sin_of_angle(Angle angle) {
  const Vec y = select((angle.quadrant & 1) != 0, cos_reduced(angle.r), sin_reduced(angle.r));
  return (Vec)((VecI)y ^ ((angle.quadrant & 2) << 30));
}
inline Vec cos_of_angle(Angle angle) { return sin_of_angle({angle.quadrant + 1, angle.r}); }

inline Vec sin(Vec x) { return select(x == 0.0f, x, sin_of_angle(reduce_angle(x))); }
inline Vec cos(Vec x) { return cos_of_angle(reduce_angle(x)); }
inline Vec tan(Vec x) {
  const Angle angle = reduce_angle(x);
  const Vec s = sin_reduced(angle.r), c = cos_reduced(angle.r);
  const VecI odd = (angle.quadrant & 1) != 0;
  return select(x == 0.0f, x, select(odd, -c, s) / select(odd, s, c));
}

// asin(s) for 0 <= s <= 1 / 2, from s and its square.
inline Vec asin_reduced(Vec s, Vec square) {
  constexpr float c[] = {0.166666597f, 0.0750051364f, 0.0445150957f, 0.0318231434f, 0.0143805593f, 0.0375976451f};
  return s + s * square * polynomial(square, c);
}

inline Vec asin(Vec x) {
  const Vec a = abs(x);
  const VecI big = a > 0.5f;
  const Vec square = select(big, (1.0f - a) * 0.5f, a * a);
  const Vec p = asin_reduced(select(big, sqrt(square), a), square);
  return copysign(select(big, kHalfPi - (2.0f * p - kHalfPiLow), p), x);
}

inline Vec acos(Vec x) {
  const Vec a = abs(x);
  const VecI big = a > 0.5f;
  const Vec square = select(big, (1.0f - a) * 0.5f, a * a);
  const Vec p = asin_reduced(select(big, sqrt(square), a), square);
  const Vec far = select(x < 0.0f, kPi - (2.0f * p - 2.0f * kHalfPiLow), 2.0f * p);
  return select(big, far, kHalfPi - (copysign(p, x) - kHalfPiLow));
}

inline Vec atan_reduced(Vec t) {  // 0 <= t <= 1
  constexpr float c[] = {-0.333333015f, 0.199986309f,   -0.142651573f, 0.109570548f,   -0.0841776729f,
                         0.0582028255f, -0.0314214081f, 0.0110446215f, -0.00182247243f};
  const Vec square = t * t;
  return t + t * square * polynomial(square, c);
}

inline Vec atan(Vec x) {
  const Vec a = abs(x);
  const VecI inverse = a > 1.0f;
  const Vec y = atan_reduced(select(inverse, 1.0f / a, a));
  return copysign(select(inverse, kHalfPi - (y - kHalfPiLow), y), x);
}

inline Vec arctan2(Vec y, Vec x) {
  const Vec ax = abs(x), ay = abs(y);
  const VecI steep = ay > ax;
  const Vec larger = select(steep, ay, ax), smaller = select(steep, ax, ay);
  Vec ratio = smaller / larger;
  ratio = select(larger == 0.0f, splat(0.0f), ratio);
  ratio = select((smaller == kInfinity), splat(1.0f), ratio);
  Vec angle = atan_reduced(ratio);
  angle = select(steep, kHalfPi - (angle - kHalfPiLow), angle);
  const VecI left = (VecI)x < 0;
  angle = select(left, kPi - (angle - 2.0f * kHalfPiLow), angle);
  return select((x != x) | (y != y), x + y, copysign(angle, y));
}

inline Vec sinh(Vec x) {
  const Vec a = abs(x), t = expm1(a);
  const Vec near = 0.5f * (t + t / (t + 1.0f));
  return copysign(select(a > 20.0f, exp_scaled(a, -1), near), x);
}
inline Vec cosh(Vec x) {
  const Vec half = exp_scaled(abs(x), -1);
  return half + 0.25f / half;
}

inline Vec asinh(Vec x) {
  const Vec a = abs(x);
  const Vec square = a * a;
  const Vec near = log1p(a + square / (1.0f + sqrt(square + 1.0f)));
  return copysign(select(a > 1e9f, log(a) + 0.693147181f, near), x);
}
inline Vec acosh(Vec x) {
  const Vec t = x - 1.0f;
  const Vec near = select(t < 0.0f, splat(kNaN), log1p(t + sqrt(2.0f * t + t * t)));
  return select(x > 1e9f, log(x) + 0.693147181f, near);
}
inline Vec atanh(Vec x) {
  const Vec a = abs(x);
  return copysign(0.5f * log1p(2.0f * a / (1.0f - a)), x);
}

}  // namespace genodl::kernels::GENODL_ISA
