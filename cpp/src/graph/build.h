// Short names for making nodes, used by gradient rules and passes.
#pragma once

#include "graph/node.h"

namespace genodl::build {

Value node(const std::string& op, Values inputs, Attrs attrs = {});

Value scalar(double x, DType dtype);
Value full(const Shape& shape, double x, DType dtype);
Value zeros_like(const Value& v);
Value ones_like(const Value& v);

Value add(const Value& a, const Value& b);
Value sub(const Value& a, const Value& b);
Value mul(const Value& a, const Value& b);
Value div(const Value& a, const Value& b);
Value mul(const Value& a, double b);
Value add(const Value& a, double b);
Value neg(const Value& a);
Value unary(const char* op, const Value& a);
Value where(const Value& condition, const Value& a, const Value& b);
Value compare(const char* op, const Value& a, const Value& b);
Value cast(const Value& a, DType dtype);

Value reshape(const Value& a, const Shape& shape);
Value transpose(const Value& a, const Ints& axes);
Value broadcast_to(const Value& a, const Shape& shape);
Value sum(const Value& a, const Ints& axes, bool keepdims);
// Sums `a` down to `shape`, from which it was broadcast.
Value sum_to(const Value& a, const Shape& shape);
Value matmul(const Value& a, const Value& b, bool transpose_a = false, bool transpose_b = false);

}  // namespace genodl::build
