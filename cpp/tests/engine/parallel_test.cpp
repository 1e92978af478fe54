// parallel_for: every task once, workers apart, nesting, errors, two callers, fork, denormals.
#include "core/parallel.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <limits>
#include <stdexcept>
#include <thread>

#include "tests/check.h"

namespace genodl {
namespace {

using testing::fail;

class Threads {
 public:
  explicit Threads(int threads) : before_(get_threads()) { set_threads(threads); }
  ~Threads() { set_threads(before_); }

 private:
  int before_;
};

TEST(every_task_runs_once_whatever_the_threads) {
  for (int threads : {1, 2, 3, 7}) {
    const Threads scope(threads);
    CHECK(get_threads() == threads && max_workers() == threads);
    for (index_t tasks : {0, 1, 2, 5, 1000}) {
      std::vector<std::atomic<int>> runs(static_cast<std::size_t>(tasks));
      parallel_for(tasks, [&](index_t task, int worker) {
        runs[static_cast<std::size_t>(task)] += worker >= 0 && worker < threads ? 1 : 1000;
      });
      for (const auto& count : runs) CHECK(count == 1);
    }
  }
}

TEST(no_two_running_bodies_share_a_worker) {
  const Threads scope(4);
  std::vector<std::atomic<int>> busy(4);
  std::atomic<int> clashes{0};
  const auto loop = [&] {
    parallel_for(2000, [&](index_t, int worker) {
      clashes += busy[static_cast<std::size_t>(worker)].exchange(1) != 0;
      std::this_thread::yield();
      busy[static_cast<std::size_t>(worker)] = 0;
    });
  };
  loop();
  CHECK(clashes == 0);
}

TEST(nested_loops_run_inline_with_the_outer_worker) {
  const Threads scope(3);
  std::atomic<int> inner{0}, moved{0};
  parallel_for(20, [&](index_t, int outer) {
    const std::thread::id here = std::this_thread::get_id();
    parallel_for(10, [&](index_t, int worker) {
      ++inner;
      moved += worker != outer || std::this_thread::get_id() != here;
    });
  });
  CHECK(inner == 200 && moved == 0);
}

TEST(an_exception_comes_out_and_the_next_loop_works) {
  for (int threads : {1, 4}) {
    const Threads scope(threads);
    std::string caught;
    try {
      parallel_for(100, [](index_t task, int) {
        if (task == 37) throw std::runtime_error("task 37");
      });
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    CHECK(caught == "task 37");
    std::atomic<int> runs{0};
    parallel_for(100, [&](index_t, int) { ++runs; });
    CHECK(runs == 100);
  }
}

TEST(two_callers_at_once_while_threads_change) {
  const Threads scope(3);
  std::atomic<long> sum{0};
  const auto caller = [&] {
    for (int i = 0; i < 300; ++i) {
      const ThreadScope threads;
      std::vector<long> partial(static_cast<std::size_t>(threads.workers()));
      parallel_for(50, [&](index_t task, int worker) { partial.at(static_cast<std::size_t>(worker)) += task; });
      for (long part : partial) sum += part;
    }
  };
  std::thread first(caller), second(caller), third([] {
    for (int i = 0; i < 100; ++i) set_threads(1 + i % 5);
  });
  first.join();
  second.join();
  third.join();
  CHECK(sum == 2 * 300 * 1225);
}

TEST(set_threads_refuses_less_than_one) {
  for (int threads : {0, -3}) {
    std::string words;
    try {
      set_threads(threads);
    } catch (const std::invalid_argument& error) {
      words = error.what();
    }
    CHECK(words == "set_threads: expected at least 1 thread, got " + std::to_string(threads) +
                       ". Pass 1 to compute without other threads.");
  }
}

TEST(denormals_are_flushed_inside_bodies_only) {
  for (int threads : {1, 3}) {
    const Threads scope(threads);
    volatile float tiny = std::numeric_limits<float>::min();
    std::atomic<int> kept{0};
    parallel_for(64, [&](index_t, int) { kept += tiny * 0.5f != 0.0f; });
    CHECK(kept == 0);
    CHECK(tiny * 0.5f != 0.0f);
  }
}

// The child of a process whose threads have started computes alone instead of waiting for them.
TEST(a_forked_child_computes_alone) {
  const Threads scope(4);
  std::atomic<int> warm{0};
  parallel_for(100, [&](index_t, int) { ++warm; });
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);  // a hang ends the child by signal
    int sum = 0;
    const std::thread::id here = std::this_thread::get_id();
    parallel_for(100,
                 [&](index_t task, int) { sum += std::this_thread::get_id() == here ? static_cast<int>(task) : 0; });
    set_threads(2);
    parallel_for(100, [&](index_t task, int) { sum += static_cast<int>(task); });
    _exit(sum == 2 * 4950 ? 0 : 1);
  }
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  parallel_for(100, [&](index_t, int) { ++warm; });
  CHECK(warm == 200);
}

}  // namespace
}  // namespace genodl
