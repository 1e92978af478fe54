// Every unary operation against double precision, over its whole range and at its special values.
#include <limits>
#include <random>

#include "core/flush_denormals.h"
#include "tests/kernels/elementwise_program.h"
#include "tests/kernels/every_isa.h"

namespace genodl::testing {
namespace {

struct UnaryCase {
  const char* name;
  EwOp op;
  double (*truth)(double);
  double lowest, highest;  // the range looked at closely; all magnitudes are tried besides
  double ulps;             // allowed error, a little above the largest found
};

double expected_sign(double x) { return std::isnan(x) ? x : x > 0 ? 1 : x < 0 ? -1 : 0; }
double expected_sigmoid(double x) { return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x)); }
double expected_softplus(double x) {
  return std::fmax(x, 0.0) + std::log1p(std::exp(-std::fabs(x))) + 0 * (std::isnan(x) ? x : 0);
}

constexpr double kTau = 6.283185307179586;

const UnaryCase kCases[] = {
    {"copy", EwOp::copy, [](double x) { return x; }, -1, 1, 0},
    {"neg", EwOp::neg, [](double x) { return -x; }, -1, 1, 0},
    {"abs", EwOp::abs, [](double x) { return std::fabs(x); }, -1, 1, 0},
    {"sign", EwOp::sign, expected_sign, -1, 1, 0},
    {"square", EwOp::square, [](double x) { return x * x; }, -4, 4, 0.5},
    {"sqrt", EwOp::sqrt, [](double x) { return std::sqrt(x); }, 0, 4, 0.5},
    {"rsqrt", EwOp::rsqrt, [](double x) { return 1 / std::sqrt(x); }, 0, 4, 1.5},
    {"reciprocal", EwOp::reciprocal, [](double x) { return 1 / x; }, -4, 4, 0.5},
    {"exp", EwOp::exp, [](double x) { return std::exp(x); }, -104, 89, 1.5},
    {"expm1", EwOp::expm1, [](double x) { return std::expm1(x); }, -20, 89, 2},
    {"log", EwOp::log, [](double x) { return std::log(x); }, 0, 10, 1.5},
    {"log1p", EwOp::log1p, [](double x) { return std::log1p(x); }, -1, 10, 2},
    {"log2", EwOp::log2, [](double x) { return std::log2(x); }, 0, 10, 2.5},
    {"log10", EwOp::log10, [](double x) { return std::log10(x); }, 0, 10, 2.5},
    {"tanh", EwOp::tanh, [](double x) { return std::tanh(x); }, -10, 10, 3},
    {"sigmoid", EwOp::sigmoid, expected_sigmoid, -88, 20, 3},
    {"softplus", EwOp::softplus, expected_softplus, -88, 20, 2.5},
    {"log_sigmoid", EwOp::log_sigmoid, [](double x) { return -expected_softplus(-x); }, -20, 88, 2.5},
    {"erf", EwOp::erf, [](double x) { return std::erf(x); }, -4, 4, 2.5},
    {"sin", EwOp::sin, [](double x) { return std::sin(x); }, -20, 20, 1.5},
    {"cos", EwOp::cos, [](double x) { return std::cos(x); }, -20, 20, 1.5},
    {"tan", EwOp::tan, [](double x) { return std::tan(x); }, -20, 20, 3},
    {"asin", EwOp::asin, [](double x) { return std::asin(x); }, -1, 1, 3},
    {"acos", EwOp::acos, [](double x) { return std::acos(x); }, -1, 1, 3},
    {"atan", EwOp::atan, [](double x) { return std::atan(x); }, -5, 5, 3},
    {"sinh", EwOp::sinh, [](double x) { return std::sinh(x); }, -89.5, 89.5, 3},
    {"cosh", EwOp::cosh, [](double x) { return std::cosh(x); }, -89.5, 89.5, 3},
    {"asinh", EwOp::asinh, [](double x) { return std::asinh(x); }, -10, 10, 4},
    {"acosh", EwOp::acosh, [](double x) { return std::acosh(x); }, 1, 10, 4},
    {"atanh", EwOp::atanh, [](double x) { return std::atanh(x); }, -1, 1, 4},
    {"floor", EwOp::floor, [](double x) { return std::floor(x); }, -10, 10, 0},
    {"ceil", EwOp::ceil, [](double x) { return std::ceil(x); }, -10, 10, 0},
    {"round", EwOp::round, [](double x) { return std::nearbyint(x); }, -10, 10, 0},
    {"trunc", EwOp::trunc, [](double x) { return std::trunc(x); }, -10, 10, 0},
    {"isnan", EwOp::isnan, [](double x) { return double(std::isnan(x)); }, -1, 1, 0},
    {"isinf", EwOp::isinf, [](double x) { return double(std::isinf(x)); }, -1, 1, 0},
    {"isfinite", EwOp::isfinite, [](double x) { return double(std::isfinite(x)); }, -1, 1, 0},
    {"logical_not", EwOp::logical_not, [](double x) { return double(x == 0); }, -1, 1, 0},
    {"relu", EwOp::relu, [](double x) { return x < 0 ? 0 : x; }, -1, 1, 0},
    {"lgamma", EwOp::lgamma, [](double x) { return std::lgamma(x); }, -10, 10, 1.5},
};

