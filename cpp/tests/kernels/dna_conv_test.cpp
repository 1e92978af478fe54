#include "tests/kernels/dna_reference.h"
#include "tests/kernels/every_isa.h"

namespace genodl::kernels {
const DnaConvKernels& dna_conv(Isa isa);
}

namespace genodl::testing {
namespace {

Isa isa_in_use;
const kernels::DnaConvKernels& in_use() { return kernels::dna_conv(isa_in_use); }

using kernels::DnaPool;

// Index and tables of a case, in guarded buffers of exactly the size asked for.
struct Prepared {
  Prepared(const DnaConvShape& s, Letters letters)
      : shape(s),
        codes(static_cast<std::size_t>(s.batch * s.length)),
        weights(static_cast<std::size_t>(s.taps * 4 * s.filters)),
        bias(static_cast<std::size_t>(s.filters)),
        indexes(in_use().index_bytes(s) * static_cast<std::size_t>(s.batch)),
        tables(static_cast<std::size_t>(in_use().table_size(s))) {
    fill_codes(random, letters, codes);
    fill_uniform(random, weights);
    fill_uniform(random, bias);
    const auto& kernel = in_use();
    for (index_t n = 0; n < s.batch; ++n) kernel.index(s, codes.data(), indexes.data(), n);
    for (index_t task = 0; task < kernel.build_tasks(s); ++task) kernel.build(s, weights.data(), tables.data(), task);
    CHECK(indexes.intact());
    CHECK(tables.intact());
  }

