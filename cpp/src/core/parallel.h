// Parallel loops over fixed tasks; task_arena.cpp, below it, is the only user of oneTBB.
#pragma once

#include <memory>

#include "core/function_ref.h"
#include "core/index.h"

namespace genodl {

using TaskBody = FunctionRef<void(index_t task, int worker)>;

// Calls body(task, worker) once for every task in [0, tasks), in any order, on the library's own
// threads, denormals flushed. 0 <= worker < max_workers(); no two running bodies of one thread pool
// share a worker. Called inside a body it runs inline with the outer worker. The first exception
// of a body ends the loop and comes out here.
void parallel_for(index_t tasks, TaskBody body);

// Bound of the worker index for loops started now by this thread.
int max_workers();

// At least 1; the default is what affinity and control group allow. Loops already running keep theirs.
void set_threads(int threads);
int get_threads();

// Keeps the thread pool of the moment for this thread's loops, so that workspace sized by
// workers() stays large enough even if another thread calls set_threads meanwhile.
class ThreadScope {
 public:
  ThreadScope();
  // At most `most` workers: where set_threads has made more since, those of `spare`, which the caller
  // keeps and which is made when first needed.
  ThreadScope(int most, std::shared_ptr<class ThreadPool>& spare);
  ~ThreadScope();
  ThreadScope(const ThreadScope&) = delete;
  ThreadScope& operator=(const ThreadScope&) = delete;

  int workers() const;

 private:
  std::shared_ptr<class ThreadPool> pool_;
  const std::shared_ptr<class ThreadPool>* outer_;
};

}  // namespace genodl
