// (window, starts, reference, starts of the result) -> pooling at the result's windows, each read from
// the mutant: its window laid over the reference.
#include "ops/pool.h"
#include "ops/pool_lines.h"
#include "ops/window.h"

namespace genodl {

namespace {

template <bool kMax>
class WindowPool final : public PoolOp {
 public:
  explicit WindowPool(AttrReader& a) : PoolOp(a), width_(a.integer("width")) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 4, name());
    expect_float(inputs[0], name());
    expect_windows(inputs[0], inputs[1], inputs[2], name());
    expect_starts(inputs[3], name());
    Shape out = pooled(inputs[2].shape);
    out[0] = inputs[3].shape[0];
    out[1] = width_;
    return {{out, inputs[0].dtype}};
  }
  bool takes_epilogue(Specs) const override { return true; }
  std::size_t workspace(Specs inputs, Specs, int workers) const override {
    return static_cast<std::size_t>(workers) * scratch(inputs[2]);
  }

  void run(const RunContext& c) const override {
    const Shape& whole = c.in_shape(2);
    const index_t own = c.in_shape(0)[1], row = row_elements(whole);
    const PoolShape p = sizes(whole);
    const Windows& along = windows()[0];
    const index_t outputs = along.outputs(whole[1]), beside = p.outputs() / outputs;
    const start_t* from = read_starts(c, 1, own, whole[1], name());
    const start_t* to = read_starts(c, 3, width_, outputs, name());
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() {
      parallel_ranges(
          c.out_shape(0)[0], grain(read_positions(whole[1]) * row), [&](index_t begin, index_t end, int worker) {
            T* const slab =
                reinterpret_cast<T*>(c.workspace() + static_cast<std::size_t>(worker) * scratch(c.in_spec(2)));
            for (index_t m = begin; m < end; ++m) {
              const index_t a = along.covered(to[m], whole[1]).begin,
                            b = along.covered(to[m] + width_ - 1, whole[1]).end;
              Overlay<T>{c.in<T>(0) + m * own * row, from[m], own, c.in<T>(2), row}.copy(a, b, slab);
              const index_t first = to[m] * beside * p.channels;
              T* const y = c.out<T>(0) + m * width_ * beside * p.channels;
              p.each_line(to[m] * beside, (to[m] + width_) * beside,
                          [&](const PoolLine& line, index_t in, index_t out) {
                            if constexpr (kMax)
                              max_line(slab + (in - a * row), line, y + (out - first));
                            else
                              average_line(slab + (in - a * row), line, y + (out - first));
                          });
            }
            c.finish_rows(begin * width_ * beside, end * width_ * beside, worker);
          });
    });
  }

  Cost cost(Specs inputs, Specs outputs) const override {
    double window = 1;
    for (const Windows& w : windows()) window *= static_cast<double>(w.pool);
    return {window * static_cast<double>(elements(outputs[0].shape)),
            static_cast<double>(inputs[0].bytes() + outputs[0].bytes())};
  }

 private:
  index_t read_positions(index_t length) const {
    return std::min(length, (width_ - 1) * windows()[0].stride + windows()[0].pool);
  }
  std::size_t scratch(const TensorSpec& whole) const {
    const index_t read = read_positions(whole.shape[1]) * row_elements(whole.shape);
    return align_up(static_cast<std::size_t>(read) * size_of(whole.dtype));
  }

  index_t width_;
};
GENODL_REGISTER("max_pool_window", WindowPool<true>)
GENODL_REGISTER("average_pool_window", WindowPool<false>)

}  // namespace

}  // namespace genodl
