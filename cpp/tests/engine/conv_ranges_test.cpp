// What convolutions and products say about changed and needed positions, against what really changes.
#include <algorithm>
#include <random>

#include "graph/op.h"
#include "tests/check.h"

namespace {

using namespace genodl;

std::vector<double> numbers(const Shape& shape, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<double> values(static_cast<std::size_t>(elements(shape)));
  for (double& v : values) v = std::uniform_real_distribution<double>(0.5, 1.5)(random);
  return values;
}

std::vector<double> run(const Op& op, const std::vector<TensorSpec>& specs,
                        const std::vector<std::vector<double>>& in) {
  const std::vector<TensorSpec> out = op.infer(specs);
  std::vector<double> result(static_cast<std::size_t>(elements(out[0].shape)));
  std::vector<std::byte> workspace(op.workspace(specs, out, 64));
  std::vector<const void*> inputs;
  for (const auto& values : in) inputs.push_back(values.data());
  void* outputs[] = {result.data()};
  op.run(RunContext(specs.data(), static_cast<int>(specs.size()), out.data(), 1, inputs.data(), outputs,
                    workspace.data(), 0));
  return result;
}

// Positions of axis 1 where two tensors differ, as one interval.
Range difference(const Shape& shape, const std::vector<double>& a, const std::vector<double>& b) {
  const index_t inner = elements(shape, 2, shape.size());
  Range range{shape[1], 0};
  for (index_t i = 0; i < elements(shape); ++i)
    if (a[static_cast<std::size_t>(i)] != b[static_cast<std::size_t>(i)]) {
      const index_t at = i / inner % shape[1];
      range = {std::min(range.begin, at), std::max(range.end, at + 1)};
    }
  return range.begin < range.end ? range : Range{0, 0};
}

// Changes single positions of input 0 and compares what changed with what the op says. Between the
// taps of a dilated kernel there are holes, so an end may be said up to `holes` positions too far out.
void check_ranges(const std::string& name, const Attrs& attrs, const Shape& a, const Shape& b, index_t holes = 0) {
  const auto op = make_op(name, attrs);
  const std::vector<TensorSpec> specs{{a, DType::float64}, {b, DType::float64}};
  std::vector<std::vector<double>> in{numbers(a, 1), numbers(b, 2)};
  const std::vector<double> before = run(*op, specs, in);
  const Shape out = op->infer(specs)[0].shape;
  CHECK(!op->changed(specs, 1, {0, 1}).has_value());
  CHECK(op->changed(specs, 0, {0, 0}) == (Range{0, 0}));
  for (index_t at = 0; at < a[1]; ++at) {
    std::vector<std::vector<double>> moved = in;
    for (index_t i = 0; i < elements(a); ++i)
      if (i / elements(a, 2, a.size()) % a[1] == at) moved[0][static_cast<std::size_t>(i)] += 1;
    const Range real = difference(out, before, run(*op, specs, moved));
    const Range said = *op->changed(specs, 0, {at, at + 1});
    CHECK_MSG(said.begin <= real.begin && said.begin + holes >= real.begin && said.end >= real.end &&
                  said.end - holes <= real.end,
              name << " at " << at << ": said " << said.begin << "-" << said.end << ", changed " << real.begin << "-"
                   << real.end);
    if (real.begin == real.end) continue;
    for (const index_t o : {real.begin, real.end - 1}) {
      const Range needed = *op->needed(specs, 0, {o, o + 1});
      CHECK_MSG(needed.begin <= at && at < needed.end, name << ": output " << o << " needs " << at);
    }
  }
}

Attrs conv(Ints strides, Ints dilation, Ints before, Ints after) {
  return {{"strides", strides}, {"dilation", dilation}, {"before", before}, {"after", after}};
}

Attrs with(Attrs attrs, const char* key, Ints value) {
  attrs[key] = std::move(value);
  return attrs;
}

}  // namespace

TEST(conv_ranges) {
  check_ranges("conv", conv({1}, {1}, {0}, {0}), {1, 12, 2}, {4, 2, 3});
  check_ranges("conv", conv({1}, {3}, {3}, {3}), {1, 12, 2}, {3, 2, 3}, 2);
  check_ranges("conv", conv({2}, {1}, {1}, {2}), {1, 13, 2}, {4, 2, 3});
  check_ranges("conv", conv({3}, {1}, {0}, {0}), {1, 13, 2}, {2, 2, 3});
  check_ranges("conv", conv({1, 2}, {2, 1}, {2, 0}, {2, 0}), {1, 9, 7, 2}, {3, 2, 2, 3}, 1);
}

TEST(conv_input_grad_ranges) {
  check_ranges("conv_input_grad", with(conv({1}, {1}, {1}, {2}), "shape", {1, 12, 2}), {1, 12, 3}, {4, 2, 3});
  check_ranges("conv_input_grad", with(conv({2}, {1}, {0}, {0}), "shape", {1, 13, 2}), {1, 6, 3}, {3, 2, 3});
}

TEST(matmul_ranges) {
  check_ranges("matmul", {}, {2, 5, 3}, {3, 4});
  const std::vector<TensorSpec> matrices{{{5, 3}, DType::float64}, {{3, 4}, DType::float64}};
  CHECK(!make_op("matmul", {})->changed(matrices, 0, {0, 1}).has_value());
}
