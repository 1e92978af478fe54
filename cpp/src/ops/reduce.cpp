#include "ops/reduce.h"

#include "graph/delta.h"

namespace genodl {

Passes::Passes(const Shape& in, std::bitset<kMaxRank> reduced) {
  index_t inner = 1;
  for (std::size_t a = in.size(); a > 0;) {
    if (!reduced[a - 1]) {
      inner *= in[--a];
      continue;
    }
    index_t n = 1;
    for (; a > 0 && reduced[a - 1]; --a) n *= in[a - 1];
    pass[count++] = {elements(in, 0, a), n, inner};
  }
  if (count == 0) pass[count++] = {1, 1, inner};
}

std::size_t Passes::partial_bytes() const {
  index_t most = 0;
  for (int k = 0; k < count; ++k) {
    const index_t blocks = (pass[k].n + kFoldRows - 1) / kFoldRows;
    if (blocks > 1) most = std::max(most, pass[k].outer * blocks * pass[k].inner);
  }
  return align_up(static_cast<std::size_t>(most) * 8);
}

std::size_t Passes::between_bytes() const {
  return count == 1 ? 0 : align_up(static_cast<std::size_t>(pass[0].outer * pass[0].inner) * 8);
}

ReduceOp::ReduceOp(AttrReader& a)
    : all_(!a.has("axes")), axes_(a.ints("axes", {})), keepdims_(a.boolean("keepdims", false)) {}

Ints ReduceOp::axes_of(const Shape& in) const {
  if (!all_) return normal_axes(axes_, rank_of(in), name());
  Ints axes(in.size());
  for (std::size_t a = 0; a < axes.size(); ++a) axes[a] = static_cast<index_t>(a);
  return axes;
}

std::bitset<kMaxRank> ReduceOp::reduced(const Shape& in) const {
  std::bitset<kMaxRank> axes;
  for (std::size_t a = 0; all_ && a < in.size(); ++a) axes.set(a);
  for (index_t a : axes_) axes.set(static_cast<std::size_t>(a < 0 ? a + rank_of(in) : a));
  return axes;
}

index_t ReduceOp::count(const Shape& in) const {
  const std::bitset<kMaxRank> axes = reduced(in);
  index_t n = 1;
  for (std::size_t a = 0; a < in.size(); ++a)
    if (axes[a]) n *= in[a];
  return n;
}

std::vector<TensorSpec> ReduceOp::infer(Specs inputs) const {
  expect_inputs(inputs, 1, name());
  const Shape& in = inputs[0].shape;
  const Ints axes = axes_of(in);
  if (!allows_empty() && count(in) == 0)
    fail<ShapeError>(name(), ": expected something to choose from, got the shape ", to_string(in), ".");
  Shape out;
  for (std::size_t a = 0; a < in.size(); ++a) {
    if (!std::binary_search(axes.begin(), axes.end(), static_cast<index_t>(a)))
      out.push_back(in[a]);
    else if (keepdims_)
      out.push_back(1);
  }
  return {{out, result(inputs[0].dtype)}};
}

std::size_t ReduceOp::workspace(Specs inputs, Specs, int) const { return passes(inputs[0].shape).workspace(); }

Value ReduceOp::kept(const Value& v, const Shape& in) const {
  Shape shape = in;
  for (index_t a : axes_of(in)) shape[static_cast<std::size_t>(a)] = 1;
  return build::reshape(v, shape);
}

std::optional<Range> ReduceOp::changed(Specs inputs, int, Range in) const {
  const Shape& shape = inputs[0].shape;
  const Ints axes = axes_of(shape);
  // Axis 1 of the output is axis 1 of the input only if nothing before it goes away.
  const bool same = shape.size() >= 2 && (axes.empty() || axes[0] >= 2 || (keepdims_ && axes[0] == 0)) &&
                    !std::binary_search(axes.begin(), axes.end(), 1);
  return same ? std::optional(in) : std::nullopt;
}

std::optional<Range> ReduceOp::needed(Specs inputs, int input, Range out) const { return changed(inputs, input, out); }

Value ReduceOp::window_delta(DeltaContext& d, const char* over_length, const Attrs& attrs) const {
  if (d.out()) return d.positionwise();
  const TensorSpec& in = d.node().inputs[0].spec();
  if (axes_of(in.shape) != Ints{1} || !is_float(in.dtype) || in.dtype != d.node().outputs[0].dtype) return {};
  return build::node(over_length, {d.window(0), d.places(0).table, d.reference(0), d.reference_output()}, attrs);
}

Cost ReduceOp::cost(Specs inputs, Specs outputs) const {
  return {static_cast<double>(elements(inputs[0].shape)), static_cast<double>(inputs[0].bytes() + outputs[0].bytes())};
}

}  // namespace genodl
