// The transforms of F(4, 3), Lavin and Gray 2016 (arXiv:1509.09308), points 0, 1, -1, 2, -2 and
// infinity. With weights g, inputs d and outputs y:  y = A' ((G g) * (B' d)).
#pragma once

#include "simd.h"

namespace genodl::kernels::GENODL_ISA {

constexpr int kPoints = 6;   // inputs of a tile, and products
constexpr int kOutputs = 4;  // outputs of a tile
constexpr int kTaps = 3;

// v = B' d, for vectors and single numbers alike.
template <class T>
inline void transform_inputs(const T (&d)[kPoints], T (&v)[kPoints]) {
  const T a = d[4] - 4.0f * d[2], b = d[3] - 4.0f * d[1];
  const T c = d[4] - d[2], e = 2.0f * (d[3] - d[1]);
  v[0] = 4.0f * d[0] - 5.0f * d[2] + d[4];
  v[1] = a + b;
  v[2] = a - b;
  v[3] = c + e;
  v[4] = c - e;
  v[5] = 4.0f * d[1] - 5.0f * d[3] + d[5];
}

// u = G g
template <class T>
inline void transform_weights(const T (&g)[kTaps], T (&u)[kPoints]) {
  const T outer = (g[0] + g[2]) * (-1.0f / 6), middle = g[1] * (1.0f / 6);
  const T far = g[0] * (1.0f / 24) + g[2] * (1.0f / 6), half = g[1] * (1.0f / 12);
  u[0] = g[0] * 0.25f;
  u[1] = outer - middle;
  u[2] = outer + middle;
  u[3] = far + half;
  u[4] = far - half;
  u[5] = g[2];
}

// y = A' m
template <class T>
inline void transform_products(const T (&m)[kPoints], T (&y)[kOutputs]) {
  const T near_sum = m[1] + m[2], near_difference = m[1] - m[2];
  const T far_sum = m[3] + m[4], far_difference = m[3] - m[4];
  y[0] = m[0] + near_sum + far_sum;
  y[1] = near_difference + 2.0f * far_difference;
  y[2] = near_sum + 4.0f * far_sum;
  y[3] = near_difference + 8.0f * far_difference + m[5];
}

// m = A y, the way back of the gradient
template <class T>
inline void transform_output_grads(const T (&y)[kOutputs], T (&m)[kPoints]) {
  const T even = y[0] + y[2], odd = y[1] + y[3];
  const T far_even = y[0] + 4.0f * y[2], far_odd = 2.0f * y[1] + 8.0f * y[3];
  m[0] = y[0];
  m[1] = even + odd;
  m[2] = even - odd;
  m[3] = far_even + far_odd;
  m[4] = far_even - far_odd;
  m[5] = y[3];
}

// g = G' u
template <class T>
inline void transform_weight_grads(const T (&u)[kPoints], T (&g)[kTaps]) {
  const T near_sum = (u[1] + u[2]) * (1.0f / 6), far_sum = u[3] + u[4];
  g[0] = u[0] * 0.25f - near_sum + far_sum * (1.0f / 24);
  g[1] = (u[2] - u[1]) * (1.0f / 6) + (u[3] - u[4]) * (1.0f / 12);
  g[2] = far_sum * (1.0f / 6) - near_sum + u[5];
}

}  // namespace genodl::kernels::GENODL_ISA
