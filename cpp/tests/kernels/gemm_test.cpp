// The matrix products of every instruction set against plain loops in double precision.
#include "kernels/gemm.h"

#include "tests/kernels/dense.h"

namespace genodl::kernels {
const GemmKernels& gemm(Isa isa);
}

namespace {

using genodl::available_isas;
using genodl::Isa;
using genodl::isa_name;
using genodl::kernels::gemm;
using genodl::kernels::GemmBlock;
using genodl::kernels::GemmKernels;
using genodl::kernels::GemmShape;
using genodl::kernels::index_t;
using namespace genodl::testing;

std::string describe(const GemmShape& s) {
  std::ostringstream out;
  out << s.m << "x" << s.n << "x" << s.k << (s.transpose_a ? " a transposed" : "")
      << (s.transpose_b ? " b transposed" : "") << ", strides " << s.lda << " " << s.ldb << " " << s.ldc;
  return out.str();
}

GemmShape dense(index_t m, index_t n, index_t k, bool ta = false, bool tb = false, index_t gap = 0) {
  return {m, n, k, (ta ? m : k) + gap, (tb ? k : n) + gap, n + gap, ta, tb};
}

std::size_t extent(index_t rows, index_t columns, index_t stride) {
  return static_cast<std::size_t>(rows > 0 && columns > 0 ? (rows - 1) * stride + columns : 0);
}

Guarded<float> run(const GemmKernels& k, const GemmShape& s, const float* a, const float* b,
                   const std::vector<float>& before, bool accumulate) {
  Guarded<float> c(before.size()), scratch = nan_output(static_cast<std::size_t>(k.scratch(s)));
  std::copy(before.begin(), before.end(), c.begin());
  Guarded<float> workspace = nan_output(static_cast<std::size_t>(k.workspace(s)));
  for (index_t t = 0; t < k.pack_tasks(s); ++t) k.pack(s, k.packs_a(s) ? a : b, workspace.data(), t);
  index_t next_row = 0;
  for (index_t t = 0; t < k.tasks(s); ++t) {
    const GemmBlock block = k.multiply(s, a, b, c.data(), accumulate, workspace.data(), t, scratch.data());
    if (!k.complete_rows(s)) continue;
    CHECK_MSG(block.row_begin == next_row && block.column_begin == 0 && block.column_end == s.n, describe(s));
    next_row = block.row_end;
  }
  if (k.complete_rows(s) && s.n > 0) CHECK_MSG(next_row == s.m, describe(s));
  for (index_t t = 0; t < k.reduce_tasks(s); ++t) k.reduce(s, workspace.data(), c.data(), accumulate, t);
  CHECK_MSG(scratch.intact() && workspace.intact(), describe(s));
  return c;
}

void check_shape(const GemmShape& s, unsigned seed) {
  std::mt19937 random(seed);
  const Poisoned a(s.transpose_a ? extent(s.k, s.m, s.lda) : extent(s.m, s.k, s.lda), random);
  const Poisoned b(s.transpose_b ? extent(s.n, s.k, s.ldb) : extent(s.k, s.n, s.ldb), random);
  std::vector<float> before(extent(s.m, s.n, s.ldc));
  for (float& value : before) value = std::uniform_real_distribution<float>(-1, 1)(random);
  std::vector<double> product(before.begin(), before.end()), sum = product;
  for (index_t i = 0; i < s.m; ++i)
    for (index_t j = 0; j < s.n; ++j) {
      double total = 0;
      for (index_t k = 0; k < s.k; ++k)
        total += static_cast<double>(a.data()[s.transpose_a ? k * s.lda + i : i * s.lda + k]) *
                 b.data()[s.transpose_b ? j * s.ldb + k : k * s.ldb + j];
      const auto at = static_cast<std::size_t>(i * s.ldc + j);
      product[at] = total;
      sum[at] += total;
    }
  for (const Isa isa : available_isas()) {
    const std::string what = std::string(isa_name(isa)) + ", " + describe(s);
    const double tolerance = sum_tolerance(static_cast<double>(s.k));
    check_close(run(gemm(isa), s, a.data(), b.data(), before, false), product, tolerance, what);
    check_close(run(gemm(isa), s, a.data(), b.data(), before, true), sum, tolerance, what + ", accumulated");
  }
}

void check_all_ways(index_t m, index_t n, index_t k) {
  unsigned seed = 1;
  for (const bool ta : {false, true})
    for (const bool tb : {false, true})
      for (const index_t gap : {0, 3}) check_shape(dense(m, n, k, ta, tb, gap), seed++);
}

}  // namespace

TEST(gemm_network_shapes) {
  check_all_ways(32, 16, 20);
  check_all_ways(32, 1, 16);
  check_all_ways(20, 16, 32);
  check_all_ways(64, 164, 1000);
  check_all_ways(130, 300, 200);
  check_all_ways(600, 40, 30);
}

TEST(gemm_thin_shapes) {
  for (const index_t m : {1, 2, 3, 5, 8, 9}) check_all_ways(m, 100, 700);
  for (const index_t n : {1, 2, 3, 4, 5, 8}) check_all_ways(70, n, 1100);
  check_all_ways(1, 1, 5000);
  check_all_ways(1, 1300, 300);
  check_all_ways(1300, 1, 300);
}

TEST(gemm_long_sums) {
  check_all_ways(10, 40, 9000);
  check_all_ways(64, 256, 3000);
}

TEST(gemm_few_rows_many_columns) {
  check_all_ways(64, 300, 200);
  check_all_ways(30, 90, 64);
  check_all_ways(47, 1000, 333);
  check_all_ways(16, 600, 5000);
}

TEST(gemm_rows_in_the_same_cache_sets) {
  check_all_ways(300, 140, 512);
  check_shape(dense(1800, 256, 512), 1);
  check_shape(dense(1800, 260, 488, false, true, 24), 2);  // a and b 512 apart
}

TEST(gemm_empty) {
  check_all_ways(0, 5, 7);
  check_all_ways(5, 0, 7);
  check_all_ways(5, 7, 0);
  check_all_ways(1, 7, 0);
  check_all_ways(40, 1, 0);
}

TEST(gemm_random_shapes) {
  std::mt19937 random(7);
  const auto pick = [&](index_t high) { return std::uniform_int_distribution<index_t>(1, high)(random); };
  for (int trial = 0; trial < 60; ++trial) check_all_ways(pick(90), pick(90), pick(300));
  for (int trial = 0; trial < 8; ++trial) check_all_ways(pick(400), pick(400), pick(400));
}
