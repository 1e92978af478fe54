// What ops say about changed and needed positions along axis 1, against what really changes.
#include <numeric>
#include <random>

#include "graph/op.h"
#include "tests/check.h"

namespace {

using namespace genodl;

using Arrays = std::vector<std::vector<double>>;

struct Subject {
  std::string name;
  std::shared_ptr<const Op> op;
  std::vector<TensorSpec> specs;
  Shape out;

  Subject(const std::string& op_name, const Attrs& attrs, const std::vector<Shape>& shapes)
      : name(op_name), op(make_op(op_name, attrs)) {
    for (const Shape& s : shapes) specs.push_back({s, DType::float64});
    out = op->infer(specs)[0].shape;
  }

  std::vector<double> run(const Arrays& in) const {
    const std::vector<TensorSpec> outputs = op->infer(specs);
    Arrays results;
    for (const TensorSpec& s : outputs) results.emplace_back(s.bytes() / sizeof(double) + 1);
    std::vector<std::byte> workspace(op->workspace(specs, outputs, 64) + 64);
    std::vector<const void*> from;
    std::vector<void*> to;
    for (const auto& values : in) from.push_back(values.data());
    for (auto& values : results) to.push_back(values.data());
    op->run(RunContext(specs.data(), static_cast<int>(specs.size()), outputs.data(), static_cast<int>(outputs.size()),
                       from.data(), to.data(), workspace.data(), 0));
    return results[0];
  }
};

// Values that are all different, in no order.
std::vector<double> numbers(const Shape& shape, unsigned seed) {
  std::vector<double> values(static_cast<std::size_t>(elements(shape)));
  std::iota(values.begin(), values.end(), 1.0);
  std::shuffle(values.begin(), values.end(), std::mt19937(seed));
  for (double& v : values) v /= static_cast<double>(values.size());
  return values;
}

index_t position(const Shape& shape, index_t element) { return element / elements(shape, 2, shape.size()) % shape[1]; }

bool inside(index_t at, Range r) { return r.begin <= at && at < r.end; }

// Moves every pair of neighbouring positions of an input, up and down: what changes must have been
// announced, and whatever changed must have asked for one of the two.
void check_ranges(const Subject& s, int input) {
  Arrays in;
  for (std::size_t i = 0; i < s.specs.size(); ++i) in.push_back(numbers(s.specs[i].shape, static_cast<unsigned>(i)));
  const std::vector<double> before = s.run(in);
  const Shape& shape = s.specs[static_cast<std::size_t>(input)].shape;
  for (index_t at = 0; at + 1 < shape[1]; ++at) {
    const auto said = s.op->changed(s.specs, input, {at, at + 2});
    CHECK_MSG(said.has_value(), s.name << " says nothing of input " << input);
    if (!said) return;
    for (const double by : {2.0, -2.0}) {
      Arrays moved = in;
      for (index_t i = 0; i < elements(shape); ++i)
        if (inside(position(shape, i), {at, at + 2}))
          moved[static_cast<std::size_t>(input)][static_cast<std::size_t>(i)] += by;
      const std::vector<double> after = s.run(moved);
      for (index_t i = 0; i < elements(s.out); ++i) {
        if (before[static_cast<std::size_t>(i)] == after[static_cast<std::size_t>(i)]) continue;
        const index_t o = position(s.out, i);
        const Range needed = *s.op->needed(s.specs, input, {o, o + 1});
        CHECK_MSG(inside(o, *said), s.name << ": input " << at << " changed output " << o << ", said " << said->begin
                                           << " to " << said->end);
        CHECK_MSG(inside(at, needed) || inside(at + 1, needed), s.name << ": output " << o << " reads " << at
                                                                       << " or the next, said " << needed.begin
                                                                       << " to " << needed.end);
      }
    }
  }
}

void silent(const Subject& s, int input) {
  CHECK_MSG(!s.op->changed(s.specs, input, {0, 1}) && !s.op->needed(s.specs, input, {0, 1}), s.name);
}

Attrs box(Ints begin, Ints size, Ints strides) { return {{"begin", begin}, {"size", size}, {"strides", strides}}; }
Attrs edges(Ints before, Ints after, const char* mode) {
  return {{"before", before}, {"after", after}, {"mode", std::string(mode)}};
}
Attrs pool(Ints size, Ints strides, Ints before, Ints after) {
  return {{"pool", size}, {"strides", strides}, {"before", before}, {"after", after}};
}
Attrs along(index_t axis) { return {{"axis", axis}}; }

}  // namespace

