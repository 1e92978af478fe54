// How an op that runs float32 kernels lays out its workspace.
#pragma once

#include "graph/run_context.h"

namespace genodl {

// Floats that all tasks of a run share, then scratch for each worker.
class FloatWorkspace {
 public:
  FloatWorkspace(index_t shared, index_t per_worker)
      : shared_(align_up(bytes(shared))), per_worker_(align_up(bytes(per_worker))) {}
  std::size_t size(int workers) const { return shared_ + static_cast<std::size_t>(workers) * per_worker_; }
  float* shared(const RunContext& c) const { return reinterpret_cast<float*>(c.workspace()); }
  float* scratch(const RunContext& c, int worker) const {
    return reinterpret_cast<float*>(c.workspace() + shared_ + static_cast<std::size_t>(worker) * per_worker_);
  }

 private:
  static std::size_t bytes(index_t floats) { return static_cast<std::size_t>(floats) * sizeof(float); }
  std::size_t shared_, per_worker_;
};

}  // namespace genodl
