// Windows of the reference, windows at other places, and whole mutants: ops that move positions only.
#include "ops/window.h"

namespace genodl {

namespace {

// (reference, starts) -> the windows of the reference
class WindowOf final : public Op {
 public:
  explicit WindowOf(AttrReader& a) : width_(a.integer("width")) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 2, name());
    expect_reference(inputs[0], name());
    expect_starts(inputs[1], name());
    Shape out = inputs[0].shape;
    out[0] = inputs[1].shape[0];
    out[1] = width_;
    return {{out, inputs[0].dtype}};
  }
  void run(const RunContext& c) const override {
    const start_t* starts = read_starts(c, 1, width_, c.in_shape(0)[1], name());
    const index_t row = row_elements(c.in_shape(0));
    dispatch_size(c.in_spec(0).dtype, [&]<class T>() {
      parallel_ranges(c.out_shape(0)[0], grain(width_ * row), [&](index_t begin, index_t end, int) {
        for (index_t m = begin; m < end; ++m)
          std::copy_n(c.in<T>(0) + starts[m] * row, width_ * row, c.out<T>(0) + m * width_ * row);
      });
    });
  }

 private:
  index_t width_;
};
GENODL_REGISTER("window_of", WindowOf)

// (window, starts, reference, other starts) -> windows at the other starts. With `sources`, position p
// of the result is position sources[p] of the input, and `fill` where that is negative.
class WindowOverlay final : public Op {
 public:
  explicit WindowOverlay(AttrReader& a)
      : width_(a.integer("width")), sources_(a.ints("sources", {})), fill_(a.number("fill", 0.0)) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 4, name());
    expect_windows(inputs[0], inputs[1], inputs[2], name());
    expect_starts(inputs[3], name());
    for (index_t s : sources_)
      if (s >= inputs[2].shape[1])
        fail<ConfigError>(name(), ": expected sources within ", inputs[2].shape[1], " positions, got ", s, ".");
    Shape out = inputs[0].shape;
    out[1] = width_;
    return {{out, inputs[0].dtype}};
  }
  void run(const RunContext& c) const override {
    const index_t length = c.in_shape(2)[1], own = c.in_shape(0)[1], row = row_elements(c.in_shape(0));
    const start_t* from = read_starts(c, 1, own, length, name());
    const index_t positions = sources_.empty() ? length : static_cast<index_t>(sources_.size());
    const start_t* to = read_starts(c, 3, width_, positions, name());
    dispatch(c.in_spec(0).dtype, [&]<class T>() {
      parallel_ranges(c.out_shape(0)[0], grain(width_ * row), [&](index_t begin, index_t end, int) {
        for (index_t m = begin; m < end; ++m) {
          const Overlay<T> mutant{c.in<T>(0) + m * own * row, from[m], own, c.in<T>(2), row};
          T* y = c.out<T>(0) + m * width_ * row;
          if (sources_.empty())
            mutant.copy(to[m], to[m] + width_, y);
          else
            for (index_t j = 0; j < width_; ++j) copy_source(mutant, to[m] + j, y + j * row);
        }
      });
    });
  }

 private:
  template <class T>
  void copy_source(const Overlay<T>& mutant, index_t position, T* to) const {
    const index_t source = sources_[static_cast<std::size_t>(position)];
    if (source < 0)
      std::fill_n(to, mutant.row, static_cast<T>(fill_));
    else
      std::copy_n(mutant.at(source), mutant.row, to);
  }

  index_t width_;
  Ints sources_;
  double fill_;
};
GENODL_REGISTER("window_overlay", WindowOverlay)

// (window, starts, reference) -> whole mutants
class WindowScatter final : public Op {
 public:
  explicit WindowScatter(AttrReader&) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 3, name());
    expect_windows(inputs[0], inputs[1], inputs[2], name());
    Shape out = inputs[2].shape;
    out[0] = inputs[1].shape[0];
    return {{out, inputs[0].dtype}};
  }
  void run(const RunContext& c) const override {
    const index_t length = c.in_shape(2)[1], width = c.in_shape(0)[1], row = row_elements(c.in_shape(0));
    const start_t* starts = read_starts(c, 1, width, length, name());
    dispatch_size(c.in_spec(0).dtype, [&]<class T>() {
      parallel_ranges(c.out_shape(0)[0], grain(length * row), [&](index_t begin, index_t end, int) {
        for (index_t m = begin; m < end; ++m)
          Overlay<T>{c.in<T>(0) + m * width * row, starts[m], width, c.in<T>(2), row}.copy(
              0, length, c.out<T>(0) + m * length * row);
      });
    });
  }
};
GENODL_REGISTER("window_scatter", WindowScatter)

}  // namespace

}  // namespace genodl
