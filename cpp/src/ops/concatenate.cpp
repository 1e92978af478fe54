// Joining tensors along an axis.
#include "graph/delta.h"
#include "ops/axes.h"

namespace genodl {

namespace {

class Concatenate final : public Op {
 public:
  explicit Concatenate(AttrReader& a) : axis_(a.integer("axis", -1)) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    if (inputs.empty()) fail<ConfigError>(name(), ": expected at least one input, got none.");
    expect_inputs(inputs, inputs.size(), name());
    TensorSpec out = inputs[0];
    const std::size_t axis = axis_of(inputs);
    for (const TensorSpec& s : inputs.subspan(1)) {
      expect_same(inputs[0], s, name());
      bool fits = s.shape.size() == out.shape.size();
      for (std::size_t a = 0; fits && a < s.shape.size(); ++a) fits = a == axis || s.shape[a] == out.shape[a];
      if (!fits)
        fail<ShapeError>(name(), ": expected shapes that differ on axis ", axis, " only, got ",
                         to_string(inputs[0].shape), " and ", to_string(s.shape), ".");
      out.shape[axis] += s.shape[axis];
    }
    return {out};
  }

  void run(const RunContext& c) const override {
    const std::size_t axis = static_cast<std::size_t>(normal_axis(axis_, rank_of(c.out_shape(0)), name()));
    const std::size_t unit = size_of(c.out_spec(0).dtype);
    const auto bytes_from = [&](const Shape& s) { return elements(s, axis, s.size()) * static_cast<index_t>(unit); };
    const index_t row = bytes_from(c.out_shape(0));
    index_t offset = 0;
    for (int i = 0; i < c.inputs(); ++i) {
      const index_t part = bytes_from(c.in_shape(i));
      copy_part(c.in<std::byte>(i), c.out<std::byte>(0) + offset, elements(c.in_shape(i), 0, axis), part, row);
      offset += part;
    }
  }

  void gradient(GradContext& g) const override {
    const Shape& y = g.output(0).shape();
    const std::size_t axis = static_cast<std::size_t>(normal_axis(axis_, rank_of(y), name()));
    Ints begin(y.size(), 0);
    for (std::size_t i = 0; i < g.node().inputs.size(); ++i) {
      const Value& x = g.input(static_cast<int>(i));
      if (g.needs(static_cast<int>(i)))
        g.set(static_cast<int>(i), build::node("slice", {g.dy()}, {{"begin", begin}, {"size", x.shape()}}));
      begin[axis] += x.shape()[axis];
    }
  }

  std::optional<Range> changed(Specs inputs, int input, Range in) const override {
    if (inputs[0].shape.size() < 2) return std::nullopt;
    const index_t offset = offset_of(inputs, input);
    return Range{in.begin + offset, in.end + offset};
  }
  std::optional<Range> needed(Specs inputs, int input, Range out) const override {
    if (inputs[0].shape.size() < 2) return std::nullopt;
    const index_t offset = offset_of(inputs, input), n = inputs[static_cast<std::size_t>(input)].shape[1];
    const Range r{std::max<index_t>(0, out.begin - offset), std::min(n, out.end - offset)};
    return r.begin < r.end ? r : Range{0, 0};
  }
  // Over channels position by position; over the length only where one input's windows are the result's.
  Value delta(DeltaContext& d) const override {
    if (!d.out()) return {};
    std::vector<TensorSpec> specs;
    int changing = -1;
    for (std::size_t i = 0; i < d.inputs(); ++i) {
      specs.push_back(d.node().inputs[i].spec());
      if (!d.changes(static_cast<int>(i))) continue;
      if (changing >= 0 && axis_of(specs) == 1) return {};
      changing = static_cast<int>(i);
    }
    if (axis_of(specs) != 1) return d.positionwise();
    const index_t offset = offset_of(specs, changing);
    const WindowPlaces &in = d.places(changing), &out = *d.out();
    bool same = out.width == in.width;
    for (std::size_t p = 0; p < in.starts.size(); ++p) same = same && out.starts[p] == in.starts[p] + offset;
    return same ? d.window(changing) : Value{};
  }

 private:
  std::size_t axis_of(Specs inputs) const {
    return static_cast<std::size_t>(normal_axis(axis_, rank_of(inputs[0].shape), name()));
  }
  index_t offset_of(Specs inputs, int input) const {
    index_t offset = 0;
    if (axis_of(inputs) == 1)
      for (int i = 0; i < input; ++i) offset += inputs[static_cast<std::size_t>(i)].shape[1];
    return offset;
  }
  // Spreads `outer` consecutive parts over rows that are `row` bytes apart.
  static void copy_part(const std::byte* from, std::byte* to, index_t outer, index_t part, index_t row) {
    if (part == 0) return;
    parallel_ranges(outer * part, 4 * kTaskElements, [&](index_t begin, index_t end, int) {
      while (begin < end) {
        const index_t o = begin / part, at = begin - o * part, n = std::min(part - at, end - begin);
        std::copy_n(from + begin, n, to + o * row + at);
        begin += n;
      }
    });
  }

  index_t axis_;
};
GENODL_REGISTER("concatenate", Concatenate)

}  // namespace

}  // namespace genodl
