// Operations of two and three operands against double precision, special values included.
#include <limits>
#include <random>

#include "tests/kernels/elementwise_program.h"
#include "tests/kernels/every_isa.h"

namespace genodl::testing {
namespace {

double expected_mod(double a, double b) {
  const double rest = std::fmod(a, b);
  if (std::isnan(rest)) return rest;
  if (rest == 0) return std::copysign(0.0, b);
  return (rest < 0) != (b < 0) ? static_cast<double>(static_cast<float>(rest + b)) : rest;
}
// Exact for operands whose quotient a double holds.
double expected_floor_divide(double a, double b) {
  if (b == 0) return a / b;
  if (std::isinf(a)) return std::nan("");
  if (std::isinf(b)) return a != 0 && (a < 0) != (b < 0) ? -1 : 0;
  return std::floor(a / b);
}

struct BinaryCase {
  const char* name;
  EwOp op;
  double (*truth)(double, double);
  double ulps;
};

const BinaryCase kCases[] = {
    {"add", EwOp::add, [](double a, double b) { return a + b; }, 0.5},
    {"sub", EwOp::sub, [](double a, double b) { return a - b; }, 0.5},
    {"mul", EwOp::mul, [](double a, double b) { return a * b; }, 0.5},
    {"div", EwOp::div, [](double a, double b) { return a / b; }, 0.5},
    {"pow", EwOp::pow, [](double a, double b) { return std::pow(a, b); }, 1.0},
    {"minimum", EwOp::minimum, [](double a, double b) { return std::isnan(a) || a < b ? a : b; }, 0},
    {"maximum", EwOp::maximum, [](double a, double b) { return std::isnan(a) || a > b ? a : b; }, 0},
    {"mod", EwOp::mod, expected_mod, 0.5},
    {"arctan2", EwOp::arctan2, [](double a, double b) { return std::atan2(a, b); }, 3},
    {"equal", EwOp::equal, [](double a, double b) { return double(a == b); }, 0},
    {"not_equal", EwOp::not_equal, [](double a, double b) { return double(a != b); }, 0},
    {"less", EwOp::less, [](double a, double b) { return double(a < b); }, 0},
    {"less_equal", EwOp::less_equal, [](double a, double b) { return double(a <= b); }, 0},
    {"greater", EwOp::greater, [](double a, double b) { return double(a > b); }, 0},
    {"greater_equal", EwOp::greater_equal, [](double a, double b) { return double(a >= b); }, 0},
    {"logical_and", EwOp::logical_and, [](double a, double b) { return double(a != 0 && b != 0); }, 0},
    {"logical_or", EwOp::logical_or, [](double a, double b) { return double(a != 0 || b != 0); }, 0},
    {"logical_xor", EwOp::logical_xor, [](double a, double b) { return double((a != 0) != (b != 0)); }, 0},
};

struct Pairs {
  std::vector<float> a, b;
  void add(float x, float y) {
    a.push_back(x);
    b.push_back(y);
  }
};

Pairs pairs() {
  using Limits = std::numeric_limits<float>;
  const float special[] = {0.0f,
                           -0.0f,
                           1,
                           -1,
                           2,
                           -2,
                           3,
                           -3,
                           0.5f,
                           -0.5f,
                           0.3f,
                           -0.7f,
                           1e-30f,
                           1e30f,
                           -1e30f,
                           16777217.0f,
                           Limits::infinity(),
                           -Limits::infinity(),
                           Limits::quiet_NaN(),
                           Limits::max(),
                           Limits::min()};
  Pairs p;
  for (float x : special)
    for (float y : special) p.add(x, y);
  std::mt19937 engine(2);
  std::uniform_real_distribution<float> near(-8, 8), exponent(-60, 60);
  std::uniform_int_distribution<int> whole(-6, 6);
  for (int i = 0; i < 40000; ++i) {
    p.add(near(engine), near(engine));
    p.add(std::fabs(near(engine)), near(engine) * 4);
    p.add(near(engine), static_cast<float>(whole(engine)));
    p.add(std::exp2(exponent(engine)), (i % 2 ? 1 : -1) * std::exp2(exponent(engine)));
  }
  return p;
}

TEST(binary_operations_are_accurate) {
  const Pairs p = pairs();
  for (const BinaryCase& c : kCases) {
    for_every_isa([&](Isa isa) {
      const std::vector<float> y = run_op(isa, c.op, p.a, p.b);
      for (std::size_t i = 0; i < y.size(); ++i) {
        const double truth = c.truth(p.a[i], p.b[i]);
        const double error = ulp_error(y[i], truth);
        CHECK_MSG(error <= c.ulps, c.name << " of " << isa_name(isa) << " at (" << p.a[i] << ", " << p.b[i]
                                          << "): " << y[i] << " vs " << truth << ", " << error << " ulp");
        if (truth == 0)
          CHECK_MSG(std::signbit(y[i]) == std::signbit(truth) || c.op == EwOp::minimum || c.op == EwOp::maximum,
                    c.name << ": sign of zero at (" << p.a[i] << ", " << p.b[i] << ")");
      }
    });
  }
}

TEST(floor_divide_follows_python) {
  Pairs p;
  std::mt19937 engine(3);
  std::uniform_int_distribution<int> whole(-5000, 5000);
  std::uniform_real_distribution<float> near(-50, 50);
  for (int i = 0; i < 40000; ++i) {
    p.add(static_cast<float>(whole(engine)), static_cast<float>(whole(engine)));
    p.add(near(engine), near(engine));
  }
  constexpr float kInf = std::numeric_limits<float>::infinity();
  for (float x : {0.0f, 5.0f, -5.0f, kInf, -kInf})
    for (float y : {0.0f, -0.0f, 3.0f, -3.0f, kInf, -kInf}) p.add(x, y);
  for_every_isa([&](Isa isa) {
    const std::vector<float> y = run_op(isa, EwOp::floor_divide, p.a, p.b);
    for (std::size_t i = 0; i < y.size(); ++i) {
      const double truth = expected_floor_divide(p.a[i], p.b[i]);
      CHECK_MSG(ulp_error(y[i], truth) == 0, p.a[i] << " // " << p.b[i] << ": " << y[i] << " vs " << truth);
    }
  });
}

TEST(pow_with_common_scalar_exponents) {
  const std::vector<float> x = pairs().a;
  for (float exponent : {2.0f, 3.0f, -1.0f, 0.5f, 0.0f}) {
    for_every_isa([&](Isa isa) {
      for (std::size_t first = 0; first + 512 < x.size(); first += 512) {
        const EwInstr program = instruction(EwOp::pow, EwKind::vector, EwKind::scalar);
        std::vector<float> in(x.begin() + first, x.begin() + first + 512), out(512);
        float* regs[] = {in.data(), &exponent, nullptr, out.data()};
        kernels::elementwise(isa).run(&program, 1, regs, 512, 0, 0);
        for (int i = 0; i < 512; ++i) {
          const double truth = std::pow(double(in[i]), double(exponent));
          // a cube is rounded twice
          CHECK_MSG(ulp_error(out[i], truth) <= 1.5, in[i] << " ** " << exponent << ": " << out[i] << " vs " << truth);
        }
      }
    });
  }
}

TEST(where_and_multiply_add) {
  const Pairs p = pairs();
  std::vector<float> c(p.a.rbegin(), p.a.rend());
  for_every_isa([&](Isa isa) {
    const std::vector<float> chosen = run_op(isa, EwOp::where, p.a, p.b, c),
                             sum = run_op(isa, EwOp::multiply_add, p.a, p.b, c);
    for (std::size_t i = 0; i < c.size(); ++i) {
      const float expected = p.a[i] != 0 ? p.b[i] : c[i];
      CHECK(std::memcmp(&expected, &chosen[i], 4) == 0 || std::isnan(expected));
      const float fused = std::fma(p.a[i], p.b[i], c[i]), plain = p.a[i] * p.b[i] + c[i];
      CHECK_MSG(sum[i] == fused || sum[i] == plain || (std::isnan(fused) && std::isnan(sum[i])),
                p.a[i] << " " << p.b[i] << " " << c[i]);
    }
  });
}

}  // namespace
}  // namespace genodl::testing
