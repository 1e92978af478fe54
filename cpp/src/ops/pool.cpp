#include "ops/pool.h"

#include "graph/delta.h"

namespace genodl {

PoolOp::PoolOp(AttrReader& a) {
  const Ints pool = a.ints("pool"), strides = a.ints("strides", pool), none(pool.size(), 0);
  const Ints before = a.ints("before", none), after = a.ints("after", none);
  if (pool.empty() || pool.size() > 2 || strides.size() != pool.size() || before.size() != pool.size() ||
      after.size() != pool.size())
    fail<ConfigError>("pooling: expected pool, strides, before and after of 1 or 2 numbers each, got ", pool.size(),
                      ", ", strides.size(), ", ", before.size(), " and ", after.size(), ".");
  for (std::size_t i = 0; i < pool.size(); ++i) {
    if (pool[i] < 1 || strides[i] < 1)
      fail<ConfigError>("pooling: expected pool and strides of at least 1, got ", pool[i], " and ", strides[i], ".");
    if (before[i] < 0 || after[i] < 0 || before[i] >= pool[i] || after[i] >= pool[i])
      fail<ConfigError>("pooling: expected padding from 0 to ", pool[i] - 1, " for a pool of ", pool[i], ", got ",
                        before[i], " and ", after[i], ".");
    windows_.push_back({pool[i], strides[i], before[i], after[i]});
  }
}

Shape PoolOp::pooled(const Shape& in) const {
  if (in.size() != windows_.size() + 2)
    fail<ShapeError>(name(), ": expected ", windows_.size() + 2, " axes with channels last, got the shape ",
                     to_string(in), ".");
  Shape out = in;
  for (std::size_t i = 0; i < windows_.size(); ++i) {
    const Windows& w = windows_[i];
    if (in[i + 1] == 0 || in[i + 1] + w.before + w.after < w.pool)
      fail<ShapeError>(name(), ": expected at least ", std::max<index_t>(1, w.pool - w.before - w.after),
                       " positions on axis ", i + 1, " for a pool of ", w.pool, ", got ", in[i + 1],
                       ". Use a smaller pool or padding 'same'.");
    out[i + 1] = w.outputs(in[i + 1]);
  }
  return out;
}

PoolShape PoolOp::sizes(const Shape& in) const {
  const bool flat = windows_.size() == 1;
  const Windows high = flat ? Windows{} : windows_[0], wide = windows_.back();
  const index_t height = flat ? 1 : in[1], width = in[in.size() - 2];
  return {high, wide, in[0], height, width, in.back(), high.outputs(height), wide.outputs(width)};
}

Attrs PoolOp::attrs() const {
  Ints pool, strides, before, after;
  for (const Windows& w : windows_) {
    pool.push_back(w.pool);
    strides.push_back(w.stride);
    before.push_back(w.before);
    after.push_back(w.after);
  }
  return {{"pool", pool}, {"strides", strides}, {"before", before}, {"after", after}};
}

std::vector<TensorSpec> PoolForwardOp::infer(Specs inputs) const {
  expect_inputs(inputs, 1, name());
  expect_float(inputs[0], name());
  return {{pooled(inputs[0].shape), inputs[0].dtype}};
}

std::optional<Range> PoolForwardOp::changed(Specs inputs, int, Range in) const {
  const Windows& w = windows()[0];
  const index_t outputs = w.outputs(inputs[0].shape[1]), last = in.end - 1 + w.before;
  // The first window that ends after in.begin, and the one after the last that begins before in.end.
  const index_t begin = std::max<index_t>(0, (in.begin + w.before - w.pool + w.stride) / w.stride);
  const index_t end = std::min(outputs, last / w.stride + 1);
  return in.begin < in.end && begin < end ? Range{begin, end} : Range{0, 0};
}

std::optional<Range> PoolForwardOp::needed(Specs inputs, int, Range out) const {
  const Windows& w = windows()[0];
  const index_t n = inputs[0].shape[1];
  if (out.begin >= out.end) return Range{0, 0};
  return Range{w.covered(out.begin, n).begin, w.covered(out.end - 1, n).end};
}

Value PoolForwardOp::delta(DeltaContext& d) const {
  if (!d.out()) return {};
  Attrs own = attrs();
  own["width"] = d.out()->width;
  return build::node(name() + "_window", {d.window(0), d.places(0).table, d.reference(0), d.out()->table}, own);
}

Cost PoolForwardOp::cost(Specs inputs, Specs outputs) const {
  double window = 1;
  for (const Windows& w : windows()) window *= static_cast<double>(w.pool);
  return {window * static_cast<double>(elements(outputs[0].shape)),
          static_cast<double>(inputs[0].bytes() + outputs[0].bytes())};
}

}  // namespace genodl
