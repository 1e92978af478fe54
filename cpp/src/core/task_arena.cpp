#include "core/task_arena.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <tbb/version.h>

namespace genodl {

struct TaskArena::Arena : tbb::task_arena {
  using tbb::task_arena::task_arena;
};

TaskArena::TaskArena(int threads) : arena_(std::make_unique<Arena>(threads)) {}
TaskArena::~TaskArena() = default;

void TaskArena::run(int copies, void (*body)(void*, int), void* work) {
  arena_->execute([&] {
    tbb::parallel_for(
        0, copies, [&](int) { body(work, tbb::this_task_arena::current_thread_index()); }, tbb::simple_partitioner());
  });
}

std::string tbb_version() { return TBB_runtime_version(); }

}  // namespace genodl
