#include "ops/axis_map.h"

#include "graph/delta.h"

#include <cstring>

namespace genodl {

namespace {

// The output as rows: all axes after `last` are taken whole, so they are one block of `inner`.
struct Layout {
  std::size_t last = 0;
  index_t rows = 1, n = 1, inner = 1;
  const index_t* maps[kMaxRank];  // of axes 0 .. last
  index_t sizes[kMaxRank];        // of the output
  index_t strides[kMaxRank];      // of the input

  // Start of the input row that output row `row` takes, or -1 where it is all fill.
  index_t base(index_t row) const {
    index_t at = 0;
    for (std::size_t a = last; a-- > 0;) {
      const index_t from = maps[a][row % sizes[a]];
      if (from < 0) return -1;
      at += from * strides[a];
      row /= sizes[a];
    }
    return at;
  }
};

template <class T>
void copy_row(const T* x, T* y, const index_t* map, index_t begin, index_t end, index_t inner, T fill) {
  for (index_t i = begin; i < end;) {
    index_t stop = i + 1;
    if (map[i] < 0) {
      while (stop < end && map[stop] < 0) ++stop;
      std::fill_n(y + (i - begin) * inner, (stop - i) * inner, fill);
    } else if (inner == 1 && stop < end && map[stop] != map[i] + 1) {
      // Backwards, with steps or repeated: one by one.
      for (stop = i; stop < end && map[stop] >= 0; ++stop) y[stop - begin] = x[map[stop]];
    } else {
      while (stop < end && map[stop] == map[stop - 1] + 1) ++stop;
      std::copy_n(x + map[i] * inner, (stop - i) * inner, y + (i - begin) * inner);
    }
    i = stop;
  }
}

template <class T>
void copy_all(const Layout& l, const T* x, T* y, T fill) {
  parallel_ranges(l.rows * l.n, grain(l.inner), [&](index_t begin, index_t end, int) {
    for (index_t at = begin; at < end;) {
      const index_t row = at / l.n, first = at - row * l.n;
      const index_t last = std::min(l.n, first + (end - at));
      const index_t base = l.base(row);
      if (base < 0)
        std::fill_n(y + at * l.inner, (last - first) * l.inner, fill);
      else
        copy_row(x + base, y + at * l.inner, l.maps[l.last], first, last, l.inner, fill);
      at += last - first;
    }
  });
}

}  // namespace

std::vector<TensorSpec> AxisMapOp::infer(Specs inputs) const {
  expect_inputs(inputs, 1, name());
  return {{output_shape(inputs[0].shape), inputs[0].dtype}};
}

std::size_t AxisMapOp::workspace(Specs, Specs outputs, int) const {
  index_t positions = 0;
  for (index_t d : outputs[0].shape) positions += d;
  return static_cast<std::size_t>(positions) * sizeof(index_t);
}

void AxisMapOp::run(const RunContext& c) const {
  const Shape &in = c.in_shape(0), &out = c.out_shape(0);
  if (elements(out) == 0) return;
  if (out.empty()) {
    std::memcpy(c.out<std::byte>(0), c.in<std::byte>(0), size_of(c.out_spec(0).dtype));
    return;
  }
  Layout l;
  index_t* next = reinterpret_cast<index_t*>(c.workspace());
  for (std::size_t a = 0; a < out.size(); ++a) {
    l.maps[a] = next;
    l.sizes[a] = out[a];
    l.strides[a] = elements(in, a + 1, in.size());
    bool whole = in[a] == out[a];
    for (index_t i = 0; i < out[a]; ++i, ++next) {
      *next = source(in, a, i);
      whole = whole && *next == i;
    }
    if (!whole) l.last = a;
  }
  l.rows = elements(out, 0, l.last);
  l.n = out[l.last];
  l.inner = l.strides[l.last];
  dispatch(c.out_spec(0).dtype, [&]<class T>() { copy_all(l, c.in<T>(0), c.out<T>(0), static_cast<T>(fill())); });
}

std::optional<Range> AxisMapOp::needed(Specs inputs, int, Range out) const {
  const Shape& in = inputs[0].shape;
  if (in.size() < 2) return std::nullopt;
  Range r{in[1], 0};
  for (index_t i = out.begin; i < out.end; ++i) {
    const index_t from = source(in, 1, i);
    if (from < 0) continue;
    r = {std::min(r.begin, from), std::max(r.end, from + 1)};
  }
  return r.begin < r.end ? r : Range{0, 0};
}

std::optional<Range> AxisMapOp::changed(Specs inputs, int, Range in) const {
  const Shape& shape = inputs[0].shape;
  if (shape.size() < 2) return std::nullopt;
  const index_t n = output_shape(shape)[1];
  Range r{n, 0};
  for (index_t i = 0; i < n; ++i) {
    const index_t from = source(shape, 1, i);
    if (from >= in.begin && from < in.end) r = {std::min(r.begin, i), i + 1};
  }
  return r.begin < r.end ? r : Range{0, 0};
}

// Along axis 1 positions move as they are; along the others the op itself moves them in every window.
Value AxisMapOp::delta(DeltaContext& d) const {
  if (!d.out()) return {};
  const Shape &in = d.node().inputs[0].shape(), &out = d.node().outputs[0].shape;
  const auto stays = [&](std::size_t axis) {
    bool same = in[axis] == out[axis];
    for (index_t i = 0; same && i < out[axis]; ++i) same = source(in, axis, i) == i;
    return same;
  };
  bool others = true;
  for (std::size_t a = 0; a < in.size(); ++a) others = others && (a == 1 || stays(a));
  if (others) {
    Ints sources(static_cast<std::size_t>(out[1]));
    for (index_t i = 0; i < out[1]; ++i) sources[static_cast<std::size_t>(i)] = source(in, 1, i);
    return build::node("window_overlay", {d.window(0), d.places(0).table, d.reference(0), d.out()->table},
                       {{"width", d.out()->width}, {"sources", sources}, {"fill", fill()}});
  }
  if (!stays(1)) return {};
  Attrs attrs = d.node().attrs;
  // A box says how large it is on every axis.
  if (const auto size = attrs.find("size"); size != attrs.end() && std::holds_alternative<Ints>(size->second))
    std::get<Ints>(size->second)[1] = d.out()->width;
  return d.positionwise(attrs);
}

}  // namespace genodl
