// Products with one common matrix b, (rows, k) by (k, n), run by single workers in blocks of rows: b is
// packed once for all of them.
#pragma once

#include <vector>

#include "core/index.h"
#include "kernels/gemm.h"

namespace genodl {

class SerialGemm {
 public:
  // At most `most` rows a product; lda and ldb as in kernels/gemm.h, c is dense.
  SerialGemm(index_t most, index_t k, index_t n, index_t lda, index_t ldb);

  // Floats for the packed b, and for each worker.
  index_t packed() const { return packed_; }
  index_t scratch() const { return own_ + per_task_; }
  index_t pack_tasks() const { return packed_ ? kernels::gemm().pack_tasks(shape(most_)) : 0; }
  void pack(const float* b, float* packed, index_t task) const { kernels::gemm().pack(shape(most_), b, packed, task); }

  // Rounds the rows up to one of few sizes: a and c must hold that many, up to `most`.
  void run(const float* a, index_t rows, const float* b, float* c, float* packed, float* scratch) const;

 private:
  kernels::GemmShape shape(index_t rows) const { return {rows, n_, k_, lda_, ldb_, n_, false, false}; }

  index_t most_, k_, n_, lda_, ldb_;
  std::vector<index_t> sizes_;  // rising, the last is most_
  index_t packed_ = 0, own_ = 0, per_task_ = 0;
};

}  // namespace genodl
