#include "kernels/norm.h"

#include "tests/kernels/every_isa.h"
#include "tests/kernels/random_values.h"

namespace genodl::kernels {
const NormKernels& norm(Isa isa);
}

namespace genodl::testing {
namespace {

std::size_t at(index_t i) { return static_cast<std::size_t>(i); }

TEST(layer_normalisation_of_rows) {
  for_every_isa([](Isa isa) {
    const auto& k = kernels::norm(isa);
    for (index_t n : {1, 3, 16, 31, 32, 100}) {
      constexpr index_t rows = 3;
      constexpr double epsilon = 1e-3;
      const std::vector<float> x = normal_values(at(rows * n), 1, 3.0f), dy = normal_values(at(rows * n), 2),
                               gamma = normal_values(at(n), 3), beta = normal_values(at(n), 4);
      for (bool affine : {true, false}) {
        const float* g = affine ? gamma.data() : nullptr;
        Guarded<float> y(at(rows * n), 1), dx(at(rows * n), 1), dgamma(at(n), 1), dbeta(at(n), 1), mean(rows), inverse(rows);
        k.layer(x.data(), rows, n, float(epsilon), g, affine ? beta.data() : nullptr, y.data(), mean.data(), inverse.data());
        k.layer_grad(dy.data(), x.data(), mean.data(), inverse.data(), g, rows, n, dx.data());
        k.layer_weight_grad(dy.data(), x.data(), mean.data(), inverse.data(), rows, n, dgamma.data(), dbeta.data());
        std::vector<double> want_dgamma(at(n)), want_dbeta(at(n));
        for (index_t r = 0; r < rows; ++r) {
          double m = 0, v = 0, mean_g = 0, mean_gx = 0;
          for (index_t i = 0; i < n; ++i) m += x[at(r * n + i)] / double(n);
          for (index_t i = 0; i < n; ++i) v += std::pow(x[at(r * n + i)] - m, 2) / double(n);
          const double inv = 1 / std::sqrt(v + epsilon);
          const auto weighted = [&](index_t i) { return double(dy[at(r * n + i)]) * (affine ? gamma[at(i)] : 1.0); };
          const auto xhat = [&](index_t i) { return (x[at(r * n + i)] - m) * inv; };
          for (index_t i = 0; i < n; ++i) {
            mean_g += weighted(i) / double(n);
            mean_gx += weighted(i) * xhat(i) / double(n);
            want_dgamma[at(i)] += dy[at(r * n + i)] * xhat(i);
            want_dbeta[at(i)] += dy[at(r * n + i)];
          }
          for (index_t i = 0; i < n; ++i) {
            // Rounding of the mean, magnified by inverse (at most 32).
            const double tolerance = 4e-6 * (1 + inv);
            CHECK_CLOSE(y[at(r * n + i)], xhat(i) * (affine ? gamma[at(i)] : 1.0) + (affine ? beta[at(i)] : 0.0), tolerance);
            CHECK_CLOSE(dx[at(r * n + i)], inv * (weighted(i) - mean_g - xhat(i) * mean_gx), tolerance * (1 + inv));
          }
        }
        for (index_t i = 0; i < n; ++i) {
          CHECK_CLOSE(dgamma[at(i)], want_dgamma[at(i)], 2e-4);
          CHECK_CLOSE(dbeta[at(i)], want_dbeta[at(i)], 2e-6);
        }
        CHECK(y.intact() && dx.intact() && dgamma.intact() && dbeta.intact() && mean.intact() && inverse.intact());
      }
    }
  });
}

TEST(batch_normalisation_of_columns) {
  for_every_isa([](Isa isa) {
    const auto& k = kernels::norm(isa);
    for (index_t columns : {1, 5, 16, 33}) {
      for (index_t rows : {1, 2, 7, 200}) {
        const index_t step = columns + 3;
        const std::vector<float> x = normal_values(at(rows * step), 1, 50.0f), dy = normal_values(at(rows * step), 2),
                                 shift = normal_values(at(columns), 3, 50.0f), scale = normal_values(at(columns), 4);
        Guarded<float> sum(at(columns), 1), squares(at(columns), 1), sum_dy(at(columns), 1), sum_dy_xhat(at(columns), 1),
            y(at(rows * step), 1), dx(at(rows * step), 1);
        std::fill(y.begin(), y.end(), -7.0f);
        std::fill(dx.begin(), dx.end(), -7.0f);
        k.moments(x.data(), rows, step, columns, shift.data(), sum.data(), squares.data());
        k.grad_sums(dy.data(), x.data(), rows, step, columns, shift.data(), scale.data(), sum_dy.data(), sum_dy_xhat.data());
        k.scale_shift(x.data(), rows, step, columns, scale.data(), shift.data(), y.data());
        k.mix(dy.data(), x.data(), rows, step, columns, scale.data(), shift.data(), scale.data(), dx.data());
        for (index_t c = 0; c < step; ++c) {
          double s = 0, q = 0, g = 0, p = 0;
          for (index_t r = 0; r < rows; ++r) {
            const std::size_t i = at(r * step + c);
            if (c >= columns) {
              CHECK(y[i] == -7.0f && dx[i] == -7.0f);
              continue;
            }
            const double d = double(x[i]) - shift[at(c)];
            s += d;
            q += d * d;
            g += dy[i];
            p += dy[i] * d * scale[at(c)];
            CHECK_CLOSE(y[i], double(x[i]) * scale[at(c)] + shift[at(c)], 5e-5);
            CHECK_CLOSE(dx[i], double(dy[i]) * scale[at(c)] + double(x[i]) * shift[at(c)] + scale[at(c)], 1e-3);
          }
          if (c >= columns) continue;
          const double tolerance = 1e-6 * double(rows + 10);  // chains of rows / 2 additions of values near 1
          CHECK_CLOSE(sum[at(c)], s, 3 * tolerance);
          CHECK_CLOSE(squares[at(c)], q, 10 * tolerance);
          CHECK_CLOSE(sum_dy[at(c)], g, tolerance);
          CHECK_CLOSE(sum_dy_xhat[at(c)], p, 10 * tolerance);
        }
        CHECK(sum.intact() && squares.intact() && sum_dy.intact() && sum_dy_xhat.intact() && y.intact() && dx.intact());
        k.moments(x.data(), rows, step, columns, nullptr, sum.data(), squares.data());
        CHECK_CLOSE(sum[0] / double(rows), [&] {
          double mean = 0;
          for (index_t r = 0; r < rows; ++r) mean += x[at(r * step)];
          return mean / double(rows);
        }(), 1e-4);
      }
    }
  });
}

}  // namespace
}  // namespace genodl::testing
