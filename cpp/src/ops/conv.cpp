// Convolution and its two gradients: a family closed under differentiation.
#include "kernels/conv.h"
#include "ops/axes.h"

namespace genodl {

namespace {

using kernels::ConvShape;

// Strides, dilation and padding per spatial axis (one or two), and groups.
class ConvOp : public Op {
 public:
  explicit ConvOp(AttrReader& a)
      : strides_(a.ints("strides")), dilation_(a.ints("dilation")), before_(a.ints("before")), after_(a.ints("after")),
        groups_(a.integer("groups", 1)) {
    const std::size_t rank = strides_.size();
    if (rank < 1 || rank > 2 || dilation_.size() != rank || before_.size() != rank || after_.size() != rank)
      fail<ConfigError>("conv: expected strides, dilation and padding for one or two axes.");
    for (std::size_t i = 0; i < rank; ++i)
      if (strides_[i] < 1 || dilation_[i] < 1 || before_[i] < 0 || after_[i] < 0)
        fail<ConfigError>("conv: expected strides and dilation from 1 and padding from 0.");
    if (groups_ < 1) fail<ConfigError>("conv: expected groups from 1, got ", groups_, ".");
  }

 protected:
  std::size_t rank() const { return strides_.size(); }

  Attrs attrs() const {
    return {{"strides", strides_}, {"dilation", dilation_}, {"before", before_}, {"after", after_}, {"groups", groups_}};
  }

  void check(const Shape& x, const Shape& weights) const {
    if (x.size() != rank() + 2 || weights.size() != rank() + 2)
      fail<ShapeError>(name(), ": expected inputs and kernel with ", rank() + 2, " axes, got ", to_string(x), " and ",
                       to_string(weights), ".");
    if (x.back() != weights[rank()] * groups_ || weights.back() % groups_)
      fail<ShapeError>(name(), ": expected a kernel for ", x.back(), " channels in ", groups_, " groups, got ",
                       to_string(weights), ".");
  }

  index_t out_size(index_t size, index_t kernel, std::size_t axis) const {
    const index_t room = size + before_[axis] + after_[axis] - ((kernel - 1) * dilation_[axis] + 1);
    if (room < 0)
      fail<ShapeError>(name(), ": expected at least ", (kernel - 1) * dilation_[axis] + 1,
                       " positions for the kernel, got ", size, ". Use padding='same' or longer inputs.");
    return room / strides_[axis] + 1;
  }

  ConvShape shape(const Shape& x, const Shape& weights) const {
    const bool flat = rank() == 1;
    const std::size_t w = flat ? 0 : 1;
    ConvShape s{};
    s.batch = x[0];
    s.height = flat ? 1 : x[1];
    s.width = x[w + 1];
    s.channels = x.back();
    s.kernel_h = flat ? 1 : weights[0];
    s.kernel_w = weights[w];
    s.stride_h = flat ? 1 : strides_[0];
    s.stride_w = strides_[w];
    s.dilation_h = flat ? 1 : dilation_[0];
    s.dilation_w = dilation_[w];
    s.pad_top = flat ? 0 : before_[0];
    s.pad_bottom = flat ? 0 : after_[0];
    s.pad_left = before_[w];
    s.pad_right = after_[w];
    s.out_h = flat ? 1 : out_size(x[1], weights[0], 0);
    s.out_w = out_size(s.width, s.kernel_w, w);
    s.filters = weights.back();
    s.groups = groups_;
    return s;
  }

  Shape out_shape(const Shape& x, const Shape& weights) const {
    const ConvShape s = shape(x, weights);
    return rank() == 1 ? Shape{s.batch, s.out_w, s.filters} : Shape{s.batch, s.out_h, s.out_w, s.filters};
  }

  static double flops(const ConvShape& s) {
    return 2.0 * static_cast<double>(s.batch * s.out_h * s.out_w) * static_cast<double>(s.kernel_h * s.kernel_w) *
           static_cast<double>(s.channels / s.groups) * static_cast<double>(s.filters);
  }

  static std::size_t bytes_of(index_t floats) { return align_up(static_cast<std::size_t>(floats) * sizeof(float)); }
  static bool is_empty(const ConvShape& s) { return s.batch == 0 || s.out_h * s.out_w == 0; }

