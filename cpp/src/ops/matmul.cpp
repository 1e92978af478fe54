// (a, b) -> op(a) op(b) over the last two axes, the others broadcast; op transposes what the
// attributes name. A matrix b without batch takes all rows of a at once: a dense layer is one product.
#include <array>

#include "graph/delta.h"
#include "kernels/gemm.h"
#include "kernels/reference_gemm.h"
#include "ops/axes.h"
#include "ops/float_workspace.h"

namespace genodl {

namespace {

using kernels::GemmBlock;
using kernels::GemmKernels;
using kernels::GemmShape;

// The products of one run: `count` of them, each with its place in a and b.
struct Products {
  using PerAxis = std::array<index_t, kMaxRank>;

  GemmShape each;
  index_t count;
  std::size_t rank = 0;  // of the batch
  PerAxis batch = {};
  PerAxis a_strides = {}, b_strides = {};  // of the batch axes, 0 where broadcast

  index_t offset(const PerAxis& strides, index_t product) const {
    index_t at = 0;
    for (std::size_t i = rank; i-- > 0; product /= batch[i]) at += product % batch[i] * strides[i];
    return at;
  }
};

class Matmul final : public Op {
 public:
  explicit Matmul(AttrReader& a)
      : transpose_a_(a.boolean("transpose_a", false)), transpose_b_(a.boolean("transpose_b", false)) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 2, name());
    expect_float(inputs[0], name());
    expect_same(inputs[0], inputs[1], name());
    const Shape &a = inputs[0].shape, &b = inputs[1].shape;
    if (a.size() < 2 || b.size() < 2)
      fail<ShapeError>(name(), ": expected at least two axes, got the shapes ", to_string(a), " and ", to_string(b),
                       ". Reshape vectors to matrices.");
    if (terms(a, transpose_a_) != rows(b, transpose_b_))
      fail<ShapeError>(name(), ": expected inner sizes that agree, got ", terms(a, transpose_a_), " and ",
                       rows(b, transpose_b_), " for the shapes ", to_string(a), " and ", to_string(b), ".");
    Shape out = broadcast(batch_of(a), batch_of(b), name());
    out.push_back(rows(a, transpose_a_));
    out.push_back(terms(b, transpose_b_));
    return {{out, inputs[0].dtype}};
  }
  bool takes_epilogue(Specs) const override { return true; }

  std::size_t workspace(Specs inputs, Specs outputs, int workers) const override {
    if (inputs[0].dtype != DType::float32) return 0;
    return layout(products(inputs[0].shape, inputs[1].shape, outputs[0].shape)).size(workers);
  }

  void run(const RunContext& c) const override {
    const Products p = products(c.in_shape(0), c.in_shape(1), c.out_shape(0));
    if (c.in_spec(0).dtype == DType::float32)
      run_kernels(c, p);
    else
      run_reference(c, p);
  }

  void gradient(GradContext& g) const override {
    Value a = g.input(0), dy = g.dy();
    const Value& b = g.input(1);
    if (g.needs(0)) {
      const Value da =
          transpose_a_ ? build::matmul(b, dy, transpose_b_, true) : build::matmul(dy, b, false, !transpose_b_);
      g.set(0, build::sum_to(da, a.shape()));
    }
    if (!g.needs(1)) return;
    if (flat(a.shape(), b.shape())) {
      a = build::reshape(a, {elements(a.shape(), 0, a.shape().size() - 1), a.shape().back()});
      dy = build::reshape(dy, {a.shape()[0], dy.shape().back()});
    }
    const Value db =
        transpose_b_ ? build::matmul(dy, a, true, transpose_a_) : build::matmul(a, dy, !transpose_a_, false);
    g.set(1, build::sum_to(db, b.shape()));
  }

  // Positions of a (batch, length, channels) stay apart; everything else mixes.
  std::optional<Range> changed(Specs inputs, int input, Range in) const override {
    return input == 0 && keeps_positions(inputs) ? std::optional(in) : std::nullopt;
  }
  std::optional<Range> needed(Specs inputs, int input, Range out) const override {
    return input == 0 && keeps_positions(inputs) ? std::optional(out) : std::nullopt;
  }
  // Of a flattened (batch, terms), changed terms meet their rows of b only.
  Value delta(DeltaContext& d) const override {
    const Shape &a = d.node().inputs[0].shape(), &b = d.node().inputs[1].shape();
    if (d.out()) return d.positionwise();
    if (d.changes(1) || a.size() != 2 || b.size() != 2 || transpose_a_) return {};
    const Value weights = transpose_b_ ? d.once(build::transpose(d.base(1), {1, 0})) : d.reference(1);
    return build::node("window_dense", {d.window(0), d.places(0).table, d.reference(0), weights, d.reference_output()});
  }
  Cost cost(Specs inputs, Specs outputs) const override {
    Cost cost = Op::cost(inputs, outputs);
    cost.flops = 2.0 * static_cast<double>(elements(outputs[0].shape)) *
                 static_cast<double>(terms(inputs[0].shape, transpose_a_));
    return cost;
  }

