#include "kernels/pool.h"

#include "tests/kernels/every_isa.h"
#include "tests/kernels/random_values.h"

namespace genodl::kernels {
const PoolKernels& pool(Isa isa);
}

namespace genodl::testing {
namespace {

struct Image {
  index_t width, channels;
  kernels::PoolLine line;
};

// Windows of rows x columns with a stride, over an image of just the size they need.
Image image(index_t rows, index_t columns, index_t stride, index_t outputs, index_t channels) {
  const index_t width = (outputs - 1) * stride + columns;
  return {width, channels, {rows, width * channels, columns, channels, outputs, stride * channels, channels}};
}

const Image kImages[] = {image(1, 3, 3, 5, 16), image(1, 2, 1, 7, 37), image(2, 2, 2, 4, 5), image(3, 3, 2, 3, 70),
                         image(1, 1, 1, 3, 4),  image(1, 4, 6, 3, 33), image(3, 2, 1, 1, 1)};

TEST(pooling_forward_and_gradient) {
  for_every_isa([](Isa isa) {
    const auto& k = kernels::pool(isa);
    for (const Image& im : kImages) {
      const auto& l = im.line;
      const auto size = static_cast<std::size_t>(l.rows * im.width * im.channels);
      const auto out_size = static_cast<std::size_t>(l.outputs * im.channels);
      std::vector<float> x = normal_values(size, 7);
      for (float& v : x) v = std::round(v);  // many ties
      const std::vector<float> dy = normal_values(out_size, 8);
      Guarded<float> largest(out_size, 1), mean(out_size, 1), dmax(size, 1), dmean(size, 1);
      std::fill(dmax.begin(), dmax.end(), 0.0f);
      std::fill(dmean.begin(), dmean.end(), 0.0f);
      k.max(x.data(), l, largest.data());
      k.average(x.data(), l, mean.data());
      k.max_grad(x.data(), dy.data(), l, true, dmax.data());
      k.average_grad(dy.data(), l, true, dmean.data());

      std::vector<double> want_dmax(size), want_dmean(size);
      for (index_t o = 0; o < l.outputs; ++o)
        for (index_t c = 0; c < im.channels; ++c) {
          double best = -1e30, sum = 0;
          std::size_t where = 0;
          const auto to = static_cast<std::size_t>(o * im.channels + c);
          for (index_t i = 0; i < l.rows; ++i)
            for (index_t j = 0; j < l.columns; ++j) {
              const auto at = static_cast<std::size_t>(o * l.window_step + i * l.row_step + j * l.column_step + c);
              if (x[at] > best) best = x[at], where = at;
              sum += x[at];
              want_dmean[at] += dy[to] / double(l.rows * l.columns);
            }
          want_dmax[where] += dy[to];
          CHECK(largest[to] == static_cast<float>(best));
          CHECK_CLOSE(mean[to], sum / double(l.rows * l.columns), 1e-5);
        }
      for (std::size_t i = 0; i < size; ++i) {
        CHECK_CLOSE(dmax[i], want_dmax[i], 2e-6);
        CHECK_CLOSE(dmean[i], want_dmean[i], 2e-6);
      }
      CHECK(largest.intact() && mean.intact() && dmax.intact() && dmean.intact());

      if (l.window_step < l.columns * im.channels) continue;  // overlapping windows must accumulate
      Guarded<float> written(size, 1), spread(size, 1);
      std::fill(written.begin(), written.end(), 9.0f);
      std::fill(spread.begin(), spread.end(), 9.0f);
      k.max_grad(x.data(), dy.data(), l, false, written.data());
      k.average_grad(dy.data(), l, false, spread.data());
      for (std::size_t i = 0; i < size; ++i) {
        const index_t column = static_cast<index_t>(i) / im.channels % im.width;
        const bool covered = column % (l.window_step / im.channels) < l.columns;
        CHECK(written[i] == (covered ? dmax[i] : 9.0f) && spread[i] == (covered ? dmean[i] : 9.0f));
      }
    }
  });
}

TEST(a_nan_wins_its_window_and_takes_the_gradient) {
  for_every_isa([](Isa isa) {
    const auto& k = kernels::pool(isa);
    const float nan = std::nanf("");
    for (const std::vector<float>& x : {std::vector<float>{1, nan, 5}, {nan, 1, 5}, {1, 5, nan}, {nan, nan, 1}}) {
      float y = 0, one = 1, dx[3];
      const kernels::PoolLine line{1, 3, 3, 1, 1, 3, 1};
      k.max(x.data(), line, &y);
      CHECK(std::isnan(y));
      k.max_grad(x.data(), &one, line, false, dx);
      int first = 0;
      while (!std::isnan(x[static_cast<std::size_t>(first)])) ++first;
      for (int i = 0; i < 3; ++i) CHECK(dx[i] == (i == first ? 1.0f : 0.0f));
    }
  });
}

}  // namespace
}  // namespace genodl::testing
