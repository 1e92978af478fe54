#include "graph/elementwise_program.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>

#include "core/parallel.h"
#include "kernels/elementwise64.h"

namespace genodl {

using kernels::EwInstr;
using kernels::EwKind;
using kernels::kEwBlock;

namespace {

// Axes of the output as one input sees them, neighbours of equal behaviour merged.
template <class Axis>
std::vector<Axis> broadcast_axes(const Shape& out, const Shape& in) {
  std::vector<Axis> axes;
  const std::size_t extra = out.size() - in.size();
  const Shape strides = strides_of(in);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i] == 1) continue;
    const bool repeats = i < extra || in[i - extra] == 1;
    const Axis axis{out[i], repeats ? 0 : strides[i - extra]};
    Axis* last = axes.empty() ? nullptr : &axes.back();
    if (last &&
        ((last->stride == 0 && axis.stride == 0) || (axis.stride != 0 && last->stride == axis.size * axis.stride)))
      *last = {last->size * axis.size, axis.stride};
    else
      axes.push_back(axis);
  }
  return axes;
}

template <class T>
constexpr bool is_dtype(DType t) {
  return t == DTypeOf<T>::value;
}

template <class T>
void convert_in(DType dtype, const void* from, T* to, index_t count) {
  if constexpr (std::is_same_v<T, float>) {
    if (dtype == DType::uint8 || dtype == DType::boolean)
      return kernels::elementwise().expand_u8(static_cast<const std::uint8_t*>(from), to, count);
  }
  dispatch(dtype, [&]<class From>() {
    const From* p = static_cast<const From*>(from);
    for (index_t i = 0; i < count; ++i) to[i] = static_cast<T>(p[i]);
  });
}

template <class To, class T>
To saturate(T x) {
  if (!(x == x)) return To{0};
  if (x <= static_cast<T>(std::numeric_limits<To>::lowest())) return std::numeric_limits<To>::lowest();
  if (x >= static_cast<T>(std::numeric_limits<To>::max())) return std::numeric_limits<To>::max();
  return static_cast<To>(x);
}

template <class T>
void convert_out(DType dtype, const T* from, void* to, index_t count) {
  if constexpr (std::is_same_v<T, float>) {
    if (dtype == DType::uint8 || dtype == DType::boolean)
      return kernels::elementwise().narrow_u8(from, static_cast<std::uint8_t*>(to), count);
  }
  dispatch(dtype, [&]<class To>() {
    To* p = static_cast<To*>(to);
    for (index_t i = 0; i < count; ++i) {
      if constexpr (std::is_floating_point_v<To>)
        p[i] = static_cast<To>(from[i]);
      else
        p[i] = saturate<To>(from[i]);
    }
  });
}

const char* advance(const void* p, DType dtype, index_t n) {
  return static_cast<const char*>(p) + n * static_cast<index_t>(size_of(dtype));
}

}  // namespace

