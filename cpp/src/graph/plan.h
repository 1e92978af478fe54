// A graph compiled for running: steps in order, every buffer placed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "graph/elementwise_program.h"
#include "graph/node.h"
#include "graph/op.h"

namespace genodl {

struct Buffer {
  enum class Kind { arena, input, output, variable, constant };
  Kind kind = Kind::arena;
  std::size_t bytes = 0;
  std::size_t offset = 0;     // in the arena
  int index = 0;              // of the input or output
  int first = -1, last = -1;  // steps that touch it; -1: none does
  std::shared_ptr<Variable> variable;
  Tensor constant;
};

// One step: an op, an element-wise program, or an op with the program as its epilogue.
struct Step {
  std::shared_ptr<const Op> op;
  std::shared_ptr<const ElementwiseProgram> program;
  std::vector<int> inputs, outputs;                   // buffers of the op
  std::vector<TensorSpec> input_specs, output_specs;  // of the op
  std::vector<int> program_inputs, program_outputs;   // buffers of the program
  std::size_t workspace_bytes = 0, workspace_offset = 0;
  std::size_t scratch_bytes = 0, scratch_offset = 0;
  std::string layer;
  std::string label;  // the ops in it, for people
};

struct Plan {
  std::vector<TensorSpec> inputs, outputs;
  std::vector<Buffer> buffers;
  std::vector<Step> steps;
  std::size_t arena_bytes = 0;
  int workers = 1;  // threads for which scratch was planned
};

// `inputs` are the placeholders in the order in which run() gets their values.
std::shared_ptr<const Plan> compile(const Values& inputs, const Values& outputs,
                                    const std::vector<VariableUpdate>& updates);

Cost cost_of(const Step& step);

}  // namespace genodl
