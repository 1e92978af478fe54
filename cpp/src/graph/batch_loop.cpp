#include "graph/batch_loop.h"

#include <chrono>
#include <cstring>

#include "core/parallel.h"

namespace genodl {

namespace {

// Copies rows of one array into a batch.
void gather_rows(const std::byte* from, std::byte* to, const index_t* rows, index_t count, std::size_t row_bytes) {
  constexpr std::size_t kTaskBytes = std::size_t{1} << 18;
  const index_t per_task = std::max<index_t>(1, static_cast<index_t>(kTaskBytes / std::max<std::size_t>(row_bytes, 1)));
  parallel_for((count + per_task - 1) / per_task, [&](index_t task, int) {
    const index_t end = std::min(count, (task + 1) * per_task);
    for (index_t i = task * per_task; i < end; ++i)
      std::memcpy(to + static_cast<std::size_t>(i) * row_bytes, from + static_cast<std::size_t>(rows[i]) * row_bytes,
                  row_bytes);
  });
}

index_t batch_size(const std::vector<TensorSpec>& specs) {
  for (const TensorSpec& s : specs)
    if (!s.shape.empty()) return s.shape[0];
  return 1;
}

std::size_t row_bytes(const TensorSpec& spec) {
  return spec.shape.empty() || spec.shape[0] == 0 ? 0 : spec.bytes() / static_cast<std::size_t>(spec.shape[0]);
}

}  // namespace

index_t run_batches(Session& session, const BatchLoop& loop, FunctionRef<bool(index_t)> poll) {
  using Clock = std::chrono::steady_clock;
  constexpr auto kPollEvery = std::chrono::milliseconds(50);
  const Plan& plan = session.plan();
  const index_t size = batch_size(plan.inputs);

  std::vector<std::shared_ptr<void>> staged;
  std::vector<const void*> in(plan.inputs.size());
  std::vector<void*> out(plan.outputs.size());
  if (loop.order)
    for (std::size_t i = 0; i < in.size(); ++i) {
      staged.push_back(allocate(plan.inputs[i].bytes()));
      in[i] = staged.back().get();
    }

  auto last_poll = Clock::now();
  for (index_t b = 0; b < loop.batches; ++b) {
    const index_t row = loop.first_row + b * size;
    for (std::size_t i = 0; i < in.size(); ++i) {
      const std::size_t bytes = row_bytes(plan.inputs[i]);
      if (loop.order)
        gather_rows(loop.inputs[i], static_cast<std::byte*>(staged[i].get()), loop.order + row, size, bytes);
      else
        in[i] = loop.inputs[i] + static_cast<std::size_t>(row) * bytes;
    }
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = loop.outputs[i] + static_cast<std::size_t>(row) * row_bytes(plan.outputs[i]);
    session.run(in.data(), out.data(), loop.step + (loop.same_step ? 0 : static_cast<std::uint64_t>(b)));
    const auto now = Clock::now();
    if (now - last_poll >= kPollEvery) {
      last_poll = now;
      if (!poll(b + 1)) return b + 1;
    }
  }
  return loop.batches;
}

}  // namespace genodl
