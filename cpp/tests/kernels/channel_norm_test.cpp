#include "kernels/channel_norm.h"

#include "tests/kernels/every_isa.h"
#include "tests/kernels/random_values.h"

namespace genodl::kernels {
const ChannelNormKernels& channel_norm(Isa isa);
}

namespace genodl::testing {
namespace {

std::size_t at(index_t i) { return static_cast<std::size_t>(i); }

void check_columns(const kernels::ChannelNormKernels& k, index_t rows, index_t columns) {
  const index_t step = columns + 3;
  const std::vector<float> x = normal_values(at(rows * step), 1, 50.0f), dy = normal_values(at(rows * step), 2),
                           middle = normal_values(at(columns), 3, 50.0f), scale = normal_values(at(columns), 4),
                           slope = normal_values(at(columns), 5), shift = normal_values(at(columns), 6);
  Guarded<float> plain(at(columns), 1), sum(at(columns), 1), squares(at(columns), 1), sum_dy(at(columns), 1),
      products(at(columns), 1), y(at(rows * step), 1), dx(at(rows * step), 1);
  std::fill(y.begin(), y.end(), -7.0f);
  std::fill(dx.begin(), dx.end(), -7.0f);
  k.sums(x.data(), rows, step, columns, plain.data());
  k.moments(x.data(), rows, step, columns, middle.data(), sum.data(), squares.data());
  k.grad_sums(dy.data(), x.data(), rows, step, columns, middle.data(), sum_dy.data(), products.data());
  k.normalise(x.data(), rows, step, columns, middle.data(), scale.data(), shift.data(), y.data());
  k.input_grad(dy.data(), x.data(), rows, step, columns, middle.data(), scale.data(), slope.data(), shift.data(),
               dx.data());
  for (index_t c = 0; c < step; ++c) {
    double total = 0, s = 0, q = 0, g = 0, p = 0;
    for (index_t r = 0; r < rows; ++r) {
      const std::size_t i = at(r * step + c);
      if (c >= columns) {
        CHECK(y[i] == -7.0f && dx[i] == -7.0f);
        continue;
      }
      const double d = double(x[i]) - middle[at(c)];
      total += x[i];
      s += d;
      q += d * d;
      g += dy[i];
      p += dy[i] * d;
      CHECK_CLOSE(y[i], d * scale[at(c)] + shift[at(c)], 1e-5);
      CHECK_CLOSE(dx[i], double(dy[i]) * scale[at(c)] + d * slope[at(c)] + shift[at(c)], 1e-5);
    }
    if (c >= columns) continue;
    const double tolerance = 1e-6 * double(rows + 10);  // chains of `rows` additions of values near 1
    CHECK_CLOSE(plain[at(c)], total, 50 * tolerance);
    CHECK_CLOSE(sum[at(c)], s, 3 * tolerance);
    CHECK_CLOSE(squares[at(c)], q, 10 * tolerance);
    CHECK_CLOSE(sum_dy[at(c)], g, tolerance);
    CHECK_CLOSE(products[at(c)], p, 10 * tolerance);
  }
  CHECK(plain.intact() && sum.intact() && squares.intact() && sum_dy.intact() && products.intact() && y.intact() &&
        dx.intact());
}

TEST(batch_normalisation_of_columns) {
  for_every_isa([](Isa isa) {
    for (index_t columns : {1, 5, 16, 33, 64, 100})
      for (index_t rows : {1, 2, 15, 16, 17, 200}) check_columns(kernels::channel_norm(isa), rows, columns);
  });
}

}  // namespace
}  // namespace genodl::testing
