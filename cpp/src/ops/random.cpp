// Counter-based random numbers: a value depends on (seed, step of the run, element) and nothing else.
#include "core/error.h"
#include "ops/elementwise.h"

namespace genodl {

namespace {

class RandomOp : public ElementwiseOp {
 public:
  RandomOp(kernels::EwOp code, AttrReader& a)
      : ElementwiseOp(code, 0, Result::promoted), shape_(a.ints("shape")), seed_(a.integer("seed")) {}
  std::vector<TensorSpec> infer(Specs) const override { return {{shape_, DType::float32}}; }
  std::optional<Range> changed(Specs, int, Range) const override { return std::nullopt; }

 private:
  Shape shape_;
  index_t seed_;
};

class RandomUniform final : public RandomOp {
 public:
  explicit RandomUniform(AttrReader& a) : RandomOp(kernels::EwOp::random_uniform, a) {}
};
GENODL_REGISTER("random_uniform", RandomUniform)

class RandomNormal final : public RandomOp {
 public:
  explicit RandomNormal(AttrReader& a) : RandomOp(kernels::EwOp::random_normal, a) {}
};
GENODL_REGISTER("random_normal", RandomNormal)

}  // namespace

}  // namespace genodl
