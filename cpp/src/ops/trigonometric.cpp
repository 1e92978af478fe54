#include "ops/elementwise.h"

namespace genodl {

namespace {

using namespace build;
using kernels::EwOp;
using enum ElementwiseOp::Result;

Value one_plus_square(const Value& x) { return add(unary("square", x), 1.0); }
Value one_minus_square(const Value& x) { return add(neg(unary("square", x)), 1.0); }
Value root(const Value& x) { return unary("sqrt", x); }

const ElementwiseRegistration registrations[] = {
    {"sin", EwOp::sin, 1, floating, [](GradContext& g) { g.set(0, mul(g.dy(), unary("cos", g.input(0)))); }},
    {"cos", EwOp::cos, 1, floating, [](GradContext& g) { g.set(0, neg(mul(g.dy(), unary("sin", g.input(0))))); }},
    {"tan", EwOp::tan, 1, floating, [](GradContext& g) { g.set(0, mul(g.dy(), one_plus_square(g.output(0)))); }},
    {"asin", EwOp::asin, 1, floating,
     [](GradContext& g) { g.set(0, div(g.dy(), root(one_minus_square(g.input(0))))); }},
    {"acos", EwOp::acos, 1, floating,
     [](GradContext& g) { g.set(0, neg(div(g.dy(), root(one_minus_square(g.input(0)))))); }},
    {"atan", EwOp::atan, 1, floating, [](GradContext& g) { g.set(0, div(g.dy(), one_plus_square(g.input(0)))); }},
    {"sinh", EwOp::sinh, 1, floating, [](GradContext& g) { g.set(0, mul(g.dy(), unary("cosh", g.input(0)))); }},
    {"cosh", EwOp::cosh, 1, floating, [](GradContext& g) { g.set(0, mul(g.dy(), unary("sinh", g.input(0)))); }},
    {"asinh", EwOp::asinh, 1, floating,
     [](GradContext& g) { g.set(0, div(g.dy(), root(one_plus_square(g.input(0))))); }},
    {"acosh", EwOp::acosh, 1, floating,
     [](GradContext& g) { g.set(0, div(g.dy(), root(add(unary("square", g.input(0)), -1.0)))); }},
    {"atanh", EwOp::atanh, 1, floating, [](GradContext& g) { g.set(0, div(g.dy(), one_minus_square(g.input(0)))); }},
    {"arctan2", EwOp::arctan2, 2, floating,
     [](GradContext& g) {
       const Value norm = add(unary("square", g.input(0)), unary("square", g.input(1)));
       if (g.needs(0)) g.set(0, sum_to(div(mul(g.dy(), g.input(1)), norm), g.input(0).shape()));
       if (g.needs(1)) g.set(1, sum_to(neg(div(mul(g.dy(), g.input(0)), norm)), g.input(1).shape()));
     }},
};

}  // namespace

}  // namespace genodl
