// Comparisons, logic, tests for special values, and choosing by a condition.
#include "ops/elementwise.h"

namespace genodl {

namespace {

using namespace build;
using kernels::EwOp;
using enum ElementwiseOp::Result;

const ElementwiseRegistration registrations[] = {
    {"equal", EwOp::equal, 2, boolean, no_gradient},
    {"not_equal", EwOp::not_equal, 2, boolean, no_gradient},
    {"less", EwOp::less, 2, boolean, no_gradient},
    {"less_equal", EwOp::less_equal, 2, boolean, no_gradient},
    {"greater", EwOp::greater, 2, boolean, no_gradient},
    {"greater_equal", EwOp::greater_equal, 2, boolean, no_gradient},
    {"logical_and", EwOp::logical_and, 2, boolean, no_gradient},
    {"logical_or", EwOp::logical_or, 2, boolean, no_gradient},
    {"logical_xor", EwOp::logical_xor, 2, boolean, no_gradient},
    {"logical_not", EwOp::logical_not, 1, boolean, no_gradient},
    {"isnan", EwOp::isnan, 1, boolean, no_gradient},
    {"isinf", EwOp::isinf, 1, boolean, no_gradient},
    {"isfinite", EwOp::isfinite, 1, boolean, no_gradient},
    {"where", EwOp::where, 3, promoted,
     [](GradContext& g) {
       const Value zero = zeros_like(g.dy());
       const auto give = [&](int i, const Value& gradient) {
         g.set(i, sum_to(cast(gradient, g.input(i).dtype()), g.input(i).shape()));
       };
       if (g.needs(1)) give(1, where(g.input(0), g.dy(), zero));
       if (g.needs(2)) give(2, where(g.input(0), zero, g.dy()));
     }},
};

}  // namespace

}  // namespace genodl
