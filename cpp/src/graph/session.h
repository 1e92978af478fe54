// A plan with its own arena. Runs on the calling thread and the library's workers; one run at a time.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "graph/plan.h"

namespace genodl {

class Session {
 public:
  explicit Session(std::shared_ptr<const Plan> plan);

  const Plan& plan() const { return *plan_; }
  // Pointers to inputs and outputs, contiguous, in the plan's order. `step` numbers the run for
  // counter-based random numbers. `seconds`, where given, takes the time of each of the plan's steps.
  void run(const void* const* inputs, void* const* outputs, std::uint64_t step, double* seconds = nullptr);

 private:
  void run_step(std::size_t index, std::uint64_t number);

  struct Place {
    std::size_t at;  // in pointers_
    int index;       // of the input or output
  };
  struct Frame {  // where a step's pointers begin
    std::size_t inputs, outputs, program_inputs, program_outputs;
  };

  std::shared_ptr<const Plan> plan_;
  std::shared_ptr<void> arena_;
  std::vector<void*> pointers_;
  std::vector<Place> input_places_, output_places_;
  std::vector<Frame> frames_;
  std::shared_ptr<class ThreadPool> spare_pool_;  // while set_threads asks for more than the plan has room for
  std::mutex mutex_;
};

// One op on given tensors, at once.
std::vector<Tensor> run_eagerly(const std::string& op, const std::vector<Tensor>& inputs, const Attrs& attrs,
                                std::uint64_t step);

}  // namespace genodl
