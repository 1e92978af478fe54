// A group of element-wise nodes compiled to one pass: blocks of up to kEwBlock elements go through
// all instructions while they are in the first-level cache.
#pragma once

#include <vector>

#include "graph/node.h"
#include "kernels/elementwise.h"

namespace genodl {

// One element-wise node of a group, in execution order. Operands are external inputs or earlier nodes.
struct EwNode {
  struct Operand {
    bool external = false;
    int index = 0;
  };
  kernels::EwOp op;
  std::vector<Operand> operands;
  std::uint64_t key = 0;  // of random ops
  TensorSpec spec;
  int output = -1;  // position among the outputs, or -1
};

class ElementwiseProgram {
 public:
  // `shape` is that of every output; inputs broadcast to it. With `wide`, computes in double.
  ElementwiseProgram(Shape shape, std::vector<TensorSpec> inputs, std::vector<TensorSpec> outputs,
                     const std::vector<EwNode>& nodes, bool wide);

  const Shape& shape() const { return shape_; }
  int inputs() const { return static_cast<int>(inputs_.size()); }
  int outputs() const { return static_cast<int>(outputs_.size()); }
  int instructions() const { return static_cast<int>(code_.size()); }
  bool wide() const { return wide_; }
  const std::vector<TensorSpec>& input_specs() const { return input_specs_; }
  const std::vector<TensorSpec>& output_specs() const { return output_specs_; }

  // Scratch one worker needs.
  std::size_t scratch_bytes() const { return scratch_bytes_; }
  // Whether the output may use the memory of the input: read for the last time no later than written.
  bool can_share(int input, int output) const;

  // Elements [begin, end) of the flat outputs.
  void run(const void* const* inputs, void* const* outputs, std::byte* scratch, index_t begin, index_t end,
           std::uint64_t step) const;
  // Everything, in parallel; scratch holds scratch_bytes() for each worker.
  void run_all(const void* const* inputs, void* const* outputs, std::byte* scratch, std::uint64_t step) const;

 private:
  enum class Access { direct, scalar, expand };  // straight from memory, one number, or through scratch
  struct Axis {
    index_t size;
    index_t stride;  // 0 where the input repeats
  };
  struct Input {
    Access access;
    int reg;
    std::vector<Axis> axes;  // of `expand`: outermost first
    index_t period = 0;      // the input repeats every so many elements (0: it does not)
    int last_use = 0;
  };
  struct Output {
    int reg;
    bool direct;  // written in place by its instruction
    int written;  // by which instruction
  };

  template <class T>
  void run_blocks(const void* const* inputs, void* const* outputs, std::byte* scratch, index_t begin, index_t end,
                  std::uint64_t step) const;
  template <class T>
  void fetch(const Input& input, DType dtype, const void* from, T* to, index_t base, index_t count) const;

  Shape shape_;
  std::vector<TensorSpec> input_specs_, output_specs_;
  bool wide_;
  std::vector<Input> inputs_;
  std::vector<Output> outputs_;
  std::vector<kernels::EwInstr> code_;
  std::vector<int> scratch_of_reg_;  // scratch block of a register, -1 where it points to memory
  index_t block_ = kernels::kEwBlock;
  std::size_t scratch_bytes_ = 0;
  bool plain_copy_ = false;  // moves bytes: int64 has numbers that double has not
};

}  // namespace genodl
