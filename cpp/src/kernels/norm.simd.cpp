#include "kernels/norm.h"

#include "kernels/vec_part.simd.h"

namespace genodl::kernels::GENODL_ISA {
namespace {

// Sum over a row of term(i, left), in two chains.
template <class Term>
inline float row_sum(index_t n, Term term) {
  Vec even{}, odd{};
  index_t i = 0;
  for (; i + 2 * kLanes <= n; i += 2 * kLanes) {
    even += term(i, index_t{kLanes});
    odd += term(i + kLanes, index_t{kLanes});
  }
  for (; i < n; i += kLanes) even += term(i, n - i);
  return sum_lanes(even + odd);
}

template <class Value>
inline void each_column(index_t n, float* out, Value value) {
  for (index_t i = 0; i < n; i += kLanes) store_up_to(out + i, value(i, n - i), n - i);
}

// d where a lane is there, 0 in the lanes beyond the row.
inline Vec inside(Vec d, index_t left) {
  if (left >= kLanes) return d;
  float ones[kLanes];
  for (index_t i = 0; i < kLanes; ++i) ones[i] = i < left ? 1.0f : 0.0f;
  return select(load(ones) != 0.0f, d, splat(0.0f));
}

inline Vec factor(const float* p, index_t i, index_t left) {
  return p == nullptr ? splat(1.0f) : load_up_to(p + i, left);
}

void layer(const float* x, index_t rows, index_t n, float epsilon, const float* gamma, const float* beta, float* y,
           float* mean, float* inverse) {
  for (index_t r = 0; r < rows; ++r, x += n, y += n) {
    const float m =
        row_sum(n, [&](index_t i, index_t left) { return load_up_to(x + i, left); }) / static_cast<float>(n);
    const float variance = row_sum(n,
                                   [&](index_t i, index_t left) {
                                     const Vec d = inside(load_up_to(x + i, left) - m, left);
                                     return d * d;
                                   }) /
                           static_cast<float>(n);
    const float inv = 1.0f / __builtin_sqrtf(variance + epsilon);
    each_column(n, y, [&](index_t i, index_t left) {
      const Vec xhat = (load_up_to(x + i, left) - m) * inv;
      return xhat * factor(gamma, i, left) + (beta == nullptr ? Vec{} : load_up_to(beta + i, left));
    });
    mean[r] = m;
    inverse[r] = inv;
  }
}

void layer_grad(const float* dy, const float* x, const float* mean, const float* inverse, const float* gamma,
                index_t rows, index_t n, float* dx) {
  for (index_t r = 0; r < rows; ++r, x += n, dy += n, dx += n) {
    const float m = mean[r], inv = inverse[r], part = 1.0f / static_cast<float>(n);
    const auto g = [&](index_t i, index_t left) { return load_up_to(dy + i, left) * factor(gamma, i, left); };
    const auto xhat = [&](index_t i, index_t left) { return (load_up_to(x + i, left) - m) * inv; };
    const float mean_g = row_sum(n, g) * part;
    const float mean_gx = row_sum(n, [&](index_t i, index_t left) { return g(i, left) * xhat(i, left); }) * part;
    each_column(n, dx, [&](index_t i, index_t left) { return (g(i, left) - mean_g - xhat(i, left) * mean_gx) * inv; });
  }
}

void layer_weight_grad(const float* dy, const float* x, const float* mean, const float* inverse, index_t rows,
                       index_t n, float* dgamma, float* dbeta) {
  for (index_t i = 0; i < n; i += kLanes) {
    const index_t left = n - i;
    Vec scale{}, shift{};
    for (index_t r = 0; r < rows; ++r) {
      const Vec g = load_up_to(dy + r * n + i, left);
      scale += g * ((load_up_to(x + r * n + i, left) - mean[r]) * inverse[r]);
      shift += g;
    }
    store_up_to(dgamma + i, scale, left);
    store_up_to(dbeta + i, shift, left);
  }
}

}  // namespace

extern const NormKernels norm_table = {layer, layer_grad, layer_weight_grad};

}  // namespace genodl::kernels::GENODL_ISA
