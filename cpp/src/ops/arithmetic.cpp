// Sums, products, powers, extremes and rounding.
#include "ops/elementwise.h"

namespace genodl {

namespace {

using namespace build;
using kernels::EwOp;
using enum ElementwiseOp::Result;

// Sets the gradient of input i, summed to its shape where it was broadcast.
void give(GradContext& g, int i, const Value& gradient) {
  g.set(i, sum_to(cast(gradient, g.input(i).dtype()), g.input(i).shape()));
}

Value mask(GradContext& g, const char* relation, int i, int j) {
  return cast(compare(relation, g.input(i), g.input(j)), g.dy().dtype());
}

// Where both are equal each gets half, as finite differences would say.
void extreme(GradContext& g, const char* relation) {
  const Value tie = mul(mask(g, "equal", 0, 1), 0.5);
  if (g.needs(0)) give(g, 0, mul(g.dy(), add(mask(g, relation, 0, 1), tie)));
  if (g.needs(1)) give(g, 1, mul(g.dy(), add(mask(g, relation, 1, 0), tie)));
}

const ElementwiseRegistration registrations[] = {
    {"identity", EwOp::copy, 1, promoted, [](GradContext& g) { g.set(0, g.dy()); }},
    {"stop_gradient", EwOp::copy, 1, promoted, no_gradient},
    {"add", EwOp::add, 2, promoted,
     [](GradContext& g) {
       if (g.needs(0)) give(g, 0, g.dy());
       if (g.needs(1)) give(g, 1, g.dy());
     }},
    {"subtract", EwOp::sub, 2, promoted,
     [](GradContext& g) {
       if (g.needs(0)) give(g, 0, g.dy());
       if (g.needs(1)) give(g, 1, neg(g.dy()));
     }},
    {"multiply", EwOp::mul, 2, promoted,
     [](GradContext& g) {
       if (g.needs(0)) give(g, 0, mul(g.dy(), g.input(1)));
       if (g.needs(1)) give(g, 1, mul(g.dy(), g.input(0)));
     }},
    {"divide", EwOp::div, 2, floating,
     [](GradContext& g) {
       if (g.needs(0)) give(g, 0, div(g.dy(), g.input(1)));
       if (g.needs(1)) give(g, 1, neg(div(mul(g.dy(), g.output(0)), g.input(1))));
     }},
    {"power", EwOp::pow, 2, promoted,
     [](GradContext& g) {
       const Value &x = g.input(0), &p = g.input(1);
       if (g.needs(0)) give(g, 0, mul(g.dy(), mul(p, node("power", {x, add(p, -1.0)}))));
       if (g.needs(1)) {
         // log of a base that is not positive has no meaning; its power has slope 0 there.
         const Value positive = compare("greater", x, zeros_like(x));
         const Value slope = mul(g.output(0), unary("log", where(positive, x, ones_like(x))));
         give(g, 1, mul(g.dy(), slope));
       }
     }},
    {"multiply_add", EwOp::multiply_add, 3, promoted,
     [](GradContext& g) {
       if (g.needs(0)) give(g, 0, mul(g.dy(), g.input(1)));
       if (g.needs(1)) give(g, 1, mul(g.dy(), g.input(0)));
       if (g.needs(2)) give(g, 2, g.dy());
     }},
    {"maximum", EwOp::maximum, 2, promoted, [](GradContext& g) { extreme(g, "greater"); }},
    {"minimum", EwOp::minimum, 2, promoted, [](GradContext& g) { extreme(g, "less"); }},
    {"floor_divide", EwOp::floor_divide, 2, promoted, no_gradient},
    {"mod", EwOp::mod, 2, promoted,
     [](GradContext& g) {
       if (g.needs(0)) give(g, 0, g.dy());
       if (g.needs(1)) give(g, 1, neg(mul(g.dy(), node("floor_divide", {g.input(0), g.input(1)}))));
     }},
    {"negative", EwOp::neg, 1, promoted, [](GradContext& g) { g.set(0, neg(g.dy())); }},
    {"abs", EwOp::abs, 1, promoted, [](GradContext& g) { g.set(0, mul(g.dy(), unary("sign", g.input(0)))); }},
    {"sign", EwOp::sign, 1, promoted, no_gradient},
    {"square", EwOp::square, 1, promoted, [](GradContext& g) { g.set(0, mul(g.dy(), mul(g.input(0), 2.0))); }},
    {"sqrt", EwOp::sqrt, 1, floating, [](GradContext& g) { g.set(0, div(mul(g.dy(), 0.5), g.output(0))); }},
    {"rsqrt", EwOp::rsqrt, 1, floating,
     [](GradContext& g) { g.set(0, mul(mul(g.dy(), -0.5), div(g.output(0), g.input(0)))); }},
    {"reciprocal", EwOp::reciprocal, 1, floating,
     [](GradContext& g) { g.set(0, neg(mul(g.dy(), unary("square", g.output(0))))); }},
    {"floor", EwOp::floor, 1, promoted, no_gradient},
    {"ceil", EwOp::ceil, 1, promoted, no_gradient},
    {"round", EwOp::round, 1, promoted, no_gradient},
    {"trunc", EwOp::trunc, 1, promoted, no_gradient},
    {"relu", EwOp::relu, 1, promoted,
     [](GradContext& g) {
       // From the output: the plan then need not keep the input.
       g.set(0, where(compare("greater", g.output(0), zeros_like(g.output(0))), g.dy(), zeros_like(g.dy())));
     }},
};

}  // namespace

}  // namespace genodl