std::vector<float> arguments(double lowest, double highest) {
  std::vector<float> x = {0.0f, -0.0f, 1.0f, -1.0f, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, 1e-20f, -1e-20f, 1e20f, -1e20f};
  using Limits = std::numeric_limits<float>;
  for (float special :
       {Limits::infinity(), Limits::quiet_NaN(), Limits::max(), Limits::min(), Limits::denorm_min(), 1e-40f}) {
    x.push_back(special);
    x.push_back(-special);
  }
  std::mt19937 engine(1);
  std::uniform_real_distribution<double> near(lowest, highest), exponent(-149, 128), small(-12, 6);
  for (int i = 0; i < 60000; ++i) {
    x.push_back(static_cast<float>(near(engine)));
    const float sign = i % 2 == 0 ? 1.0f : -1.0f;
    x.push_back(sign * static_cast<float>(std::exp2(exponent(engine))));
    x.push_back(sign * static_cast<float>(std::exp2(small(engine))));
  }
  return x;
}

// Denormal results may be lost entirely where denormals are flushed.
double error_of(float got, double expected, bool flushed) {
  if (flushed && std::fabs(expected) < std::numeric_limits<float>::min() &&
      std::fabs(got) <= std::numeric_limits<float>::min())
    return 0;
  return ulp_error(got, expected);
}

bool denormal(float x) { return x != 0 && std::fabs(x) < std::numeric_limits<float>::min(); }

void compare(Isa isa, const UnaryCase& c, bool flushed) {
  std::vector<float> x = arguments(c.lowest, c.highest);
  if (flushed) std::replace_if(x.begin(), x.end(), denormal, 0.0f);
  std::vector<float> y;
  if (flushed) {
    const FlushDenormals flush;
    y = run_op(isa, c.op, x);
  } else {
    y = run_op(isa, c.op, x);
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double error = error_of(y[i], c.truth(x[i]), flushed);
    CHECK_MSG(error <= c.ulps, c.name << " of " << isa_name(isa) << " at " << x[i] << ": " << y[i] << " vs "
                                      << c.truth(x[i]) << ", " << error << " ulp");
  }
}

TEST(unary_operations_are_accurate) {
  for (const UnaryCase& c : kCases) for_every_isa([&](Isa isa) { compare(isa, c, false); });
}

TEST(unary_operations_are_accurate_when_denormals_are_flushed) {
  for (const UnaryCase& c : kCases) for_every_isa([&](Isa isa) { compare(isa, c, true); });
}

// Zeros keep their sign where the true function has odd symmetry.
TEST(odd_functions_keep_the_sign_of_zero) {
  for (EwOp op :
       {EwOp::expm1, EwOp::log1p, EwOp::tanh, EwOp::erf, EwOp::erfinv, EwOp::sin, EwOp::tan, EwOp::asin, EwOp::atan,
        EwOp::sinh, EwOp::asinh, EwOp::atanh, EwOp::floor, EwOp::ceil, EwOp::round, EwOp::trunc, EwOp::sqrt}) {
    for_every_isa([&](Isa isa) {
      const std::vector<float> y = run_op(isa, op, {0.0f, -0.0f});
      CHECK_MSG(y[0] == 0 && !std::signbit(y[0]) && y[1] == 0 && std::signbit(y[1]), int(op)
                                                                                         << " of " << isa_name(isa));
    });
  }
}

TEST(erfinv_inverts_erf) {
  for_every_isa([&](Isa isa) {
    std::vector<float> x;
    for (int i = -5000; i <= 5000; ++i) x.push_back(static_cast<float>(std::tanh(i / 700.0)));
    const std::vector<float> y = run_op(isa, EwOp::erfinv, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (std::fabs(x[i]) == 1) {
        CHECK(std::isinf(y[i]) && (y[i] > 0) == (x[i] > 0));
        continue;
      }
      // One Newton step in double gives the distance to the true inverse.
      const double miss =
          x[i] > 0 ? std::erfc(double(y[i])) - (1 - double(x[i])) : (1 + double(x[i])) - std::erfc(-double(y[i]));
      const double error = miss * std::sqrt(kTau / 8) * std::exp(double(y[i]) * y[i]);
      CHECK_MSG(std::fabs(error) <= 4e-7 * std::fabs(y[i]), "at " << x[i] << ": " << y[i]);
    }
    CHECK(std::isnan(run_op(isa, EwOp::erfinv, {1.5f})[0]));
  });
}

// Values by the series definition, and the recurrence digamma(x + 1) = digamma(x) + 1 / x.
TEST(digamma_is_accurate) {
  const std::pair<float, double> known[] = {{1.0f, -0.57721566490153286}, {0.5f, -1.9635100260214235},
                                            {0.25f, -4.2274535333762654}, {10.0f, 2.2517525890667211},
                                            {-0.5f, 0.03648997397857652}, {-1.5f, 0.70315664064524319},
                                            {1e6f, 13.815510057964191}};
  for_every_isa([&](Isa isa) {
    for (const auto& [x, truth] : known) CHECK(ulp_error(run_op(isa, EwOp::digamma, {x})[0], truth) <= 1.0);
    for (int i = 1; i < 4000; ++i) {
      const float x = static_cast<float>(i) * 0.0078125f - 15.5f + 0.00390625f;
      const std::vector<float> y = run_op(isa, EwOp::digamma, {x, x + 1});
      CHECK_CLOSE(y[1] - 1.0 / x, y[0], 2e-7 * (std::fabs(y[0]) + std::fabs(1.0 / x)));
    }
    CHECK(std::isnan(run_op(isa, EwOp::digamma, {-3.0f})[0]));
    CHECK(run_op(isa, EwOp::digamma, {0.0f})[0] == -std::numeric_limits<float>::infinity());
  });
}

}  // namespace
}  // namespace genodl::testing
