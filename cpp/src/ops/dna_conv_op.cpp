#include "ops/dna_conv_op.h"

namespace genodl {

namespace {

index_t single(AttrReader& a, const std::string& name, index_t fallback, index_t least) {
  const Ints values = a.ints(name, Ints{fallback});
  if (values.size() != 1 || values[0] < least)
    fail<ConfigError>("dna_conv1d: expected ", name, " of one number of at least ", least, ", got ", to_string(values),
                      ".");
  return values[0];
}

}  // namespace

DnaConvOp::DnaConvOp(AttrReader& a)
    : stride_(single(a, "strides", 1, 1)),
      dilation_(single(a, "dilation", 1, 1)),
      before_(single(a, "before", 0, 0)),
      after_(single(a, "after", 0, 0)) {}

index_t DnaConvOp::windows(index_t length, index_t taps) const {
  const index_t room = length + before_ + after_ - reach(taps);
  return room < 0 || length == 0 ? 0 : room / stride_ + 1;
}

Shape DnaConvOp::convolved(const TensorSpec& codes, const TensorSpec& weights) const {
  if (codes.dtype != DType::uint8)
    fail<DTypeError>(name(), ": expected DNA codes as uint8, got ", name_of(codes.dtype), ".");
  expect_float(weights, name());
  if (codes.shape.size() != 2 || weights.shape.size() != 3 || weights.shape[0] < 1 || weights.shape[1] != 4)
    fail<ShapeError>(name(), ": expected codes (batch, length) and weights (taps, 4, filters), got the shapes ",
                     to_string(codes.shape), " and ", to_string(weights.shape), ".");
  const index_t taps = weights.shape[0], out = windows(codes.shape[1], taps);
  if (out < 1)
    fail<ShapeError>(name(), ": expected at least ", std::max<index_t>(1, reach(taps) - before_ - after_),
                     " positions for a kernel that reaches over ", reach(taps), ", got ", codes.shape[1],
                     ". Use a smaller kernel or padding 'same'.");
  return {codes.shape[0], out, weights.shape[2]};
}

kernels::DnaConvShape DnaConvOp::sizes(const Shape& codes, const Shape& weights, index_t out_length) const {
  return {codes[0], codes[1], weights[0], weights[2], stride_, dilation_, before_, out_length};
}

Attrs DnaConvOp::attrs() const {
  return {
      {"strides", Ints{stride_}}, {"dilation", Ints{dilation_}}, {"before", Ints{before_}}, {"after", Ints{after_}}};
}

double DnaConvOp::flops(const kernels::DnaConvShape& s) {
  return 8.0 * static_cast<double>(s.batch * s.out_length) * static_cast<double>(s.taps * s.filters);
}

std::optional<Range> DnaConvOp::changed(Specs inputs, int input, Range in) const {
  if (input != 0) return std::nullopt;
  if (in.begin >= in.end) return Range{0, 0};
  const index_t taps = inputs[1].shape[0], outputs = windows(inputs[0].shape[1], taps);
  const index_t first = in.begin + before_ - (reach(taps) - 1);
  const index_t begin = first <= 0 ? 0 : (first + stride_ - 1) / stride_;
  const index_t end = std::min(outputs, (in.end - 1 + before_) / stride_ + 1);
  return begin < end ? Range{begin, end} : Range{0, 0};
}

std::optional<Range> DnaConvOp::needed(Specs inputs, int input, Range out) const {
  if (input != 0) return std::nullopt;
  if (out.begin >= out.end) return Range{0, 0};
  const index_t begin = std::max<index_t>(0, out.begin * stride_ - before_);
  const index_t end = std::min(inputs[0].shape[1], (out.end - 1) * stride_ - before_ + reach(inputs[1].shape[0]));
  return begin < end ? Range{begin, end} : Range{0, 0};
}

DnaTables::DnaTables(const kernels::DnaConvShape& s)
    : shape_(s),
      index_floats_(floats_for(kernels::dna_conv().index_bytes(s) * static_cast<std::size_t>(s.batch))),
      table_floats_(kernels::dna_conv().table_size(s)) {}

void DnaTables::make(const std::uint8_t* codes, const float* weights, float* memory) {
  const kernels::DnaConvKernels& k = kernels::dna_conv();
  std::byte* indexes = reinterpret_cast<std::byte*>(memory);
  float* tables = memory + index_floats_;
  const index_t build_tasks = k.build_tasks(shape_);
  parallel_for(build_tasks + shape_.batch, [&](index_t task, int) {
    if (task < build_tasks)
      k.build(shape_, weights, tables, task);
    else
      k.index(shape_, codes, indexes, task - build_tasks);
  });
  indexes_ = indexes;
  tables_ = tables;
}

}  // namespace genodl
