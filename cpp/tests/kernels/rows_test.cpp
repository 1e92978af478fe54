#include "kernels/rows.h"

#include "kernels/transpose.h"
#include "tests/kernels/every_isa.h"
#include "tests/kernels/random_values.h"

namespace genodl::kernels {
const RowsKernels& rows(Isa isa);
const TransposeKernels& transpose(Isa isa);
}  // namespace genodl::kernels

namespace genodl::testing {
namespace {

TEST(rows_are_gathered_and_scattered) {
  for_every_isa([](Isa isa) {
    const auto& k = kernels::rows(isa);
    for (std::size_t n : {1u, 4u, 16u, 19u, 70u}) {
      const std::vector<float> table = normal_values(5 * n, 1);
      const index_t order[] = {4, 0, 0, 2};
      Guarded<float> taken(4 * n, 1), sums(5 * n, 1);
      k.gather(table.data(), order, 4, index_t(n), taken.data());
      std::fill(sums.begin(), sums.end(), 1.0f);
      k.scatter_add(taken.data(), order, 4, index_t(n), sums.data());
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t r = 0; r < 4; ++r) CHECK(taken[r * n + i] == table[std::size_t(order[r]) * n + i]);
        CHECK(sums[i] == 1.0f + table[i] + table[i] && sums[n + i] == 1.0f &&
              sums[2 * n + i] == 1.0f + table[2 * n + i]);
        CHECK(sums[3 * n + i] == 1.0f && sums[4 * n + i] == 1.0f + table[4 * n + i]);
      }
      Guarded<float> y(n, 1);
      std::fill(y.begin(), y.end(), 2.0f);
      k.add_scaled(table.data(), 0.5f, y.data(), index_t(n));
      for (std::size_t i = 0; i < n; ++i) CHECK(y[i] == 2.0f + 0.5f * table[i]);
      k.add(table.data(), y.data(), index_t(n));
      for (std::size_t i = 0; i < n; ++i) CHECK(y[i] == (2.0f + 0.5f * table[i]) + table[i]);
      CHECK(taken.intact() && sums.intact() && y.intact());
    }
  });
}

TEST(matrices_of_any_shape_are_transposed) {
  for_every_isa([](Isa isa) {
    for (index_t rows : {1, 3, 4, 8, 15, 16, 17, 40})
      for (index_t columns : {1, 2, 5, 8, 16, 31, 33}) {
        const index_t x_step = columns + 2, y_step = rows + 3;
        const std::vector<float> x = normal_values(std::size_t(rows * x_step), 2);
        Guarded<float> y(std::size_t(columns * y_step), 1);
        std::fill(y.begin(), y.end(), 0.0f);
        kernels::transpose(isa).transpose(x.data(), rows, columns, x_step, y.data(), y_step);
        for (index_t c = 0; c < columns; ++c)
          for (index_t r = 0; r < y_step; ++r)
            CHECK(y[std::size_t(c * y_step + r)] == (r < rows ? x[std::size_t(r * x_step + c)] : 0.0f));
        CHECK(y.intact());
      }
  });
}

}  // namespace
}  // namespace genodl::testing
