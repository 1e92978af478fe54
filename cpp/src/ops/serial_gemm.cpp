#include "ops/serial_gemm.h"

#include <algorithm>

namespace genodl {

namespace {
// So that what a size needs never shares a cache line with its neighbour.
index_t lines(index_t floats) { return (floats + 15) / 16 * 16; }
}  // namespace

SerialGemm::SerialGemm(index_t most, index_t k, index_t n, index_t lda, index_t ldb)
    : most_(most), k_(k), n_(n), lda_(lda), ldb_(ldb) {
  const kernels::GemmKernels& g = kernels::gemm();
  if (g.pack_tasks(shape(most)) > 0) packed_ = lines(g.workspace(shape(most)));
  for (index_t rows = most;; rows = rows * 3 / 4) {
    const bool packs = g.pack_tasks(shape(rows)) > 0;
    // A size that wants b packed can only be used where it is.
    if (!packs || packed_) {
      sizes_.push_back(rows);
      if (!packs) own_ = std::max(own_, lines(g.workspace(shape(rows))));
      per_task_ = std::max(per_task_, lines(g.scratch(shape(rows))));
    }
    if (rows <= 4) break;
  }
  std::reverse(sizes_.begin(), sizes_.end());
}

void SerialGemm::run(const float* a, index_t rows, const float* b, float* c, float* packed, float* scratch) const {
  if (rows == 0) return;
  const kernels::GemmKernels& g = kernels::gemm();
  const kernels::GemmShape s = shape(*std::lower_bound(sizes_.begin(), sizes_.end(), rows));
  float* const workspace = g.pack_tasks(s) > 0 ? packed : scratch;
  for (index_t t = 0, n = g.tasks(s); t < n; ++t) g.multiply(s, a, b, c, false, workspace, t, scratch + own_);
  for (index_t t = 0, n = g.reduce_tasks(s); t < n; ++t) g.reduce(s, workspace, c, false, t);
}

}  // namespace genodl
