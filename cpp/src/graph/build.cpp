#include "graph/build.h"

namespace genodl::build {

Value node(const std::string& op, Values inputs, Attrs attrs) {
  return make_node(op, std::move(inputs), std::move(attrs))[0];
}

Value scalar(double x, DType dtype) { return full({}, x, dtype); }

Value full(const Shape& shape, double x, DType dtype) {
  Tensor one(TensorSpec{{}, dtype});
  dispatch(dtype, [&]<class T>() { *one.as<T>() = static_cast<T>(x); });
  const Value v = make_constant(std::move(one));
  return shape.empty() ? v : broadcast_to(v, shape);
}

Value zeros_like(const Value& v) { return full(v.shape(), 0.0, v.dtype()); }
Value ones_like(const Value& v) { return full(v.shape(), 1.0, v.dtype()); }

Value add(const Value& a, const Value& b) { return node("add", {a, b}); }
Value sub(const Value& a, const Value& b) { return node("subtract", {a, b}); }
Value mul(const Value& a, const Value& b) { return node("multiply", {a, b}); }
Value div(const Value& a, const Value& b) { return node("divide", {a, b}); }
Value mul(const Value& a, double b) { return mul(a, scalar(b, a.dtype())); }
Value add(const Value& a, double b) { return add(a, scalar(b, a.dtype())); }
Value neg(const Value& a) { return node("negative", {a}); }
Value unary(const char* op, const Value& a) { return node(op, {a}); }
Value where(const Value& condition, const Value& a, const Value& b) { return node("where", {condition, a, b}); }
Value compare(const char* op, const Value& a, const Value& b) { return node(op, {a, b}); }

Value cast(const Value& a, DType dtype) {
  if (a.dtype() == dtype) return a;
  return node("cast", {a}, {{"dtype", std::string(name_of(dtype))}});
}

Value reshape(const Value& a, const Shape& shape) {
  if (a.shape() == shape) return a;
  return node("reshape", {a}, {{"shape", shape}});
}

Value transpose(const Value& a, const Ints& axes) { return node("transpose", {a}, {{"axes", axes}}); }

Value broadcast_to(const Value& a, const Shape& shape) {
  if (a.shape() == shape) return a;
  return node("broadcast_to", {a}, {{"shape", shape}});
}

Value sum(const Value& a, const Ints& axes, bool keepdims) {
  if (axes.empty()) return a;
  return node("sum", {a}, {{"axes", axes}, {"keepdims", keepdims}});
}

Value sum_to(const Value& a, const Shape& shape) {
  if (a.shape() == shape) return a;
  const Shape& from = a.shape();
  const std::size_t extra = from.size() - shape.size();
  Ints axes;
  for (std::size_t i = 0; i < from.size(); ++i)
    if (i < extra || (shape[i - extra] == 1 && from[i] != 1)) axes.push_back(static_cast<index_t>(i));
  return reshape(sum(a, axes, false), shape);
}

Value matmul(const Value& a, const Value& b, bool transpose_a, bool transpose_b) {
  return node("matmul", {a, b}, {{"transpose_a", transpose_a}, {"transpose_b", transpose_b}});
}

}  // namespace genodl::build
