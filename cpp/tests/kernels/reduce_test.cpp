#include "kernels/reduce.h"

#include <limits>

#include "tests/kernels/every_isa.h"
#include "tests/kernels/random_values.h"

namespace genodl::kernels {
const ReduceKernels& reduce(Isa isa);
}

namespace genodl::testing {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr double kEpsilon = 6e-8;

TEST(sums_and_extremes_of_runs) {
  for_every_isa([](Isa isa) {
    const auto& k = kernels::reduce(isa);
    for (index_t n : {0, 1, 3, 4, 15, 16, 17, 100, 511, 4096, 100003}) {
      const std::vector<float> x = normal_values(static_cast<std::size_t>(n), 1),
                               y = normal_values(static_cast<std::size_t>(n), 2);
      double sum = 0, absolute = 0, squares = 0, dot = 0;
      float largest = -kInf, smallest = kInf;
      for (std::size_t i = 0; i < x.size(); ++i) {
        sum += x[i];
        absolute += std::fabs(x[i]);
        squares += double(x[i]) * x[i];
        dot += double(x[i]) * y[i];
        largest = std::max(largest, x[i]);
        smallest = std::min(smallest, x[i]);
      }
      // At most 64 additions follow one another in a lane, then a tree.
      const double tolerance = 70 * kEpsilon * (absolute + squares) + 1e-30;
      CHECK_CLOSE(k.sum(x.data(), n), sum, tolerance);
      CHECK_CLOSE(k.sum_squares(x.data(), n), squares, tolerance);
      CHECK_CLOSE(k.dot(x.data(), y.data(), n), dot, tolerance);
      CHECK(k.max(x.data(), n) == largest);
      CHECK(k.min(x.data(), n) == smallest);
    }
  });
}

TEST(extremes_find_nan_and_infinity_anywhere) {
  for_every_isa([](Isa isa) {
    const auto& k = kernels::reduce(isa);
    for (index_t n : {1, 5, 16, 67, 200}) {
      for (index_t at = 0; at < n; ++at) {
        std::vector<float> x(static_cast<std::size_t>(n), 2.0f);
        x[static_cast<std::size_t>(at)] = std::nanf("");
        CHECK(std::isnan(k.max(x.data(), n)) && std::isnan(k.min(x.data(), n)));
        x[static_cast<std::size_t>(at)] = kInf;
        CHECK(k.max(x.data(), n) == kInf && k.min(x.data(), n) == (n == 1 ? kInf : 2.0f));
      }
    }
  });
}

TEST(columns_over_rows) {
  for_every_isa([](Isa isa) {
    const auto& k = kernels::reduce(isa);
    for (index_t columns : {1, 3, 16, 17, 64, 100}) {
      for (index_t rows : {0, 1, 2, 5, 300}) {
        const index_t step = columns + 5;
        const std::vector<float> x = normal_values(static_cast<std::size_t>(rows * step + 1), 3);
        Guarded<float> sum(static_cast<std::size_t>(columns), 1), largest(static_cast<std::size_t>(columns), 1),
            smallest(static_cast<std::size_t>(columns), 1);
        k.column_sum(x.data(), rows, step, columns, sum.data());
        k.column_max(x.data(), rows, step, columns, largest.data());
        k.column_min(x.data(), rows, step, columns, smallest.data());
        for (index_t c = 0; c < columns; ++c) {
          double truth = 0;
          float high = -kInf, low = kInf;
          for (index_t r = 0; r < rows; ++r) {
            const float v = x[static_cast<std::size_t>(r * step + c)];
            truth += v;
            high = std::max(high, v);
            low = std::min(low, v);
          }
          const auto i = static_cast<std::size_t>(c);
          CHECK_CLOSE(sum[i], truth, kEpsilon * static_cast<double>(rows * rows + 1));
          CHECK(largest[i] == high && smallest[i] == low);
        }
        CHECK(sum.intact() && largest.intact() && smallest.intact());
      }
    }
  });
}

}  // namespace
}  // namespace genodl::testing