  // Calls body(x row, kernel row, y row, group) for every product that exists: plain loops for doubles.
  template <class Body>
  static void for_each_tap(const ConvShape& s, index_t image, Body&& body) {
    for (index_t oh = 0; oh < s.out_h; ++oh)
      for (index_t ow = 0; ow < s.out_w; ++ow)
        for (index_t kh = 0; kh < s.kernel_h; ++kh)
          for (index_t kw = 0; kw < s.kernel_w; ++kw) {
            const index_t h = oh * s.stride_h - s.pad_top + kh * s.dilation_h;
            const index_t w = ow * s.stride_w - s.pad_left + kw * s.dilation_w;
            if (h < 0 || h >= s.height || w < 0 || w >= s.width) continue;
            body((image * s.height + h) * s.width + w, kh * s.kernel_w + kw, (image * s.out_h + oh) * s.out_w + ow);
          }
  }

  // One multiplication of the convolution: x element, kernel element, y element.
  template <class Body>
  static void for_each_product(const ConvShape& s, index_t image, Body&& body) {
    const index_t channels = s.channels / s.groups, filters = s.filters / s.groups;
    for_each_tap(s, image, [&](index_t x, index_t tap, index_t y) {
      for (index_t c = 0; c < channels; ++c)
        for (index_t f = 0; f < s.filters; ++f)
          body(x * s.channels + f / filters * channels + c, (tap * channels + c) * s.filters + f, y * s.filters + f);
    });
  }

  Ints strides_, dilation_, before_, after_;
  index_t groups_;
};

// (x, kernel) -> y
class Conv final : public ConvOp {
 public:
  using ConvOp::ConvOp;

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 2, name());
    expect_float(inputs[0], name());
    if (inputs[0].dtype != inputs[1].dtype)
      fail<DTypeError>(name(), ": expected inputs and kernel of one dtype, got ", name_of(inputs[0].dtype), " and ",
                       name_of(inputs[1].dtype), ".");
    check(inputs[0].shape, inputs[1].shape);
    return {{out_shape(inputs[0].shape, inputs[1].shape), inputs[0].dtype}};
  }

  std::size_t workspace(Specs inputs, Specs, int workers) const override {
    if (inputs[0].dtype != DType::float32) return 0;
    const ConvShape s = shape(inputs[0].shape, inputs[1].shape);
    const kernels::ConvKernels& k = kernels::conv();
    return bytes_of(k.packed_size(s)) + bytes_of(k.forward_scratch(s)) * static_cast<std::size_t>(workers);
  }

  bool takes_epilogue(Specs inputs) const override { return inputs[0].dtype == DType::float32; }

  void run(const RunContext& c) const override {
    const ConvShape s = shape(c.in_shape(0), c.in_shape(1));
    if (is_empty(s)) return;
    if (c.out_spec(0).dtype == DType::float64) return run_plain(c, s);
    const kernels::ConvKernels& k = kernels::conv();
    auto* packed = reinterpret_cast<float*>(c.workspace());
    std::byte* scratch = c.workspace() + bytes_of(k.packed_size(s));
    parallel_for(k.forward_pack_tasks(s), [&](index_t task, int) { k.forward_pack(s, c.in<float>(1), packed, task); });
    parallel_for(k.forward_tasks(s), [&](index_t task, int worker) {
      auto* own = reinterpret_cast<float*>(scratch + bytes_of(k.forward_scratch(s)) * static_cast<std::size_t>(worker));
      index_t begin = 0, end = 0;
      k.forward(s, c.in<float>(0), packed, c.out<float>(0), task, own, &begin, &end);
      c.finish_rows(begin, end, worker);
    });
  }

  void gradient(GradContext& g) const override {
    Attrs a = attrs();
    if (g.needs(0)) {
      a["shape"] = g.input(0).shape();
      g.set(0, build::node("conv_input_grad", {g.dy(), g.input(1)}, a));
    }
    if (g.needs(1)) {
      a["shape"] = g.input(1).shape();
      g.set(1, build::node("conv_weight_grad", {g.input(0), g.dy()}, a));
    }
  }

