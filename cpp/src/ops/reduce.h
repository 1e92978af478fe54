// What reductions share: their axes, result shapes, and the fold over rows that computes them.
#pragma once

#include <bitset>
#include <type_traits>

#include "ops/axes.h"

namespace genodl {

// A reduction as passes over (outer, n, inner), from the last group of neighbouring axes to the first.
struct Passes {
  Around pass[kMaxRank];
  int count = 0;

  Passes(const Shape& in, std::bitset<kMaxRank> reduced);
  // Bytes for the partial results and the results between passes, all of 8 bytes each.
  std::size_t workspace() const { return partial_bytes() + 2 * between_bytes(); }
  std::size_t partial_bytes() const;
  std::size_t between_bytes() const;
};

class ReduceOp : public Op {
 public:
  explicit ReduceOp(AttrReader& a);

  std::vector<TensorSpec> infer(Specs inputs) const override;
  std::size_t workspace(Specs inputs, Specs outputs, int workers) const override;
  std::optional<Range> changed(Specs inputs, int input, Range in) const override;
  std::optional<Range> needed(Specs inputs, int input, Range out) const override;
  Cost cost(Specs inputs, Specs outputs) const override;

 protected:
  virtual DType result(DType in) const = 0;
  // Whether there is a result of nothing.
  virtual bool allows_empty() const { return true; }

  Ints axes_of(const Shape& in) const;
  // Used while running, so nothing is allocated.
  Passes passes(const Shape& in) const { return {in, reduced(in)}; }
  // A value of the output's shape with the reduced axes back as ones.
  Value kept(const Value& v, const Shape& in) const;
  index_t count(const Shape& in) const;
  // The delta rule of a reduction over axis 1 by the window op `over_length`, of any other by position.
  Value window_delta(DeltaContext& d, const char* over_length, const Attrs& attrs) const;

 private:
  std::bitset<kMaxRank> reduced(const Shape& in) const;

  bool all_;
  Ints axes_;
  bool keepdims_;
};

// Rows folded at once; longer reductions meet through partial results in fixed order.
constexpr index_t kFoldRows = 512;
constexpr index_t kFoldColumns = 256;

// A fold F has: Acc<S>, the type in which elements S meet within a block; Wide<S>, in which blocks
// meet; start<A>(), step(A, S) and merge(A, A). Where kernels do a block, it has row(x, n) and
// columns(x, n, step, columns, sums).
template <class F, class S, class A>
A fold_row(const S* x, index_t n) {
  constexpr int kLanes = 16;
  A lanes[kLanes];
  std::fill_n(lanes, kLanes, F::template start<A>());
  index_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (int k = 0; k < kLanes; ++k) lanes[k] = F::step(lanes[k], x[i + k]);
  for (int k = 0; i < n; ++i, ++k) lanes[k] = F::step(lanes[k], x[i]);
  for (int width = kLanes / 2; width > 0; width /= 2)
    for (int k = 0; k < width; ++k) lanes[k] = F::merge(lanes[k], lanes[k + width]);
  return lanes[0];
}

template <class F, class S, class A>
void fold_columns(const S* x, index_t n, index_t step, index_t columns, A* sums) {
  std::fill_n(sums, columns, F::template start<A>());
  for (index_t j = 0; j < n; ++j)
    for (index_t i = 0; i < columns; ++i) sums[i] = F::step(sums[i], x[j * step + i]);
}

// One pass: out[o, i] = finish(fold of x[o, :, i]).
template <class F, class S, class O, class Finish>
void fold_pass(const Around& a, const S* x, O* out, std::byte* partials, Finish finish) {
  using Acc = typename F::template Acc<S>;
  using Wide = typename F::template Wide<S>;
  const index_t blocks = std::max<index_t>(1, (a.n + kFoldRows - 1) / kFoldRows);
  Wide* const parts = reinterpret_cast<Wide*>(partials);
  const index_t width = std::min(a.inner, kFoldColumns), chunks = a.inner == 0 ? 0 : (a.inner + width - 1) / width;
  parallel_ranges(a.outer * blocks * chunks, grain(std::min(a.n, kFoldRows) * width),
                  [&](index_t begin, index_t end, int) {
                    Acc sums[kFoldColumns];
                    for (index_t t = begin; t < end; ++t) {
                      const index_t chunk = t % chunks, unit = t / chunks, block = unit % blocks, o = unit / blocks;
                      const index_t first = block * kFoldRows, rows = std::min(kFoldRows, a.n - first);
                      const index_t column = chunk * width, columns = std::min(width, a.inner - column);
                      const S* from = x + (o * a.n + first) * a.inner + column;
                      if constexpr (requires { F::row(from, rows); }) {
                        if (a.inner == 1)
                          sums[0] = F::row(from, rows);
                        else
                          F::columns(from, rows, a.inner, columns, sums);
                      } else {
                        if (a.inner == 1)
                          sums[0] = fold_row<F, S, Acc>(from, rows);
                        else
                          fold_columns<F>(from, rows, a.inner, columns, sums);
                      }
                      const index_t to = unit * a.inner + column;
                      if (blocks == 1)
                        for (index_t i = 0; i < columns; ++i) out[to + i] = finish(static_cast<Wide>(sums[i]));
                      else
                        for (index_t i = 0; i < columns; ++i) parts[to + i] = static_cast<Wide>(sums[i]);
                    }
                  });
  if (blocks == 1) return;
  parallel_ranges(a.outer * a.inner, grain(blocks), [&](index_t begin, index_t end, int) {
    for (index_t p = begin; p < end; ++p) {
      const Wide* part = parts + p / a.inner * blocks * a.inner + p % a.inner;
      Wide sum = part[0];
      for (index_t b = 1; b < blocks; ++b) sum = F::merge(sum, part[b * a.inner]);
      out[p] = finish(sum);
    }
  });
}

// All passes, through the workspace of Passes::workspace() bytes.
template <class F, class S, class O, class Finish>
void fold_all(const Passes& p, const S* x, O* out, std::byte* workspace, Finish finish) {
  using Wide = typename F::template Wide<S>;
  if (p.count == 1) return fold_pass<F>(p.pass[0], x, out, workspace, finish);
  const auto keep = [](Wide w) { return w; };
  Wide* between[2];
  for (std::size_t i = 0; i < 2; ++i)
    between[i] = reinterpret_cast<Wide*>(workspace + p.partial_bytes() + i * p.between_bytes());
  fold_pass<F>(p.pass[0], x, between[0], workspace, keep);
  for (int k = 1; k < p.count - 1; ++k) fold_pass<F>(p.pass[k], between[(k + 1) % 2], between[k % 2], workspace, keep);
  fold_pass<F>(p.pass[p.count - 1], between[p.count % 2], out, workspace, finish);
}

}  // namespace genodl
