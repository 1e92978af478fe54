// Runs a session over the batches of whole arrays: the inner loop of fit, evaluate and predict.
#pragma once

#include "core/function_ref.h"
#include "graph/session.h"

namespace genodl {

struct BatchLoop {
  std::vector<const std::byte*> inputs;  // whole arrays, one for each input of the plan
  std::vector<std::byte*> outputs;       // whole results, one for each output
  const index_t* order = nullptr;        // rows in the order of use; null: as they lie
  index_t first_row = 0;                 // position (in order) of the first batch
  index_t batches = 0;
  std::uint64_t step = 0;  // number of the first run; the next ones count on from there
  bool same_step = false;  // all runs have the number of the first
};

// Calls poll(batches done) now and then; stops early when it answers false. Returns batches done.
index_t run_batches(Session& session, const BatchLoop& loop, FunctionRef<bool(index_t)> poll);

}  // namespace genodl
