// (window, starts, reference, weights, reference result) -> the reference's product plus what changed
// times the weights that it meets. Neighbouring mutants whose windows start alike share one product.
#include "kernels/gemm.h"
#include "ops/float_workspace.h"
#include "ops/window.h"

namespace genodl {

namespace {

using kernels::GemmShape;

class WindowDense final : public Op {
 public:
  explicit WindowDense(AttrReader&) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 5, name());
    expect_float(inputs[0], name());
    expect_windows(inputs[0], inputs[1], inputs[2], name());
    expect_same(inputs[0], inputs[3], name());
    const Shape &x = inputs[2].shape, &w = inputs[3].shape, &y = inputs[4].shape;
    if (x.size() != 2 || w.size() != 2 || y.size() != 2 || w[0] != x[1] || y[0] != 1 || y[1] != w[1])
      fail<ShapeError>(name(), ": expected (1, terms), (terms, results) and (1, results), got the shapes ",
                       to_string(x), ", ", to_string(w), " and ", to_string(y), ".");
    return {{{inputs[1].shape[0], w[1]}, inputs[0].dtype}};
  }

  std::size_t workspace(Specs inputs, Specs, int workers) const override {
    const Shape &x = inputs[0].shape, &w = inputs[3].shape;
    return layout(x[0], x[1], w[1]).size(workers) + changes_bytes(inputs[0]);
  }

  void run(const RunContext& c) const override {
    const index_t mutants = c.in_shape(0)[0], width = c.in_shape(0)[1], results = c.in_shape(3)[1];
    const start_t* starts = read_starts(c, 1, width, c.in_shape(2)[1], name());
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() {
      T* const changes = reinterpret_cast<T*>(c.workspace());
      parallel_ranges(mutants, grain(width + results), [&](index_t begin, index_t end, int) {
        for (index_t m = begin; m < end; ++m) {
          const T *now = c.in<T>(0) + m * width, *was = c.in<T>(2) + starts[m];
          for (index_t i = 0; i < width; ++i) changes[m * width + i] = now[i] - was[i];
          std::copy_n(c.in<T>(4), results, c.out<T>(0) + m * results);
        }
      });
      for (index_t begin = 0, end = 1; begin < mutants; begin = end) {
        for (end = begin + 1; end < mutants && starts[end] == starts[begin];) ++end;
        const T* weights = c.in<T>(3) + starts[begin] * results;
        add_product(c, changes + begin * width, weights, c.out<T>(0) + begin * results, end - begin, width, results);
      }
    });
  }

  Cost cost(Specs inputs, Specs outputs) const override {
    Cost cost = Op::cost(inputs, outputs);
    cost.flops = 2.0 * static_cast<double>(elements(inputs[0].shape)) * static_cast<double>(inputs[3].shape[1]);
    return cost;
  }

 private:
  static std::size_t changes_bytes(const TensorSpec& window) { return align_up(window.bytes()); }
  static GemmShape shape(index_t rows, index_t width, index_t results) {
    return {rows, results, width, width, results, results, false, false};
  }
  static FloatWorkspace layout(index_t mutants, index_t width, index_t results) {
    index_t shared = 0, scratch = 0;
    for (index_t rows = 1; rows <= mutants; ++rows) {
      shared = std::max(shared, kernels::gemm().workspace(shape(rows, width, results)));
      scratch = std::max(scratch, kernels::gemm().scratch(shape(rows, width, results)));
    }
    return {shared, scratch};
  }

  static void add_product(const RunContext&, const double* a, const double* b, double* y, index_t rows, index_t width,
                          index_t results) {
    parallel_ranges(rows, grain(width * results), [&](index_t begin, index_t end, int) {
      for (index_t r = begin; r < end; ++r)
        for (index_t k = 0; k < width; ++k)
          for (index_t i = 0; i < results; ++i) y[r * results + i] += a[r * width + k] * b[k * results + i];
    });
  }
  static void add_product(const RunContext& c, const float* a, const float* b, float* y, index_t rows, index_t width,
                          index_t results) {
    const kernels::GemmKernels& k = kernels::gemm();
    const GemmShape s = shape(rows, width, results);
    const FloatWorkspace memory = layout(c.in_shape(0)[0], width, results);
    std::byte* const base = c.workspace() + changes_bytes(c.in_spec(0));
    float* const shared = reinterpret_cast<float*>(base);
    const std::size_t per_worker = memory.size(1) - memory.size(0), first = memory.size(0);
    parallel_for(k.pack_tasks(s), [&](index_t task, int) { k.pack(s, b, shared, task); });
    parallel_for(k.tasks(s), [&](index_t task, int worker) {
      k.multiply(s, a, b, y, true, shared, task,
                 reinterpret_cast<float*>(base + first + static_cast<std::size_t>(worker) * per_worker));
    });
    parallel_for(k.reduce_tasks(s), [&](index_t task, int) { k.reduce(s, shared, y, true, task); });
  }
};
GENODL_REGISTER("window_dense", WindowDense)

}  // namespace

}  // namespace genodl
