// Fetches a matrix that will be needed soon, a share at a time between other work: tiles walk
// memory in strides that hardware prefetchers do not follow.
#pragma once

#include "microkernel.simd.h"

namespace genodl::kernels::GENODL_ISA {

class Prefetch {
 public:
  Prefetch() = default;
  // `rows` runs of `columns` floats, `stride` apart, fetched in about `calls` calls of some().
  Prefetch(const float* start, index_t rows, index_t columns, index_t stride, index_t calls)
      : row_(start), rows_(columns > 0 ? rows : 0), columns_(columns), stride_(stride) {
    const index_t lines = rows_ * (columns / kLine + 1);
    share_ = divide_up(lines, larger(1, calls));
  }

  void some() {
    for (index_t left = share_; left > 0 && rows_ > 0; --left) {
      __builtin_prefetch(row_ + column_, 0, 2);
      column_ += kLine;
      if (column_ < columns_) continue;
      column_ = 0;
      row_ += stride_;
      --rows_;
    }
  }

 private:
  static constexpr index_t kLine = 16;  // floats of a cache line
  const float* row_ = nullptr;
  index_t rows_ = 0, columns_ = 0, stride_ = 0, column_ = 0, share_ = 0;
};

// The same for tiles that fetch while they add: hands out rows, several for each call.
class FetchQueue {
 public:
  static constexpr index_t kMost = 24;  // rows a call can take

  FetchQueue() = default;
  FetchQueue(const float* start, index_t rows, index_t columns, index_t stride)
      : row_(start), rows_(columns > 0 ? rows : 0), columns_(columns), stride_(stride) {}

  index_t rows() const { return rows_; }
  index_t row_bytes() const { return columns_ * index_t{sizeof(float)}; }
  const char* take() {
    const char* row = reinterpret_cast<const char*>(row_);
    row_ += stride_;
    --rows_;
    return row;
  }

 private:
  const float* row_ = nullptr;
  index_t rows_ = 0, columns_ = 0, stride_ = 0;
};

}  // namespace genodl::kernels::GENODL_ISA
