#include "graph/session.h"

#include <chrono>
#include <stdexcept>

#include "core/parallel.h"

namespace genodl {

void RunContext::run_epilogue(std::int64_t row_begin, std::int64_t row_end, int worker) const {
  const ElementwiseProgram& program = *epilogue_->program;
  const std::int64_t width = out_specs_[0].shape.empty() ? 1 : out_specs_[0].shape.back();
  program.run(epilogue_->inputs, epilogue_->outputs,
              epilogue_->scratch + static_cast<std::size_t>(worker) * program.scratch_bytes(), row_begin * width,
              row_end * width, step_);
}

Session::Session(std::shared_ptr<const Plan> plan) : plan_(std::move(plan)) {
  if (plan_->arena_bytes) arena_ = allocate(plan_->arena_bytes);
  const auto resolve = [&](const std::vector<int>& buffers) {
    const std::size_t begin = pointers_.size();
    for (int b : buffers) {
      const Buffer& buffer = plan_->buffers[static_cast<std::size_t>(b)];
      void* p = nullptr;
      switch (buffer.kind) {
        case Buffer::Kind::arena:
          p = static_cast<std::byte*>(arena_.get()) + buffer.offset;
          break;
        case Buffer::Kind::variable:
          p = buffer.variable->tensor.data();
          break;
        case Buffer::Kind::constant:
          p = buffer.constant.data();
          break;
        case Buffer::Kind::input:
          input_places_.push_back({pointers_.size(), buffer.index});
          break;
        case Buffer::Kind::output:
          output_places_.push_back({pointers_.size(), buffer.index});
          break;
      }
      pointers_.push_back(p);
    }
    return begin;
  };
  for (const Step& step : plan_->steps) {
    Frame frame{};
    frame.inputs = resolve(step.inputs);
    frame.outputs = resolve(step.outputs);
    frame.program_inputs = resolve(step.program_inputs);
    frame.program_outputs = resolve(step.program_outputs);
    frames_.push_back(frame);
  }
}

void Session::run(const void* const* inputs, void* const* outputs, std::uint64_t number, double* seconds) {
  const std::lock_guard lock(mutex_);
  const ThreadScope threads(plan_->workers, spare_pool_);
  for (const Place& p : input_places_) pointers_[p.at] = const_cast<void*>(inputs[p.index]);
  for (const Place& p : output_places_) pointers_[p.at] = outputs[p.index];
  using Clock = std::chrono::steady_clock;
  for (std::size_t s = 0; s < plan_->steps.size(); ++s) {
    const Clock::time_point start = seconds ? Clock::now() : Clock::time_point();
    run_step(s, number);
    if (seconds) seconds[s] = std::chrono::duration<double>(Clock::now() - start).count();
  }
}

void Session::run_step(std::size_t index, std::uint64_t number) {
  const Step& step = plan_->steps[index];
  const Frame& frame = frames_[index];
  auto* const arena = static_cast<std::byte*>(arena_.get());
  void** const base = pointers_.data();
  std::byte* const scratch = arena + step.scratch_offset;
  if (!step.op) {
    step.program->run_all(base + frame.program_inputs, base + frame.program_outputs, scratch, number);
    return;
  }
  const Epilogue epilogue{step.program.get(), base + frame.program_inputs, base + frame.program_outputs, scratch};
  step.op->run(RunContext(step.input_specs.data(), static_cast<int>(step.inputs.size()), step.output_specs.data(),
                          static_cast<int>(step.outputs.size()), base + frame.inputs, base + frame.outputs,
                          arena + step.workspace_offset, number, step.program ? &epilogue : nullptr));
}

std::vector<Tensor> run_eagerly(const std::string& op, const std::vector<Tensor>& inputs, const Attrs& attrs,
                                std::uint64_t step) {
  Values placeholders;
  std::vector<const void*> in;
  for (const Tensor& t : inputs) {
    placeholders.push_back(make_placeholder(t.spec(), "input"));
    in.push_back(t.data());
  }
  const Values results = make_node(op, placeholders, attrs);
  Session session(compile(placeholders, results, {}));
  std::vector<Tensor> out;
  std::vector<void*> pointers;
  for (const Value& v : results) {
    out.emplace_back(v.spec());
    pointers.push_back(out.back().data());
  }
  session.run(in.data(), pointers.data(), step);
  return out;
}

}  // namespace genodl