ElementwiseProgram::ElementwiseProgram(Shape shape, std::vector<TensorSpec> inputs, std::vector<TensorSpec> outputs,
                                       const std::vector<EwNode>& nodes, bool wide)
    : shape_(std::move(shape)), input_specs_(std::move(inputs)), output_specs_(std::move(outputs)), wide_(wide) {
  const DType native = wide ? DType::float64 : DType::float32;
  const index_t n = elements(shape_);
  int scratch_blocks = 0;
  const auto new_register = [&](int scratch) {
    scratch_of_reg_.push_back(scratch);
    return static_cast<int>(scratch_of_reg_.size()) - 1;
  };

  std::vector<int> last_use_of_node(nodes.size(), -1);
  std::vector<int> last_use(input_specs_.size(), -1);
  for (std::size_t i = 0; i < nodes.size(); ++i)
    for (const EwNode::Operand& o : nodes[i].operands) {
      const auto at = static_cast<std::size_t>(o.index);
      (o.external ? last_use : last_use_of_node)[at] = static_cast<int>(i);
    }

  for (std::size_t i = 0; i < input_specs_.size(); ++i) {
    const TensorSpec& spec = input_specs_[i];
    Input input{};
    input.last_use = last_use[i];
    const bool is_native = spec.dtype == native;
    if (elements(spec.shape) == 1 && n != 1) {
      input.access = Access::scalar;
      input.reg = new_register(is_native ? -1 : scratch_blocks++);
    } else if (elements(spec.shape) == n && is_native) {
      input.access = Access::direct;
      input.reg = new_register(-1);
    } else {
      input.access = Access::expand;
      input.axes = broadcast_axes<Axis>(shape_, spec.shape);
      if (input.axes.size() == 2 && input.axes[0].stride == 0 && input.axes[1].stride == 1)
        input.period = input.axes[1].size;
      input.reg = new_register(scratch_blocks++);
    }
    inputs_.push_back(std::move(input));
  }
  // Blocks that hold whole periods let a repeated row be fetched once for a whole task.
  for (const Input& input : inputs_)
    if (input.period > 0 && input.period <= kEwBlock && block_ == kEwBlock)
      block_ = kEwBlock / input.period * input.period;

  std::vector<int> node_reg(nodes.size());
  std::vector<int> free_blocks;
  outputs_.resize(output_specs_.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const EwNode& node = nodes[i];
    EwInstr instr{};
    instr.op = node.op;
    instr.key = node.key;
    instr.kind_a = instr.kind_b = instr.kind_c = EwKind::vector;
    EwKind* kinds[] = {&instr.kind_a, &instr.kind_b, &instr.kind_c};
    std::uint16_t* regs[] = {&instr.a, &instr.b, &instr.c};
    for (std::size_t k = 0; k < node.operands.size(); ++k) {
      const EwNode::Operand& o = node.operands[k];
      const auto at = static_cast<std::size_t>(o.index);
      *regs[k] = static_cast<std::uint16_t>(o.external ? inputs_[at].reg : node_reg[at]);
      if (o.external && inputs_[at].access == Access::scalar) *kinds[k] = EwKind::scalar;
    }
    // Blocks whose last reader is this instruction may take its result.
    for (std::size_t k = 0; k < node.operands.size(); ++k) {
      const EwNode::Operand& o = node.operands[k];
      if (o.external || last_use_of_node[static_cast<std::size_t>(o.index)] != static_cast<int>(i)) continue;
      const int block = scratch_of_reg_[static_cast<std::size_t>(node_reg[static_cast<std::size_t>(o.index)])];
      if (block >= 0 && std::find(free_blocks.begin(), free_blocks.end(), block) == free_blocks.end() &&
          nodes[static_cast<std::size_t>(o.index)].output < 0)
        free_blocks.push_back(block);
    }
    const bool direct = node.output >= 0 && output_specs_[static_cast<std::size_t>(node.output)].dtype == native;
    int block = -1;
    if (!direct) {
      if (node.output < 0 && !free_blocks.empty()) {
        block = free_blocks.back();
        free_blocks.pop_back();
      } else {
        block = scratch_blocks++;
      }
    }
    node_reg[i] = new_register(block);
    if (node.output >= 0) outputs_[static_cast<std::size_t>(node.output)] = {node_reg[i], direct, static_cast<int>(i)};
    instr.dst = static_cast<std::uint16_t>(node_reg[i]);
    code_.push_back(instr);
  }
  // The register table and scratch blocks share the worker's memory.
  const std::size_t item = wide ? sizeof(double) : sizeof(float);
  scratch_bytes_ = align_up(scratch_of_reg_.size() * sizeof(void*)) +
                   static_cast<std::size_t>(scratch_blocks) * align_up(kEwBlock * item);
  plain_copy_ = nodes.size() == 1 && nodes[0].op == kernels::EwOp::copy && input_specs_ == output_specs_;
}

bool ElementwiseProgram::can_share(int input, int output) const {
  const Input& in = inputs_[static_cast<std::size_t>(input)];
  const Output& out = outputs_[static_cast<std::size_t>(output)];
  const TensorSpec& from = input_specs_[static_cast<std::size_t>(input)];
  const TensorSpec& to = output_specs_[static_cast<std::size_t>(output)];
  if (from.dtype != to.dtype || elements(from.shape) != elements(to.shape)) return false;
  // Converted inputs are read before a block runs, converted outputs written after it.
  if (in.access == Access::expand || !out.direct) return true;
  return in.access == Access::direct && in.last_use <= out.written;
}

template <class T>
void ElementwiseProgram::fetch(const Input& input, DType dtype, const void* from, T* to, index_t base,
                               index_t count) const {
  if (input.axes.empty()) return convert_in(dtype, from, to, count);
  const Axis inner = input.axes.back();
  for (index_t done = 0; done < count;) {
    index_t rest = base + done;
    const index_t position = rest % inner.size;
    rest /= inner.size;
    index_t offset = position * inner.stride;
    for (std::size_t k = input.axes.size() - 1; k-- > 0;) {
      offset += rest % input.axes[k].size * input.axes[k].stride;
      rest /= input.axes[k].size;
    }
    const index_t run = std::min(inner.size - position, count - done);
    if (inner.stride == 0) {
      T value;
      convert_in(dtype, advance(from, dtype, offset), &value, 1);
      std::fill(to + done, to + done + run, value);
    } else if (is_dtype<T>(dtype)) {
      std::memcpy(to + done, advance(from, dtype, offset), static_cast<std::size_t>(run) * sizeof(T));
    } else {
      convert_in(dtype, advance(from, dtype, offset), to + done, run);
    }
    done += run;
  }
}