 private:
  static index_t rows(const Shape& s, bool transposed) { return s[s.size() - (transposed ? 1 : 2)]; }
  static index_t terms(const Shape& s, bool transposed) { return s[s.size() - (transposed ? 2 : 1)]; }
  static Shape batch_of(const Shape& s) { return Shape(s.begin(), s.end() - 2); }
  bool flat(const Shape& a, const Shape& b) const { return b.size() == 2 && a.size() > 2 && !transpose_a_; }
  bool keeps_positions(Specs inputs) const {
    return inputs[0].shape.size() >= 3 && inputs[1].shape.size() == 2 && !transpose_a_;
  }

  // Elements to move for a step along each of `rank` batch axes in a tensor of this shape.
  static Products::PerAxis batch_strides(const Shape& shape, std::size_t rank) {
    Products::PerAxis strides = {};
    index_t stride = shape[shape.size() - 2] * shape.back();
    for (std::size_t i = shape.size() - 2, j = rank; i-- > 0; stride *= shape[i])
      strides[--j] = shape[i] == 1 ? 0 : stride;
    return strides;
  }

  Products products(const Shape& a, const Shape& b, const Shape& out) const {
    const index_t k = terms(a, transpose_a_), n = out.back();
    Products p{{rows(a, transpose_a_), n, k, a.back(), b.back(), n, transpose_a_, transpose_b_}, 1};
    if (flat(a, b)) {
      p.each.m = elements(a, 0, a.size() - 1);
      return p;
    }
    p.rank = out.size() - 2;
    p.count = elements(out, 0, p.rank);
    std::copy_n(out.begin(), p.rank, p.batch.begin());
    p.a_strides = batch_strides(a, p.rank);
    p.b_strides = batch_strides(b, p.rank);
    return p;
  }

  static FloatWorkspace layout(const Products& p) {
    const GemmKernels& k = kernels::gemm();
    return {p.count * k.workspace(p.each), k.scratch(p.each)};
  }

  // Small products of a batch share a task.
  static index_t products_per_task(const Products& p) {
    if (kernels::gemm().tasks(p.each) != 1) return 1;
    return grain(p.each.m * p.each.n * std::max<index_t>(1, p.each.k / 16));
  }

  static void run_kernels(const RunContext& c, const Products& p) {
    const GemmKernels& k = kernels::gemm();
    const GemmShape& s = p.each;
    const FloatWorkspace memory = layout(p);
    const float *a = c.in<float>(0), *b = c.in<float>(1);
    float* y = c.out<float>(0);
    const index_t workspace = k.workspace(s), pack_tasks = k.pack_tasks(s), tasks = k.tasks(s);
    const index_t reduce_tasks = k.reduce_tasks(s);
    const bool packs_a = k.packs_a(s);
    const bool finish_early = k.complete_rows(s) && reduce_tasks == 0;
    const auto shared = [&](index_t product) { return memory.shared(c) + product * workspace; };

    parallel_for(p.count * pack_tasks, [&](index_t i, int) {
      const index_t product = i / pack_tasks;
      const float* packed = packs_a ? a + p.offset(p.a_strides, product) : b + p.offset(p.b_strides, product);
      k.pack(s, packed, shared(product), i % pack_tasks);
    });
    parallel_ranges(p.count * tasks, products_per_task(p), [&](index_t begin, index_t end, int worker) {
      for (index_t i = begin; i < end; ++i) {
        const index_t product = i / tasks;
        const GemmBlock block =
            k.multiply(s, a + p.offset(p.a_strides, product), b + p.offset(p.b_strides, product),
                       y + product * s.m * s.n, false, shared(product), i % tasks, memory.scratch(c, worker));
        if (finish_early) c.finish_rows(product * s.m + block.row_begin, product * s.m + block.row_end, worker);
      }
    });
    parallel_for(p.count * reduce_tasks, [&](index_t i, int) {
      const index_t product = i / reduce_tasks;
      k.reduce(s, shared(product), y + product * s.m * s.n, false, i % reduce_tasks);
    });
    if (!finish_early && c.has_epilogue())
      parallel_ranges(p.count * s.m, grain(s.n),
                      [&](index_t begin, index_t end, int worker) { c.finish_rows(begin, end, worker); });
  }

  static void run_reference(const RunContext& c, const Products& p) {
    const GemmShape& s = p.each;
    const double *a = c.in<double>(0), *b = c.in<double>(1);
    parallel_ranges(p.count * s.m, grain(s.n * s.k), [&](index_t begin, index_t end, int worker) {
      for (index_t i = begin; i < end; ++i) {
        const index_t product = i / s.m;
        reference::gemm_row(s, a + p.offset(p.a_strides, product), b + p.offset(p.b_strides, product),
                            c.out<double>(0) + product * s.m * s.n, i % s.m);
      }
      c.finish_rows(begin, end, worker);
    });
  }

  bool transpose_a_, transpose_b_;
};
GENODL_REGISTER("matmul", Matmul)

}  // namespace

}  // namespace genodl
