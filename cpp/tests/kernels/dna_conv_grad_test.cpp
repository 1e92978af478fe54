#include "kernels/dna_conv_grad.h"

#include "tests/kernels/dna_reference.h"
#include "tests/kernels/every_isa.h"

namespace genodl::kernels {
const DnaConvGradKernels& dna_conv_grad(Isa isa);
}

namespace genodl::testing {
namespace {

Isa isa_in_use;
const kernels::DnaConvGradKernels& in_use() { return kernels::dna_conv_grad(isa_in_use); }

using kernels::DnaGradSource;

// Gradients of the weights, then of the bias.
std::vector<float> run(const DnaConvShape& s, const DnaGradSource& source, const Guarded<std::uint8_t>& codes) {
  const auto& kernel = in_use();
  Guarded<std::byte> indexes(kernel.index_bytes(s) * static_cast<std::size_t>(s.batch));
  Guarded<float> partial(static_cast<std::size_t>(kernel.partial_size(s)));
  Guarded<std::byte> scratch(kernel.scratch_bytes(s));
  for (index_t n = 0; n < s.batch; ++n) kernel.index(s, codes.data(), indexes.data(), n);
  // From the last task to the first: nothing may hang on their order.
  for (index_t task = kernel.tasks(s) - 1; task >= 0; --task)
    kernel.sum(s, source, codes.data(), indexes.data(), partial.data(), task, scratch.data());
  const std::size_t weights = static_cast<std::size_t>(s.taps * 4 * s.filters),
                    filters = static_cast<std::size_t>(s.filters);
  Guarded<float> dw(weights), dbias(filters);
  for (index_t task = 0; task < kernel.reduce_tasks(s); ++task)
    kernel.reduce(s, partial.data(), dw.data(), dbias.data(), task);
  CHECK(indexes.intact() && partial.intact() && scratch.intact() && dw.intact() && dbias.intact());
  std::vector<float> both(dw.begin(), dw.end());
  both.insert(both.end(), dbias.begin(), dbias.end());
  return both;
}

// Sums of up to n terms of at most 1 in an unknown order: n * sqrt(n) roundings of 2^-24 are ample.
void check_equal(const DnaConvShape& s, const std::vector<float>& got, const std::vector<double>& expected) {
  const double n = static_cast<double>(s.batch * s.out_length + 1);
  CHECK(got.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK_CLOSE(got[i], expected[i], n * std::sqrt(n) * 6e-8);
}

void check_dense(const DnaConvShape& s, Letters letters) {
  Random random;
  Guarded<std::uint8_t> codes(static_cast<std::size_t>(s.batch * s.length));
  Guarded<float> dy(static_cast<std::size_t>(s.batch * s.out_length * s.filters));
  fill_codes(random, letters, codes);
  fill_uniform(random, dy);
  DnaGradSource source{};
  source.dense = dy.data();
  const std::vector<double> exact(dy.begin(), dy.end());
  check_equal(s, run(s, source, codes), dna_reference_grad(s, codes.data(), exact.data()));
}

TEST(dna_conv_grad_dense) {
  for_every_isa([](Isa isa) {
    isa_in_use = isa;
    for (const index_t filters : {1, 3, 16, 17, 33, 300}) {
      check_dense(dna_shape(2, 70, 7, filters), Letters::plain);
      check_dense(dna_shape(3, 70, 7, filters, 3, 3), Letters::some_n);
    }
    for (const index_t taps : {1, 2, 3, 4, 5, 8, 11, 18, 19, 21, 24, 26, 31})
      check_dense(dna_shape(3, 130, taps, 20, (taps - 1) / 2, taps / 2), Letters::all_codes);
  });
}

TEST(dna_conv_grad_stride_dilation_padding) {
  for_every_isa([](Isa isa) {
    isa_in_use = isa;
    for (const Letters letters : {Letters::plain, Letters::some_n, Letters::all_codes})
      for (const index_t stride : {1, 2, 3, 7})
        for (const index_t dilation : {1, 2, 5}) {
          check_dense(dna_shape(2, 90, 6, 18, 0, 0, stride, dilation), letters);
          check_dense(dna_shape(2, 90, 9, 5, 40, 60, stride, dilation), letters);
        }
  });
}

TEST(dna_conv_grad_edges_of_shape) {
  for_every_isa([](Isa isa) {
    isa_in_use = isa;
    check_dense(dna_shape(1, 19, 19, 8), Letters::plain);
    check_dense(dna_shape(1, 1, 1, 1), Letters::plain);
    check_dense(dna_shape(2, 5, 12, 4, 6, 5), Letters::plain);
    check_dense(dna_shape(1, 5, 9, 4), Letters::plain);             // no window: zeros
    check_dense(dna_shape(2, 2500, 5, 3, 2, 2), Letters::some_n);   // parts of unequal length
    check_dense(dna_shape(37, 150, 5, 40, 2, 2), Letters::some_n);  // passes of unequal size
  });
}

void check_pooled(const DnaConvShape& s, Letters letters, index_t size, index_t stride, bool gaps) {
  Random random;
  const index_t pooled_length = (s.out_length - size) / stride + 1;
  const std::size_t outputs = static_cast<std::size_t>(s.batch * pooled_length * s.filters);
  Guarded<std::uint8_t> codes(static_cast<std::size_t>(s.batch * s.length)), argmax8(outputs);
  Guarded<std::int32_t> argmax32(outputs);
  Guarded<float> dy(outputs);
  fill_codes(random, letters, codes);
  fill_uniform(random, dy);
  std::vector<double> dense(static_cast<std::size_t>(s.batch * s.out_length * s.filters));
  for (std::size_t i = 0; i < outputs; ++i) {
    // Every other position is none, as where relu stops the gradient.
    argmax32[i] = gaps && i % 2 ? -1 : random.below(static_cast<int>(size));
    argmax8[i] = static_cast<std::uint8_t>(argmax32[i]);
    const index_t f = static_cast<index_t>(i) % s.filters, row = static_cast<index_t>(i) / s.filters;
    const index_t at = row / pooled_length * s.out_length + row % pooled_length * stride + argmax32[i];
    if (argmax32[i] >= 0) dense[static_cast<std::size_t>(at * s.filters + f)] += dy[i];
  }
  const std::vector<double> expected = dna_reference_grad(s, codes.data(), dense.data());
  DnaGradSource source{nullptr, dy.data(), nullptr, argmax32.data(), size, stride, pooled_length};
  check_equal(s, run(s, source, codes), expected);
  if (size > 255) return;
  source.argmax8 = argmax8.data();
  source.argmax32 = nullptr;
  check_equal(s, run(s, source, codes), expected);
}

TEST(dna_conv_grad_pooled) {
  for_every_isa([](Isa isa) {
    isa_in_use = isa;
    for (const index_t filters : {1, 16, 17, 300})
      check_pooled(dna_shape(2, 62, 7, filters, 3, 3), Letters::plain, 3, 3, true);
    for (const bool relu : {false, true}) {
      check_pooled(dna_shape(2, 200, 19, 21, 9, 9), Letters::all_codes, 13, 13, relu);
      check_pooled(dna_shape(2, 200, 5, 21), Letters::plain, 7, 2, relu);       // overlapping
      check_pooled(dna_shape(2, 200, 5, 21), Letters::plain, 2, 5, relu);       // with gaps
      check_pooled(dna_shape(2, 200, 24, 16), Letters::plain, 177, 177, relu);  // whole length
      check_pooled(dna_shape(1, 900, 6, 9), Letters::some_n, 300, 250, relu);   // beyond a byte
      check_pooled(dna_shape(2, 2600, 6, 9), Letters::plain, 7, 7, relu);       // windows across parts
      check_pooled(dna_shape(2, 2600, 6, 9), Letters::plain, 7, 3, relu);
      check_pooled(dna_shape(2, 150, 6, 9, 2, 2, 3, 2), Letters::some_n, 4, 4, relu);
    }
  });
}

}  // namespace
}  // namespace genodl::testing
