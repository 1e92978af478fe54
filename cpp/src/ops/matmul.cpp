// Matrix product over the last two axes, the others broadcast; a matrix on the right makes one flat product.
#include "kernels/gemm.h"
#include "ops/axes.h"

namespace genodl {

namespace {

using kernels::GemmShape;

// A product as `batches` independent ones.
struct Product {
  GemmShape shape{};
  index_t batches = 1;
  Shape batch_shape, a_batch, b_batch;
};

class Matmul final : public Op {
 public:
  explicit Matmul(AttrReader& a)
      : transpose_a_(a.boolean("transpose_a", false)), transpose_b_(a.boolean("transpose_b", false)) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 2, name());
    const Shape &a = inputs[0].shape, &b = inputs[1].shape;
    if (a.size() < 2 || b.size() < 2)
      fail<ShapeError>(name(), ": expected at least two axes on both sides, got ", to_string(a), " and ", to_string(b), ".");
    const Product p = product(inputs);
    const index_t kb = b[b.size() - (transpose_b_ ? 1 : 2)];
    if (a[a.size() - (transpose_a_ ? 2 : 1)] != kb)
      fail<ShapeError>(name(), ": expected the last axis of the left to be as long as the rows of the right, got ",
                       to_string(a), " and ", to_string(b), ".");
    Shape out = broadcast(p.a_batch, p.b_batch, name());
    out.push_back(a[a.size() - (transpose_a_ ? 1 : 2)]);
    out.push_back(p.shape.n);
    const DType dtype = promote(inputs[0].dtype, inputs[1].dtype);
    if (!is_float(dtype) || inputs[0].dtype != inputs[1].dtype)
      fail<DTypeError>(name(), ": expected two matrices of the same float type, got ", name_of(inputs[0].dtype), " and ",
                       name_of(inputs[1].dtype), ". Cast one of them.");
    return {{std::move(out), dtype}};
  }

  void run(const RunContext& c) const override {
    const TensorSpec specs[] = {c.in_spec(0), c.in_spec(1)};
    const Product p = product(specs);
    if (c.out_spec(0).dtype == DType::float64)
      run_plain(c, p);
    else if (p.batches == 1)
      run_one(c, p.shape);
    else
      run_many(c, p);
  }

  std::size_t workspace(Specs inputs, Specs outputs, int workers) const override {
    if (outputs[0].dtype != DType::float32) return 0;
    const Product p = product(inputs);
    const std::size_t each = shared_bytes(p.shape) + scratch_bytes(p.shape);
    if (p.batches == 1) return shared_bytes(p.shape) + scratch_bytes(p.shape) * static_cast<std::size_t>(workers);
    return each * static_cast<std::size_t>(workers);
  }

  bool takes_epilogue(Specs inputs) const override {
    return inputs[0].dtype == DType::float32 && product(inputs).batches == 1;
  }

  void gradient(GradContext& g) const override {
    using build::matmul;
    const Value &a = g.input(0), &b = g.input(1), &dy = g.dy();
    const bool flat = b.shape().size() == 2 && a.shape().size() > 2 && !transpose_a_;
    if (g.needs(0)) {
      const Value da = transpose_a_ ? matmul(b, dy, transpose_b_, true) : matmul(dy, b, false, !transpose_b_);
      g.set(0, build::sum_to(da, a.shape()));
    }
    if (g.needs(1)) {
      const Value x = flat ? rows_of(a) : a;
      const Value d = flat ? rows_of(dy) : dy;
      const Value db = transpose_b_ ? matmul(d, x, true, transpose_a_) : matmul(x, d, !transpose_a_, false);
      g.set(1, build::sum_to(db, b.shape()));
    }
  }

  // Rows of a dense layer over (batch, length, channels) do not see each other.
  std::optional<Range> changed(Specs inputs, int input, Range in) const override {
    const bool by_row = input == 0 && !transpose_a_ && inputs[0].shape.size() >= 3 && inputs[1].shape.size() == 2;
    return by_row ? std::optional(in) : std::nullopt;
  }
  std::optional<Range> needed(Specs inputs, int input, Range out) const override { return changed(inputs, input, out); }

  Cost cost(Specs inputs, Specs outputs) const override {
    Cost cost = Op::cost(inputs, outputs);
    const Product p = product(inputs);
    cost.flops = 2.0 * static_cast<double>(p.batches) * static_cast<double>(p.shape.m) *
                 static_cast<double>(p.shape.n) * static_cast<double>(p.shape.k);
    return cost;
  }

 private:
  static Value rows_of(const Value& v) {
    return build::reshape(v, {elements(v.shape(), 0, v.shape().size() - 1), v.shape().back()});
  }

  Product product(Specs inputs) const {
    const Shape &a = inputs[0].shape, &b = inputs[1].shape;
    const index_t a_rows = a[a.size() - 2], a_columns = a.back(), b_rows = b[b.size() - 2], b_columns = b.back();
    Product p;
    p.shape = {transpose_a_ ? a_columns : a_rows, transpose_b_ ? b_rows : b_columns, transpose_a_ ? a_rows : a_columns,
               a_columns, b_columns, transpose_b_ ? b_rows : b_columns, transpose_a_, transpose_b_};
    p.a_batch.assign(a.begin(), a.end() - 2);
    p.b_batch.assign(b.begin(), b.end() - 2);
    if (b.size() == 2 && !transpose_a_) {
      p.shape.m = elements(a, 0, a.size() - 1);
      return p;
    }
    p.batch_shape = broadcast(p.a_batch, p.b_batch, name());
    p.batches = elements(p.batch_shape);
    return p;
  }

