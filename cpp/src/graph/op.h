// What an op is. Everything that is true of an op is a method here; only the first block is required.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "graph/node.h"
#include "graph/run_context.h"
#include "kernels/elementwise.h"

namespace genodl {

using Specs = std::span<const TensorSpec>;

// An interval [begin, end) of positions along the length axis (axis 1).
struct Range {
  index_t begin = 0;
  index_t end = 0;
  bool operator==(const Range&) const = default;
};

struct Cost {
  double flops = 0;
  double bytes = 0;
};

class GradContext;
class DeltaContext;

class Op {
 public:
  virtual ~Op() = default;
  const std::string& name() const { return name_; }

  // Shapes and dtypes of the outputs; throws ShapeError or DTypeError in the user's words.
  virtual std::vector<TensorSpec> infer(Specs inputs) const = 0;
  // Computes the outputs. Cuts the work by parallel_for into tasks that depend on shapes only.
  virtual void run(const RunContext& c) const = 0;

  // Emits nodes for the gradients of the inputs. Default: refuses by name.
  virtual void gradient(GradContext& g) const;

  // Scratch bytes that run() needs, shared by all its tasks.
  virtual std::size_t workspace(Specs inputs, Specs outputs, int workers) const;
  // Element-wise ops name their instruction and are fused into one-pass programs.
  virtual std::optional<kernels::EwOp> elementwise() const { return std::nullopt; }
  // Output 0 is the memory of input 0 under another shape.
  virtual bool is_view() const { return false; }
  // run() calls c.finish_rows() for every block of complete rows of output 0, once it is final.
  virtual bool takes_epilogue(Specs inputs) const;
  // An input whose memory output 0 may take over when nobody needs it later.
  virtual int in_place_input() const { return -1; }

  // Which positions of output 0 can change when `input` changes within `in`; nullopt: all of them.
  virtual std::optional<Range> changed(Specs inputs, int input, Range in) const;
  // Which positions of `input` the positions `out` of output 0 read; nullopt: all of them.
  virtual std::optional<Range> needed(Specs inputs, int input, Range out) const;
  // Emits the nodes of a delta plan (graph/delta.h). Default: the op itself on the changed positions,
  // if each of its positions stands alone.
  virtual Value delta(DeltaContext& d) const;
  virtual Cost cost(Specs inputs, Specs outputs) const;
  // Whether the mathematics makes the sum of an output over these axes zero, whatever the inputs.
  virtual bool sums_to_zero(int output, const Ints& axes, Specs inputs) const;

 private:
  friend std::shared_ptr<const Op> make_op(const std::string&, const Attrs&);
  std::string name_;
};

// What an op's gradient rule sees.
class GradContext {
 public:
  GradContext(std::shared_ptr<const Node> node, const Values& output_grads, std::vector<bool> needed);

  const Value& input(int i) const { return node_->inputs[static_cast<std::size_t>(i)]; }
  Value output(int i) const { return {node_, i}; }
  // Gradient of the target by output i; an empty Value where that output does not matter.
  const Value& dy(int i = 0) const { return dy_[static_cast<std::size_t>(i)]; }
  bool needs(int i) const { return needed_[static_cast<std::size_t>(i)]; }
  const Attrs& attrs() const { return node_->attrs; }
  const Node& node() const { return *node_; }

  // The gradient of input i; an input left out gets none.
  void set(int i, Value gradient);
  const Values& result() const { return result_; }

 private:
  std::shared_ptr<const Node> node_;
  Values dy_;
  std::vector<bool> needed_;
  Values result_;
};

using OpFactory = std::function<std::shared_ptr<Op>(AttrReader&)>;

// Ops register themselves at load: GENODL_REGISTER("name", Class), Class(AttrReader&).
struct OpRegistration {
  OpRegistration(const char* name, OpFactory factory);
};
std::shared_ptr<const Op> make_op(const std::string& name, const Attrs& attrs);
std::vector<std::string> registered_ops();

#define GENODL_JOIN_(a, b) a##b
#define GENODL_JOIN(a, b) GENODL_JOIN_(a, b)
#define GENODL_REGISTER(NAME, CLASS)                                             \
  static const ::genodl::OpRegistration GENODL_JOIN(registration_, __COUNTER__)( \
      NAME, [](::genodl::AttrReader& attrs) { return std::make_shared<CLASS>(attrs); });

}  // namespace genodl
