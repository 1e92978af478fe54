// The float functions that need more digits on the way: powers and angles, through double lanes.
#pragma once

#include "kernels/vec_math.simd.h"

namespace genodl::kernels::GENODL_ISA {

typedef double VecD __attribute__((vector_size(kLanes * 8)));

inline VecD to_double(Vec x) { return __builtin_convertvector(x, VecD); }
inline VecD to_double(VecI x) { return __builtin_convertvector(x, VecD); }
inline Vec to_float(VecD x) { return __builtin_convertvector(x, Vec); }
inline VecI to_int(VecD x) { return __builtin_convertvector(x, VecI); }

template <int N>
inline VecD polynomial(VecD x, const double (&c)[N]) {
  VecD y = c[N - 1] - VecD{};
#pragma GCC unroll 16
  for (int i = N - 2; i >= 0; --i) y = y * x + c[i];
  return y;
}

inline VecD round_small(VecD x) {  // |x| < 2^51
  constexpr double kShift = 6755399441055744.0;
  return (x + kShift) - kShift;
}

// log2 of a positive finite float: 2 atanh(s) / ln 2 with s = f / (2 + f), |s| < 0.172.
inline VecD log2_double(Vec x) {
  constexpr double c[] = {1.0, 1.0 / 3, 1.0 / 5, 1.0 / 7, 1.0 / 9, 1.0 / 11, 1.0 / 13, 1.0 / 15};
  const LogParts parts = split_log(x);
  const VecD f = to_double(parts.f), s = f / (2.0 + f);
  return to_double(parts.exponent) + 2.8853900817779268 * s * polynomial(s * s, c);
}

// 2^t, by the series of e^(g ln 2), |g| <= 1/2.
inline Vec exp2_double(VecD t) {
  constexpr double c[] = {1.0,       1.0,       1.0 / 2,    1.0 / 6,     1.0 / 24,
                          1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320, 1.0 / 362880};
  const VecD whole = round_small(t);
  const Vec fraction = to_float(polynomial((t - whole) * 0.69314718055994531, c));
  const VecI n = to_int(whole), half = n >> 1;
  return fraction * power_of_two(half) * power_of_two(n - half);
}

inline Vec pow(Vec x, Vec y) {
  const Vec magnitude = abs(x);
  const VecI finite = (magnitude > 0.0f) & (magnitude < kInfinity) & (abs(y) < kInfinity);
  const VecD exponent = to_double(y) * log2_double(select(finite, magnitude, splat(1.0f)));
  // Beyond +-200 the result is 0 or infinity; the bound keeps the integer conversion in range.
  const VecD high = 200.0 - VecD{}, low = -200.0 - VecD{};
  const VecD capped = exponent > high ? high : exponent;
  const Vec plain = exp2_double(capped < low ? low : capped);

  const VecI grows = (magnitude > 1.0f) == (y > 0.0f);
  const Vec edge = select(magnitude == 1.0f, splat(1.0f), select(grows, splat(kInfinity), splat(0.0f)));
  Vec result = select(finite, plain, edge);

  const VecI whole = (round(y) == y), odd = whole & (round(y * 0.5f) != y * 0.5f);
  result = select(odd, copysign(result, x), result);
  const VecI outside = (x < 0.0f) & (magnitude < kInfinity) & ~whole;
  result = select(outside, splat(kNaN), result);
  result = select((x != x) | (y != y), x + y, result);
  return select((y == 0.0f) | (x == 1.0f), splat(1.0f), result);
}

}  // namespace genodl::kernels::GENODL_ISA