  std::optional<Range> changed(Specs inputs, int input, Range in) const override {
    if (input != 0 || rank() != 1) return std::nullopt;
    const ConvShape s = shape(inputs[0].shape, inputs[1].shape);
    // Output p reads inputs p * stride - pad + tap * dilation.
    const index_t reach = (s.kernel_w - 1) * s.dilation_w;
    const index_t first = in.begin + s.pad_left - reach, last = in.end - 1 + s.pad_left;
    const index_t begin = first <= 0 ? 0 : (first + s.stride_w - 1) / s.stride_w;
    const index_t end = last < 0 ? 0 : last / s.stride_w + 1;
    return Range{std::min(begin, s.out_w), std::max(std::min(begin, s.out_w), std::min(end, s.out_w))};
  }

  std::optional<Range> needed(Specs inputs, int input, Range out) const override {
    if (input != 0 || rank() != 1) return std::nullopt;
    const ConvShape s = shape(inputs[0].shape, inputs[1].shape);
    const index_t begin = out.begin * s.stride_w - s.pad_left;
    const index_t end = (out.end - 1) * s.stride_w - s.pad_left + (s.kernel_w - 1) * s.dilation_w + 1;
    return Range{std::clamp<index_t>(begin, 0, s.width), std::clamp<index_t>(end, 0, s.width)};
  }

  Cost cost(Specs inputs, Specs outputs) const override {
    Cost cost = Op::cost(inputs, outputs);
    cost.flops = flops(shape(inputs[0].shape, inputs[1].shape));
    return cost;
  }

 private:
  static void run_plain(const RunContext& c, const ConvShape& s) {
    parallel_for(s.batch, [&](index_t image, int) {
      const double *x = c.in<double>(0), *w = c.in<double>(1);
      double* y = c.out<double>(0);
      const index_t size = s.out_h * s.out_w * s.filters;
      std::fill(y + image * size, y + (image + 1) * size, 0.0);
      for_each_product(s, image, [&](index_t i, index_t j, index_t o) { y[o] += x[i] * w[j]; });
    });
  }
};
GENODL_REGISTER("conv", Conv)

// (dy, kernel) -> dx
class ConvInputGrad final : public ConvOp {
 public:
  explicit ConvInputGrad(AttrReader& a) : ConvOp(a), x_shape_(a.ints("shape")) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    check(x_shape_, inputs[1].shape);
    expect_shape(inputs[0], out_shape(x_shape_, inputs[1].shape), "the gradient of the output", name());
    return {{x_shape_, inputs[0].dtype}};
  }

  std::size_t workspace(Specs inputs, Specs, int workers) const override {
    if (inputs[0].dtype != DType::float32) return 0;
    const ConvShape s = shape(x_shape_, inputs[1].shape);
    const kernels::ConvKernels& k = kernels::conv();
    return bytes_of(k.input_grad_packed_size(s)) + bytes_of(k.input_grad_scratch(s)) * static_cast<std::size_t>(workers);
  }

  bool takes_epilogue(Specs inputs) const override { return inputs[0].dtype == DType::float32; }

  void run(const RunContext& c) const override {
    const ConvShape s = shape(x_shape_, c.in_shape(1));
    if (s.batch == 0) return;
    if (c.out_spec(0).dtype == DType::float64) return run_plain(c, s);
    const kernels::ConvKernels& k = kernels::conv();
    auto* packed = reinterpret_cast<float*>(c.workspace());
    std::byte* scratch = c.workspace() + bytes_of(k.input_grad_packed_size(s));
    parallel_for(k.input_grad_pack_tasks(s), [&](index_t task, int) { k.input_grad_pack(s, c.in<float>(1), packed, task); });
    parallel_for(k.input_grad_tasks(s), [&](index_t task, int worker) {
      auto* own = reinterpret_cast<float*>(scratch + bytes_of(k.input_grad_scratch(s)) * static_cast<std::size_t>(worker));
      index_t begin = 0, end = 0;
      k.input_grad(s, c.in<float>(0), packed, c.out<float>(0), task, own, &begin, &end);
      c.finish_rows(begin, end, worker);
    });
  }

  void gradient(GradContext& g) const override {
    Attrs a = attrs();
    if (g.needs(0)) g.set(0, build::node("conv", {g.dy(), g.input(1)}, a));
    if (g.needs(1)) {
      a["shape"] = g.input(1).shape();
      g.set(1, build::node("conv_weight_grad", {g.dy(), g.input(0)}, a));
    }
  }

  Cost cost(Specs inputs, Specs outputs) const override {
    Cost cost = Op::cost(inputs, outputs);
    cost.flops = flops(shape(x_shape_, inputs[1].shape));
    return cost;
  }

 private:
  static void run_plain(const RunContext& c, const ConvShape& s) {
    parallel_for(s.batch, [&](index_t image, int) {
      const double *dy = c.in<double>(0), *w = c.in<double>(1);
      double* dx = c.out<double>(0);
      const index_t size = s.height * s.width * s.channels;
      std::fill(dx + image * size, dx + (image + 1) * size, 0.0);
      for_each_product(s, image, [&](index_t i, index_t j, index_t o) { dx[i] += dy[o] * w[j]; });
    });
  }

  Shape x_shape_;
};
GENODL_REGISTER("conv_input_grad", ConvInputGrad)