TEST(movement_ranges) {
  check_ranges({"reshape", {{"shape", Ints{2, 9, 1, 3}}}, {{2, 9, 3}}}, 0);
  check_ranges({"transpose", {{"axes", Ints{2, 1, 0}}}, {{2, 9, 3}}}, 0);
  check_ranges({"slice", box({0, 2, 0}, {2, 6, 3}, {1, 1, 1}), {{2, 9, 3}}}, 0);
  check_ranges({"slice", box({0, 8, 0}, {2, 4, 1}, {1, -2, 1}), {{2, 9, 3}}}, 0);
  Attrs back = box({0, 1, 0}, {2, 4, 3}, {1, 2, 1});
  back["shape"] = Ints{2, 9, 3};
  check_ranges({"slice_grad", back, {{2, 4, 3}}}, 0);
  check_ranges({"flip", {{"axes", Ints{1, 2}}}, {{2, 9, 3}}}, 0);
  check_ranges({"roll", {{"shift", Ints{4}}, {"axes", Ints{1}}}, {{2, 9, 3}}}, 0);
  check_ranges({"repeat", {{"repeats", index_t{3}}, {"axis", index_t{1}}}, {{2, 5, 3}}}, 0);
  check_ranges({"tile", {{"repeats", Ints{1, 2, 2}}}, {{2, 5, 3}}}, 0);
  for (const char* mode : {"constant", "reflect", "symmetric"})
    check_ranges({"pad", edges({0, 3, 1}, {1, 2, 0}, mode), {{2, 5, 3}}}, 0);
  for (int input : {0, 1, 2}) {
    check_ranges({"concatenate", along(1), {{2, 5, 3}, {2, 2, 3}, {2, 4, 3}}}, input);
    check_ranges({"concatenate", along(2), {{2, 5, 3}, {2, 5, 1}, {2, 5, 2}}}, input);
  }
  check_ranges({"tril", {}, {{2, 9, 4}}}, 0);
  silent({"transpose", {{"axes", Ints{0, 2, 1}}}, {{2, 9, 3}}}, 0);
  check_ranges({"reshape", {{"shape", Ints{2, 27}}}, {{2, 9, 3}}}, 0);
  silent({"reshape", {{"shape", Ints{2, 3, 9}}}, {{2, 9, 3}}}, 0);
}

TEST(pooling_ranges) {
  for (const char* name : {"max_pool", "average_pool"}) {
    check_ranges({name, pool({3}, {3}, {0}, {0}), {{2, 11, 3}}}, 0);
    check_ranges({name, pool({4}, {2}, {1}, {2}), {{2, 11, 3}}}, 0);
    check_ranges({name, pool({2}, {3}, {0}, {1}), {{2, 11, 3}}}, 0);
    check_ranges({name, pool({3, 2}, {2, 2}, {1, 0}, {1, 0}), {{2, 7, 4, 3}}}, 0);
  }
}

TEST(reduction_ranges) {
  for (const char* name : {"sum", "mean", "max", "logsumexp"}) {
    check_ranges({name, {{"axes", Ints{2}}}, {{2, 9, 3}}}, 0);
    check_ranges({name, {{"axes", Ints{0, 2}}, {"keepdims", true}}, {{2, 9, 3}}}, 0);
    silent({name, {{"axes", Ints{0}}}, {{2, 9, 3}}}, 0);
    silent({name, {{"axes", Ints{1}}, {"keepdims", true}}, {{2, 9, 3}}}, 0);
  }
  check_ranges({"softmax", along(2), {{2, 9, 3}}}, 0);
  check_ranges({"layer_norm", {}, {{2, 9, 3}, {3}, {3}}}, 0);
  silent({"softmax", along(1), {{2, 9, 3}}}, 0);
  silent({"batch_norm", {}, {{2, 9, 3}, {3}, {3}}}, 0);
}

TEST(scan_ranges) {
  for (const bool reverse : {false, true}) {
    const Attrs attrs{{"axis", index_t{1}}, {"reverse", reverse}};
    check_ranges({"cumsum", attrs, {{2, 9, 3}}}, 0);
    check_ranges({"cumprod", attrs, {{2, 9, 3}}}, 0);
    for (int input : {0, 1}) check_ranges({"linear_scan", attrs, {{2, 9, 3}, {2, 9, 3}}}, input);
  }
  check_ranges({"cumsum", along(2), {{2, 9, 3}}}, 0);
  check_ranges({"sort", along(2), {{2, 9, 3}}}, 0);
  silent({"sort", along(1), {{2, 9, 3}}}, 0);
}