  DnaConvShape shape;
  Random random;
  Guarded<std::uint8_t> codes;
  Guarded<float> weights, bias;
  Guarded<std::byte> indexes;
  Guarded<float> tables;
};

// Terms are at most 1, so each rounding costs at most taps * 2^-24; there are fewer than taps + 4.
double tolerance(const DnaConvShape& s) { return static_cast<double>((s.taps + 1) * (s.taps + 4)) * 6e-8; }

void check_forward(const DnaConvShape& s, Letters letters, bool with_bias) {
  Prepared p(s, letters);
  const float* bias = with_bias ? p.bias.data() : nullptr;
  Guarded<float> y(static_cast<std::size_t>(s.batch * s.out_length * s.filters), 1);
  index_t rows = 0;
  for (index_t task = 0; task < in_use().forward_tasks(s); ++task) {
    index_t begin = -1, end = -1;
    in_use().forward(s, p.codes.data(), p.indexes.data(), p.tables.data(), bias, y.data(), task, &begin, &end);
    CHECK(begin == rows && begin < end);
    rows += end - begin;
  }
  CHECK(rows == s.batch * s.out_length);
  CHECK(y.intact());
  const std::vector<double> expected = dna_reference(s, p.codes.data(), p.weights.data(), bias);
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK_CLOSE(y[i], expected[i], tolerance(s));
}

TEST(dna_conv_forward) {
  for_every_isa([](Isa isa) {
    isa_in_use = isa;
    for (const index_t filters : {1, 3, 16, 17, 33, 300}) {
      check_forward(dna_shape(2, 70, 7, filters), Letters::plain, true);
      check_forward(dna_shape(2, 70, 7, filters, 3, 3), Letters::some_n, false);
    }
    for (const index_t taps : {1, 2, 3, 4, 5, 8, 11, 19, 24, 26})
      check_forward(dna_shape(3, 130, taps, 20, (taps - 1) / 2, taps / 2), Letters::all_codes, true);
  });
}

TEST(dna_conv_stride_dilation_padding) {
  for_every_isa([](Isa isa) {
    isa_in_use = isa;
    for (const Letters letters : {Letters::plain, Letters::some_n, Letters::all_codes})
      for (const index_t stride : {1, 2, 3, 7})
        for (const index_t dilation : {1, 2, 5}) {
          check_forward(dna_shape(2, 90, 6, 18, 0, 0, stride, dilation), letters, true);
          check_forward(dna_shape(2, 90, 9, 5, 40, 60, stride, dilation), letters, true);
        }
  });
}

TEST(dna_conv_edges_of_shape) {
  for_every_isa([](Isa isa) {
    isa_in_use = isa;
    check_forward(dna_shape(1, 19, 19, 8), Letters::plain, true);  // one window
    check_forward(dna_shape(1, 1, 1, 1), Letters::plain, true);
    check_forward(dna_shape(2, 5, 12, 4, 6, 5), Letters::plain, true);     // taps wider than the sequence
    check_forward(dna_shape(1, 5, 9, 4), Letters::plain, true);            // no window at all
    check_forward(dna_shape(1, 2500, 5, 3, 2, 2), Letters::some_n, true);  // cut into several tasks
  });
}

void check_pool(const DnaConvShape& s, Letters letters, index_t size, index_t stride, bool relu, bool affine) {
  Prepared p(s, letters);
  Guarded<float> scale(p.bias.size()), shift(p.bias.size());
  fill_uniform(p.random, scale);
  fill_uniform(p.random, shift);
  const DnaPool pool{size,
                     stride,
                     (s.out_length - size) / stride + 1,
                     relu,
                     affine ? scale.data() : nullptr,
                     affine ? shift.data() : nullptr};
  const std::size_t outputs = static_cast<std::size_t>(s.batch * pool.out_length * s.filters);
  Guarded<float> y(outputs, 1), y_alone(outputs);
  Guarded<std::uint8_t> argmax8(outputs, 3);
  Guarded<std::int32_t> argmax32(outputs, 1);
  const auto& kernel = in_use();
  index_t rows = 0;
  for (index_t task = 0; task < kernel.pool_tasks(s, pool); ++task) {
    const auto run = [&](float* to, std::uint8_t* bytes, std::int32_t* ints) {
      index_t begin = -1, end = -1;
      kernel.pool(s, pool, p.codes.data(), p.indexes.data(), p.tables.data(), p.bias.data(), to, bytes, ints, task,
                  &begin, &end);
      CHECK(begin == rows && begin < end);
      return end - begin;
    };
    run(y_alone.data(), nullptr, nullptr);
    if (size <= 255) run(y.data(), argmax8.data(), nullptr);
    rows += run(y.data(), nullptr, argmax32.data());
  }
  CHECK(rows == s.batch * pool.out_length);
  CHECK(y.intact() && y_alone.intact() && argmax8.intact() && argmax32.intact());
  CHECK(std::equal(y.begin(), y.end(), y_alone.begin()));

  // The convolution itself in float: maxima and their places must agree with it to the bit.
  Guarded<float> conv(static_cast<std::size_t>(s.batch * s.out_length * s.filters));
  for (index_t task = 0; task < kernel.forward_tasks(s); ++task) {
    index_t begin, end;
    kernel.forward(s, p.codes.data(), p.indexes.data(), p.tables.data(), p.bias.data(), conv.data(), task, &begin,
                   &end);
  }
  const std::vector<double> expected = dna_reference(s, p.codes.data(), p.weights.data(), p.bias.data());
  for (std::size_t i = 0; i < outputs; ++i) {
    const index_t f = static_cast<index_t>(i) % s.filters, row = static_cast<index_t>(i) / s.filters;
    const index_t window = row / pool.out_length * s.out_length + row % pool.out_length * stride;
    double best = -1e30;
    float best_float = -1e30f;
    index_t at = 0;
    for (index_t j = 0; j < size; ++j) {
      const std::size_t from = static_cast<std::size_t>((window + j) * s.filters + f);
      const std::size_t c = static_cast<std::size_t>(f);
      best = std::max(best, affine ? expected[from] * scale[c] + shift[c] : expected[from]);
      if (!affine && conv[from] > best_float) best_float = conv[from], at = j;
    }
    CHECK_CLOSE(y[i], relu ? std::max(best, 0.0) : best, tolerance(s));
    const std::uint8_t byte = static_cast<std::uint8_t>(argmax32[i]);
    if (size <= 255) CHECK(argmax8[i] == byte);
    if (relu && y[i] <= 0) {
      CHECK(argmax32[i] == -1);
      continue;
    }
    if (affine) {  // contraction may round scale * conv + shift once or twice
      at = argmax32[i];
      CHECK(at >= 0 && at < size);
      const std::size_t from = static_cast<std::size_t>((window + at) * s.filters + f);
      CHECK_CLOSE(expected[from] * scale[static_cast<std::size_t>(f)] + shift[static_cast<std::size_t>(f)], best,
                  tolerance(s));
    } else {
      CHECK(y[i] == (relu ? std::max(best_float, 0.f) : best_float));
      CHECK(argmax32[i] == at);
    }
  }
}

TEST(dna_conv_pool) {
  for_every_isa([](Isa isa) {
    isa_in_use = isa;
    for (const index_t filters : {1, 16, 17, 300}) {
      check_pool(dna_shape(2, 62, 7, filters, 3, 3), Letters::plain, 3, 3, true, false);
      check_pool(dna_shape(1, 62, 7, filters), Letters::some_n, 4, 4, true, true);
    }
    for (const bool relu : {false, true}) {
      for (const bool affine : {false, true}) {
        check_pool(dna_shape(2, 200, 19, 21, 9, 9), Letters::all_codes, 13, 13, relu, affine);
        check_pool(dna_shape(2, 200, 5, 21), Letters::plain, 7, 2, relu, affine);       // overlapping
        check_pool(dna_shape(2, 200, 5, 21), Letters::plain, 2, 5, relu, affine);       // with gaps
        check_pool(dna_shape(2, 200, 24, 16), Letters::plain, 177, 177, relu, affine);  // whole length
        check_pool(dna_shape(1, 900, 6, 9), Letters::some_n, 300, 250, relu, affine);   // beyond a byte
        check_pool(dna_shape(1, 2600, 6, 9), Letters::plain, 1, 1, relu, affine);       // several tasks
        check_pool(dna_shape(2, 150, 6, 9, 2, 2, 3, 2), Letters::some_n, 4, 4, relu, affine);
      }
    }
  });
}

// Repeats give equal sums: the first must win, as in pooling without fusion.
TEST(dna_conv_pool_takes_first_of_ties) {
  for_every_isa([](Isa isa) {
    isa_in_use = isa;
    const DnaConvShape s = dna_shape(1, 64, 4, 6);
    Prepared p(s, Letters::plain);
    std::fill(p.codes.begin(), p.codes.end(), std::uint8_t{2});
    const auto& kernel = in_use();
    kernel.index(s, p.codes.data(), p.indexes.data(), 0);
    const DnaPool pool{61, 61, 1, false, nullptr, nullptr};
    std::vector<float> y(6);
    std::vector<std::uint8_t> argmax(6, 9);
    index_t begin, end;
    kernel.pool(s, pool, p.codes.data(), p.indexes.data(), p.tables.data(), nullptr, y.data(), argmax.data(), nullptr,
                0, &begin, &end);
    for (const std::uint8_t at : argmax) CHECK(at == 0);
  });
}

}  // namespace
}  // namespace genodl::testing