// (x, dy) -> dkernel
class ConvWeightGrad final : public ConvOp {
 public:
  explicit ConvWeightGrad(AttrReader& a) : ConvOp(a), kernel_shape_(a.ints("shape")) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    check(inputs[0].shape, kernel_shape_);
    expect_shape(inputs[1], out_shape(inputs[0].shape, kernel_shape_), "the gradient of the output", name());
    return {{kernel_shape_, inputs[0].dtype}};
  }

  std::size_t workspace(Specs inputs, Specs, int workers) const override {
    if (inputs[0].dtype != DType::float32) return 0;
    const ConvShape s = shape(inputs[0].shape, kernel_shape_);
    const kernels::ConvKernels& k = kernels::conv();
    return bytes_of(k.weight_grad_partial_size(s)) + bytes_of(k.weight_grad_scratch(s)) * static_cast<std::size_t>(workers);
  }

  void run(const RunContext& c) const override {
    const ConvShape s = shape(c.in_shape(0), kernel_shape_);
    if (is_empty(s)) {
      std::fill_n(c.out<std::byte>(0), c.out_spec(0).bytes(), std::byte{0});
      return;
    }
    if (c.out_spec(0).dtype == DType::float64) return run_plain(c, s);
    const kernels::ConvKernels& k = kernels::conv();
    auto* partial = reinterpret_cast<float*>(c.workspace());
    std::byte* scratch = c.workspace() + bytes_of(k.weight_grad_partial_size(s));
    parallel_for(k.weight_grad_tasks(s), [&](index_t task, int worker) {
      auto* own = reinterpret_cast<float*>(scratch + bytes_of(k.weight_grad_scratch(s)) * static_cast<std::size_t>(worker));
      k.weight_grad(s, c.in<float>(0), c.in<float>(1), c.out<float>(0), partial, task, own);
    });
    parallel_for(k.weight_grad_reduce_tasks(s),
                 [&](index_t task, int) { k.weight_grad_reduce(s, partial, c.out<float>(0), task); });
  }

  void gradient(GradContext& g) const override {
    Attrs a = attrs();
    if (g.needs(1)) g.set(1, build::node("conv", {g.input(0), g.dy()}, a));
    if (g.needs(0)) {
      a["shape"] = g.input(0).shape();
      g.set(0, build::node("conv_input_grad", {g.input(1), g.dy()}, a));
    }
  }

  Cost cost(Specs inputs, Specs outputs) const override {
    Cost cost = Op::cost(inputs, outputs);
    cost.flops = flops(shape(inputs[0].shape, kernel_shape_));
    return cost;
  }

 private:
  static void run_plain(const RunContext& c, const ConvShape& s) {
    const double *x = c.in<double>(0), *dy = c.in<double>(1);
    double* dw = c.out<double>(0);
    std::fill_n(dw, elements(c.out_shape(0)), 0.0);
    for (index_t image = 0; image < s.batch; ++image)
      for_each_product(s, image, [&](index_t i, index_t j, index_t o) { dw[j] += x[i] * dy[o]; });
  }

  Shape kernel_shape_;
};
GENODL_REGISTER("conv_weight_grad", ConvWeightGrad)

}  // namespace

}  // namespace genodl
