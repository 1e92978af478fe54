// oneTBB behind one function. Its code is not seen by the thread sanitizer, so parallel.cpp tells
// the sanitizer where work is handed over.
#pragma once

#include <memory>
#include <string>

namespace genodl {

class TaskArena {
 public:
  explicit TaskArena(int threads);
  ~TaskArena();

  // Calls body(work, worker) `copies` times, many at once, 0 <= worker < threads, and waits for all.
  void run(int copies, void (*body)(void* work, int worker), void* work);

 private:
  struct Arena;
  std::unique_ptr<Arena> arena_;
};

std::string tbb_version();

}  // namespace genodl