  static std::size_t shared_bytes(const GemmShape& s) {
    return align_up(static_cast<std::size_t>(kernels::gemm().workspace(s)) * sizeof(float));
  }
  static std::size_t scratch_bytes(const GemmShape& s) {
    return align_up(static_cast<std::size_t>(kernels::gemm().scratch(s)) * sizeof(float));
  }

  static bool is_empty(const GemmShape& s) { return s.m == 0 || s.n == 0; }

  void run_one(const RunContext& c, const GemmShape& s) const {
    if (is_empty(s)) return;
    const kernels::GemmKernels& k = kernels::gemm();
    const float *a = c.in<float>(0), *b = c.in<float>(1);
    float* y = c.out<float>(0);
    auto* shared = reinterpret_cast<float*>(c.workspace());
    const auto scratch = [&](int worker) {
      return reinterpret_cast<float*>(c.workspace() + shared_bytes(s) + scratch_bytes(s) * static_cast<std::size_t>(worker));
    };
    const bool finish = k.complete_rows(s);
    parallel_for(k.pack_tasks(s), [&](index_t task, int) { k.pack(s, b, shared, task); });
    parallel_for(k.tasks(s), [&](index_t task, int worker) {
      const kernels::GemmBlock block = k.multiply(s, a, b, y, false, shared, task, scratch(worker));
      if (finish) c.finish_rows(block.row_begin, block.row_end, worker);
    });
    parallel_for(k.reduce_tasks(s), [&](index_t task, int) { k.reduce(s, shared, y, false, task); });
    if (!finish && c.has_epilogue())
      parallel_ranges(s.m, grain(s.n), [&](index_t begin, index_t end, int worker) { c.finish_rows(begin, end, worker); });
  }

  void run_many(const RunContext& c, const Product& p) const {
    const GemmShape& s = p.shape;
    if (is_empty(s)) return;
    const kernels::GemmKernels& k = kernels::gemm();
    const std::size_t each = shared_bytes(s) + scratch_bytes(s);
    for_each_batch(c, p, [&](const float* a, const float* b, float* y, int worker) {
      auto* shared = reinterpret_cast<float*>(c.workspace() + each * static_cast<std::size_t>(worker));
      auto* scratch = reinterpret_cast<float*>(reinterpret_cast<std::byte*>(shared) + shared_bytes(s));
      for (index_t t = 0; t < k.pack_tasks(s); ++t) k.pack(s, b, shared, t);
      for (index_t t = 0; t < k.tasks(s); ++t) k.multiply(s, a, b, y, false, shared, t, scratch);
      for (index_t t = 0; t < k.reduce_tasks(s); ++t) k.reduce(s, shared, y, false, t);
    });
  }

  // double precision is for gradient checks: clear before fast.
  void run_plain(const RunContext& c, const Product& p) const {
    const GemmShape& s = p.shape;
    for_each_batch(c, p, [&](const double* a, const double* b, double* y, int) {
      for (index_t i = 0; i < s.m; ++i)
        for (index_t j = 0; j < s.n; ++j) {
          double sum = 0;
          for (index_t l = 0; l < s.k; ++l)
            sum += a[transpose_a_ ? l * s.lda + i : i * s.lda + l] * b[transpose_b_ ? j * s.ldb + l : l * s.ldb + j];
          y[i * s.ldc + j] = sum;
        }
    });
  }

  template <class T, class Body>
  static void batch_loop(const RunContext& c, const Product& p, Body&& body) {
    const index_t a_size = p.shape.m * p.shape.k, b_size = p.shape.k * p.shape.n, y_size = p.shape.m * p.shape.n;
    parallel_for(p.batches, [&](index_t batch, int worker) {
      body(c.in<T>(0) + source(batch, p.batch_shape, p.a_batch) * a_size,
           c.in<T>(1) + source(batch, p.batch_shape, p.b_batch) * b_size, c.out<T>(0) + batch * y_size, worker);
    });
  }

  template <class Body>
  static void for_each_batch(const RunContext& c, const Product& p, Body&& body) {
    if constexpr (std::is_invocable_v<Body, const float*, const float*, float*, int>)
      batch_loop<float>(c, p, body);
    else
      batch_loop<double>(c, p, body);
  }

  // Which matrix of an input serves a batch of the output.
  static index_t source(index_t batch, const Shape& out, const Shape& in) {
    const std::size_t extra = out.size() - in.size();
    index_t offset = 0, step = 1;
    for (std::size_t i = out.size(); i-- > 0;) {
      const index_t position = batch % out[i];
      batch /= out[i];
      if (i < extra) continue;
      if (in[i - extra] != 1) offset += position * step;
      step *= in[i - extra];
    }
    return offset;
  }

  bool transpose_a_, transpose_b_;
};
GENODL_REGISTER("matmul", Matmul)

}  // namespace

}  // namespace genodl
