// What an op sees while it runs: pointers, shapes, workspace, and the element-wise program (if any)
// that the plan attached behind it.
#pragma once

#include <cstdint>

#include "core/tensor.h"

namespace genodl {

class ElementwiseProgram;

// Buffers of an attached element-wise program.
struct Epilogue {
  const ElementwiseProgram* program = nullptr;
  const void* const* inputs = nullptr;
  void* const* outputs = nullptr;
  std::byte* scratch = nullptr;  // program->scratch_bytes() for each worker
};

class RunContext {
 public:
  RunContext(const TensorSpec* in_specs, int inputs, const TensorSpec* out_specs, int outputs, const void* const* in,
             void* const* out, std::byte* workspace, std::uint64_t step, const Epilogue* epilogue = nullptr)
      : in_specs_(in_specs),
        out_specs_(out_specs),
        inputs_(inputs),
        outputs_(outputs),
        in_(in),
        out_(out),
        workspace_(workspace),
        step_(step),
        epilogue_(epilogue) {}

  int inputs() const { return inputs_; }
  int outputs() const { return outputs_; }
  const TensorSpec& in_spec(int i) const { return in_specs_[i]; }
  const TensorSpec& out_spec(int i) const { return out_specs_[i]; }
  const Shape& in_shape(int i) const { return in_specs_[i].shape; }
  const Shape& out_shape(int i) const { return out_specs_[i].shape; }
  template <class T>
  const T* in(int i) const {
    return static_cast<const T*>(in_[i]);
  }
  template <class T>
  T* out(int i) const {
    return static_cast<T*>(out_[i]);
  }
  std::byte* workspace() const { return workspace_; }
  // Number of the run, for counter-based random numbers.
  std::uint64_t step() const { return step_; }

  // Ops with takes_epilogue() call this from their tasks for each block of complete rows
  // [row_begin, row_end) of output 0 (a row is the last axis), once these rows are final.
  void finish_rows(std::int64_t row_begin, std::int64_t row_end, int worker) const {
    if (epilogue_) run_epilogue(row_begin, row_end, worker);
  }
  bool has_epilogue() const { return epilogue_ != nullptr; }

 private:
  void run_epilogue(std::int64_t row_begin, std::int64_t row_end, int worker) const;

  const TensorSpec* in_specs_;
  const TensorSpec* out_specs_;
  int inputs_;
  int outputs_;
  const void* const* in_;
  void* const* out_;
  std::byte* workspace_;
  std::uint64_t step_;
  const Epilogue* epilogue_;
};

}  // namespace genodl
