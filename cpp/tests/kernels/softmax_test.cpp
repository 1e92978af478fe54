#include "kernels/softmax.h"

#include <limits>

#include "tests/kernels/every_isa.h"
#include "tests/kernels/random_values.h"

namespace genodl::kernels {
const SoftmaxKernels& softmax(Isa isa);
}

namespace genodl::testing {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

struct Lines {
  index_t n, step, columns;
  std::size_t size() const { return static_cast<std::size_t>(n * step); }
  std::size_t at(index_t j, index_t i) const { return static_cast<std::size_t>(j * step + i); }
};

const Lines kLayouts[] = {{1, 1, 1}, {7, 1, 1},  {16, 1, 1},  {100, 1, 1}, {1000, 1, 1},
                          {5, 3, 3}, {20, 2, 2}, {9, 40, 16}, {9, 40, 37}, {4, 7, 1}};

double log_of_sum(const std::vector<float>& x, const Lines& l, index_t i) {
  double largest = -kInf, sum = 0;
  for (index_t j = 0; j < l.n; ++j) largest = std::max(largest, double(x[l.at(j, i)]));
  for (index_t j = 0; j < l.n; ++j) sum += std::exp(x[l.at(j, i)] - largest);
  return largest + std::log(sum);
}

TEST(softmax_and_its_gradients) {
  for_every_isa([](Isa isa) {
    const auto& k = kernels::softmax(isa);
    for (const Lines& l : kLayouts) {
      std::vector<float> x = normal_values(l.size(), 4), dy = normal_values(l.size(), 5);
      for (float& v : x) v *= 5;
      const std::vector<float> before(l.size(), -7.0f);
      std::vector<float> y = before, log_y = before, dx = before, log_dx = before;
      std::vector<float> total(static_cast<std::size_t>(l.columns));
      k.softmax(x.data(), y.data(), l.n, l.step, l.columns);
      k.log_softmax(x.data(), log_y.data(), l.n, l.step, l.columns);
      k.logsumexp(x.data(), total.data(), l.n, l.step, l.columns);
      k.softmax_grad(y.data(), dy.data(), dx.data(), l.n, l.step, l.columns);
      k.log_softmax_grad(log_y.data(), dy.data(), log_dx.data(), l.n, l.step, l.columns);
      for (index_t i = 0; i < l.step; ++i) {
        if (i >= l.columns) {  // other lines are not touched
          for (index_t j = 0; j < l.n; ++j)
            CHECK(y[l.at(j, i)] == -7.0f && log_y[l.at(j, i)] == -7.0f && dx[l.at(j, i)] == -7.0f);
          continue;
        }
        const double sum = log_of_sum(x, l, i);
        // The sum's rounding grows with its length; the shift costs an ulp of the largest |x|.
        const double tolerance = 2e-6 + 1e-8 * double(l.n);
        CHECK_CLOSE(total[static_cast<std::size_t>(i)], sum, tolerance * 4);
        double weighted = 0, plain = 0;
        for (index_t j = 0; j < l.n; ++j) {
          weighted += std::exp(x[l.at(j, i)] - sum) * dy[l.at(j, i)];
          plain += dy[l.at(j, i)];
        }
        for (index_t j = 0; j < l.n; ++j) {
          const std::size_t at = l.at(j, i);
          const double p = std::exp(x[at] - sum);
          CHECK_CLOSE(y[at], p, tolerance * p + 1e-38);
          CHECK_CLOSE(log_y[at], x[at] - sum, tolerance * 4);
          CHECK_CLOSE(dx[at], p * (dy[at] - weighted),
                      4 * tolerance * p * (std::fabs(dy[at]) + std::fabs(weighted) + 1) + 1e-38);
          CHECK_CLOSE(log_dx[at], dy[at] - p * plain, 4 * tolerance * (1 + std::fabs(plain)));
        }
      }
    }
  });
}

TEST(softmax_in_place_and_at_extremes) {
  for_every_isa([](Isa isa) {
    const auto& k = kernels::softmax(isa);
    const std::vector<float> x = normal_values(37, 6);
    std::vector<float> apart(37), in_place = x;
    k.softmax(x.data(), apart.data(), 37, 1, 1);
    k.softmax(in_place.data(), in_place.data(), 37, 1, 1);
    CHECK(apart == in_place);

    std::vector<float> y(3), masked = {-kInf, -kInf, -kInf}, large = {1000, 999, -1e30f},
                             broken = {1, std::nanf(""), 2};
    float total = 0;
    k.softmax(masked.data(), y.data(), 3, 1, 1);
    CHECK(y[0] == 0 && y[1] == 0 && y[2] == 0);
    k.log_softmax(masked.data(), y.data(), 3, 1, 1);
    CHECK(y[0] == -kInf && y[1] == -kInf);
    k.logsumexp(masked.data(), &total, 3, 1, 1);
    CHECK(total == -kInf);
    k.softmax(large.data(), y.data(), 3, 1, 1);
    CHECK_CLOSE(y[0], 1 / (1 + std::exp(-1.0)), 1e-6);
    CHECK(y[2] == 0);
    k.softmax(broken.data(), y.data(), 3, 1, 1);
    CHECK(std::isnan(y[0]) && std::isnan(y[1]) && std::isnan(y[2]));
    large[1] = kInf;
    k.logsumexp(large.data(), &total, 3, 1, 1);
    CHECK(total == kInf);
  });
}

}  // namespace
}  // namespace genodl::testing
