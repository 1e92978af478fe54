// (window, starts, reference, reference result) -> sum, largest or smallest element along axis 1 of whole
// mutants. Sums add what changed; extremes meet those of the reference before and after the window.
#include "ops/window.h"

namespace genodl {

namespace {

class WindowReduce : public Op {
 public:
  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 4, name());
    expect_float(inputs[0], name());
    expect_windows(inputs[0], inputs[1], inputs[2], name());
    expect_same(inputs[0], inputs[3], name());
    Shape out = inputs[3].shape;
    if (out.empty() || out[0] != 1 || elements(out) != row_elements(inputs[2].shape))
      fail<ShapeError>(name(), ": expected a result of one number for each of ", row_elements(inputs[2].shape),
                       " channels, got the shape ", to_string(out), ".");
    out[0] = inputs[1].shape[0];
    return {{out, inputs[0].dtype}};
  }
  Cost cost(Specs inputs, Specs outputs) const override {
    Cost cost = Op::cost(inputs, outputs);
    cost.flops = static_cast<double>(elements(inputs[0].shape));
    return cost;
  }

 protected:
  struct Sizes {
    index_t mutants, width, length, row;
  };
  static Sizes sizes(const RunContext& c) {
    return {c.in_shape(0)[0], c.in_shape(0)[1], c.in_shape(2)[1], row_elements(c.in_shape(2))};
  }
};

class WindowSum final : public WindowReduce {
 public:
  explicit WindowSum(AttrReader& a) : scale_(a.number("scale", 1.0)) {}

  void run(const RunContext& c) const override {
    const Sizes s = sizes(c);
    const start_t* starts = read_starts(c, 1, s.width, s.length, name());
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() {
      parallel_ranges(s.mutants, grain(s.width * s.row), [&](index_t begin, index_t end, int) {
        for (index_t m = begin; m < end; ++m) {
          T* y = c.out<T>(0) + m * s.row;
          std::fill_n(y, s.row, T{0});
          for (index_t j = 0; j < s.width; ++j) {
            const T *now = c.in<T>(0) + (m * s.width + j) * s.row, *was = c.in<T>(2) + (starts[m] + j) * s.row;
            for (index_t i = 0; i < s.row; ++i) y[i] += now[i] - was[i];
          }
          for (index_t i = 0; i < s.row; ++i) y[i] = c.in<T>(3)[i] + y[i] * static_cast<T>(scale_);
        }
      });
    });
  }

 private:
  double scale_;
};
GENODL_REGISTER("window_sum", WindowSum)

template <bool kMax>
class WindowExtreme final : public WindowReduce {
 public:
  explicit WindowExtreme(AttrReader&) {}

  std::size_t workspace(Specs inputs, Specs, int) const override { return 2 * side_bytes(inputs[2]); }

  void run(const RunContext& c) const override {
    const Sizes s = sizes(c);
    const start_t* starts = read_starts(c, 1, s.width, s.length, name());
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() {
      // Row p: the extreme of positions [0, p], and of [p, length).
      T* const up_to = reinterpret_cast<T*>(c.workspace());
      T* const from = reinterpret_cast<T*>(c.workspace() + side_bytes(c.in_spec(2)));
      parallel_for(2, [&](index_t side, int) { side == 0 ? run_up(c, s, up_to) : run_down(c, s, from); });
      parallel_ranges(s.mutants, grain(s.width * s.row), [&](index_t begin, index_t end, int) {
        for (index_t m = begin; m < end; ++m) {
          const T* now = c.in<T>(0) + m * s.width * s.row;
          const index_t after = starts[m] + s.width;
          T* y = c.out<T>(0) + m * s.row;
          std::copy_n(now, s.row, y);
          for (index_t j = 1; j < s.width; ++j) meet(now + j * s.row, s.row, y);
          if (starts[m] > 0) meet(up_to + (starts[m] - 1) * s.row, s.row, y);
          if (after < s.length) meet(from + after * s.row, s.row, y);
        }
      });
    });
  }

 private:
  static std::size_t side_bytes(const TensorSpec& reference) { return align_up(reference.bytes()); }

  // y takes what is better of x; a NaN is the answer.
  template <class T>
  static void meet(const T* x, index_t n, T* y) {
    for (index_t i = 0; i < n; ++i) {
      const bool better = kMax ? x[i] > y[i] : x[i] < y[i];
      y[i] = better || x[i] != x[i] ? x[i] : y[i];
    }
  }
  template <class T>
  static void run_up(const RunContext& c, const Sizes& s, T* to) {
    std::copy_n(c.in<T>(2), s.length * s.row, to);
    for (index_t p = 1; p < s.length; ++p) meet(to + (p - 1) * s.row, s.row, to + p * s.row);
  }
  template <class T>
  static void run_down(const RunContext& c, const Sizes& s, T* to) {
    std::copy_n(c.in<T>(2), s.length * s.row, to);
    for (index_t p = s.length - 1; p > 0; --p) meet(to + p * s.row, s.row, to + (p - 1) * s.row);
  }
};
GENODL_REGISTER("window_max", WindowExtreme<true>)
GENODL_REGISTER("window_min", WindowExtreme<false>)

}  // namespace

}  // namespace genodl
