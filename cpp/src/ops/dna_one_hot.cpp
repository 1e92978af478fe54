// DNA codes as rows of A, C, G, T: 1 for a base, equal fractions for an ambiguous letter, 0 for nothing.
#include <bit>

#include "ops/axes.h"

namespace genodl {

namespace {

class DnaOneHot final : public Op {
 public:
  explicit DnaOneHot(AttrReader& a) : dtype_(dtype_from(a.text("dtype", "float32"))) {
    if (!is_float(dtype_))
      fail<DTypeError>("dna_one_hot: expected float32 or float64 for fractions of bases, got ", name_of(dtype_), ".");
  }

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 1, name());
    if (inputs[0].dtype != DType::uint8)
      fail<DTypeError>(name(), ": expected DNA codes as uint8, got ", name_of(inputs[0].dtype), ".");
    Shape out = inputs[0].shape;
    out.push_back(4);
    return {{out, dtype_}};
  }

  void run(const RunContext& c) const override {
    dispatch_float(dtype_, [&]<class T>() {
      T rows[16][4];
      for (unsigned code = 0; code < 16; ++code)
        for (unsigned base = 0; base < 4; ++base)
          rows[code][base] = code >> base & 1 ? T{1} / static_cast<T>(std::popcount(code)) : T{};
      const std::uint8_t* codes = c.in<std::uint8_t>(0);
      T* y = c.out<T>(0);
      parallel_ranges(elements(c.in_shape(0)), grain(4), [&](index_t begin, index_t end, int) {
        for (index_t i = begin; i < end; ++i) std::copy_n(rows[codes[i] & 15], 4, y + 4 * i);
      });
    });
  }
  void gradient(GradContext&) const override {}

  std::optional<Range> changed(Specs, int, Range in) const override { return in; }
  std::optional<Range> needed(Specs, int, Range out) const override { return out; }

 private:
  DType dtype_;
};
GENODL_REGISTER("dna_one_hot", DnaOneHot)

}  // namespace

}  // namespace genodl
