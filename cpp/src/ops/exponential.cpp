// Exponentials, logarithms and the functions built on them.
#include <numbers>

#include "ops/elementwise.h"

namespace genodl {

namespace {

using namespace build;
using kernels::EwOp;
using enum ElementwiseOp::Result;
using std::numbers::ln10;
using std::numbers::ln2;

Value one_minus(const Value& v) { return add(neg(v), 1.0); }

const ElementwiseRegistration registrations[] = {
    {"exp", EwOp::exp, 1, floating, [](GradContext& g) { g.set(0, mul(g.dy(), g.output(0))); }},
    {"expm1", EwOp::expm1, 1, floating, [](GradContext& g) { g.set(0, mul(g.dy(), add(g.output(0), 1.0))); }},
    {"log", EwOp::log, 1, floating, [](GradContext& g) { g.set(0, div(g.dy(), g.input(0))); }},
    {"log1p", EwOp::log1p, 1, floating, [](GradContext& g) { g.set(0, div(g.dy(), add(g.input(0), 1.0))); }},
    {"log2", EwOp::log2, 1, floating, [](GradContext& g) { g.set(0, div(g.dy(), mul(g.input(0), ln2))); }},
    {"log10", EwOp::log10, 1, floating, [](GradContext& g) { g.set(0, div(g.dy(), mul(g.input(0), ln10))); }},
    {"tanh", EwOp::tanh, 1, floating,
     [](GradContext& g) { g.set(0, mul(g.dy(), one_minus(unary("square", g.output(0))))); }},
    {"sigmoid", EwOp::sigmoid, 1, floating,
     [](GradContext& g) { g.set(0, mul(g.dy(), mul(g.output(0), one_minus(g.output(0))))); }},
    {"softplus", EwOp::softplus, 1, floating,
     [](GradContext& g) { g.set(0, mul(g.dy(), unary("sigmoid", g.input(0)))); }},
    {"log_sigmoid", EwOp::log_sigmoid, 1, floating,
     [](GradContext& g) { g.set(0, mul(g.dy(), unary("sigmoid", neg(g.input(0))))); }},
    {"erf", EwOp::erf, 1, floating,
     [](GradContext& g) {
       const Value bell = unary("exp", neg(unary("square", g.input(0))));
       g.set(0, mul(mul(g.dy(), bell), 2.0 * std::numbers::inv_sqrtpi));
     }},
    {"erfinv", EwOp::erfinv, 1, floating,
     [](GradContext& g) {
       const Value steep = unary("exp", unary("square", g.output(0)));
       g.set(0, mul(mul(g.dy(), steep), 0.5 / std::numbers::inv_sqrtpi));
     }},
    {"lgamma", EwOp::lgamma, 1, floating, [](GradContext& g) { g.set(0, mul(g.dy(), unary("digamma", g.input(0)))); }},
};

class Digamma final : public ElementwiseOp {
 public:
  explicit Digamma(AttrReader&) : ElementwiseOp(EwOp::digamma, 1, floating) {}
};
GENODL_REGISTER("digamma", Digamma)

}  // namespace

}  // namespace genodl
