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
        Guarded<float> y(at(rows * n), 1), dx(at(rows * n), 1), dgamma(at(n), 1), dbeta(at(n), 1), mean(rows),
            inverse(rows);
        k.layer(x.data(), rows, n, float(epsilon), g, affine ? beta.data() : nullptr, y.data(), mean.data(),
                inverse.data());
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
            CHECK_CLOSE(y[at(r * n + i)], xhat(i) * (affine ? gamma[at(i)] : 1.0) + (affine ? beta[at(i)] : 0.0),
                        tolerance);
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

}  // namespace
}  // namespace genodl::testing