template <class T>
void ElementwiseProgram::run_blocks(const void* const* inputs, void* const* outputs, std::byte* scratch, index_t begin,
                                    index_t end, std::uint64_t step) const {
  T** regs = reinterpret_cast<T**>(scratch);
  std::byte* blocks = scratch + align_up(scratch_of_reg_.size() * sizeof(void*));
  const auto block_at = [&](int block) {
    return reinterpret_cast<T*>(blocks + static_cast<std::size_t>(block) * align_up(kEwBlock * sizeof(T)));
  };
  for (std::size_t r = 0; r < scratch_of_reg_.size(); ++r)
    regs[r] = scratch_of_reg_[r] >= 0 ? block_at(scratch_of_reg_[r]) : nullptr;

  const auto whole_periods = [&](const Input& input) {
    return input.period > 0 && block_ % input.period == 0 && begin % input.period == 0;
  };
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const Input& input = inputs_[i];
    const DType dtype = input_specs_[i].dtype;
    T*& reg = regs[input.reg];
    if (input.access == Access::scalar) {
      if (is_dtype<T>(dtype))
        reg = static_cast<T*>(const_cast<void*>(inputs[i]));
      else
        convert_in(dtype, inputs[i], reg, 1);
    } else if (input.access == Access::expand && whole_periods(input)) {
      fetch(input, dtype, inputs[i], reg, begin, std::min(block_, end - begin));
    }
  }

  for (index_t base = begin; base < end;) {
    const index_t count = std::min(block_, end - base);
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const Input& input = inputs_[i];
      const DType dtype = input_specs_[i].dtype;
      if (input.access == Access::direct)
        regs[input.reg] = static_cast<T*>(const_cast<void*>(inputs[i])) + base;
      else if (input.access == Access::expand && !whole_periods(input)) {
        const index_t at = input.period > 0 ? base % input.period : 0;
        if (input.period > 0 && is_dtype<T>(dtype) && at + count <= input.period) {
          regs[input.reg] = static_cast<T*>(const_cast<void*>(inputs[i])) + at;
        } else {
          regs[input.reg] = block_at(scratch_of_reg_[static_cast<std::size_t>(input.reg)]);
          fetch(input, dtype, inputs[i], regs[input.reg], base, count);
        }
      }
    }
    for (std::size_t o = 0; o < outputs_.size(); ++o)
      if (outputs_[o].direct) regs[outputs_[o].reg] = static_cast<T*>(outputs[o]) + base;

    if constexpr (std::is_same_v<T, float>)
      kernels::elementwise().run(code_.data(), instructions(), regs, count, static_cast<std::uint64_t>(base), step);
    else
      kernels::elementwise64().run(code_.data(), instructions(), regs, count, static_cast<std::uint64_t>(base), step);

    for (std::size_t o = 0; o < outputs_.size(); ++o)
      if (!outputs_[o].direct) {
        const DType dtype = output_specs_[o].dtype;
        convert_out(dtype, regs[outputs_[o].reg], const_cast<char*>(advance(outputs[o], dtype, base)), count);
      }
    base += count;
  }
}

void ElementwiseProgram::run(const void* const* inputs, void* const* outputs, std::byte* scratch, index_t begin,
                             index_t end, std::uint64_t step) const {
  const DType dtype = output_specs_[0].dtype;
  if (plain_copy_)
    std::memmove(const_cast<char*>(advance(outputs[0], dtype, begin)), advance(inputs[0], dtype, begin),
                 static_cast<std::size_t>(end - begin) * size_of(dtype));
  else if (wide_)
    run_blocks<double>(inputs, outputs, scratch, begin, end, step);
  else
    run_blocks<float>(inputs, outputs, scratch, begin, end, step);
}

void ElementwiseProgram::run_all(const void* const* inputs, void* const* outputs, std::byte* scratch,
                                 std::uint64_t step) const {
  constexpr index_t kTaskElements = 16384;
  const index_t n = elements(shape_);
  const index_t grain = std::max<index_t>(1, kTaskElements / block_) * block_;
  const index_t tasks = (n + grain - 1) / grain;
  parallel_for(tasks, [&](index_t task, int worker) {
    run(inputs, outputs, scratch + static_cast<std::size_t>(worker) * scratch_bytes_, task * grain,
        std::min(n, (task + 1) * grain), step);
  });
}

}  // namespace genodl
