#include "core/parallel.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <stdexcept>

#include "core/cpu_count.h"
#include "core/flush_denormals.h"
#include "core/task_arena.h"

#if defined(__SANITIZE_THREAD__)
extern "C" void __tsan_acquire(void*);
extern "C" void __tsan_release(void*);
#else
static void __tsan_acquire(void*) {}
static void __tsan_release(void*) {}
#endif

namespace genodl {

class ThreadPool {
 public:
  explicit ThreadPool(int threads) : threads_(threads), arena_(threads) {}
  int threads() const { return threads_; }
  TaskArena& arena() { return arena_; }

 private:
  int threads_;
  TaskArena arena_;
};

namespace {

struct Threading {
  std::mutex mutex;
  std::shared_ptr<ThreadPool> pool = std::make_shared<ThreadPool>(cpu_count());
  // A child of fork has none of its parent's oneTBB threads: it must not wait for them.
  std::atomic<bool> started{false};
  std::atomic<bool> lost{false};
};

Threading& threading();

Threading* start_threading() {
  pthread_atfork([] { threading().mutex.lock(); }, [] { threading().mutex.unlock(); },
                 [] {
                   threading().mutex.unlock();
                   threading().lost = threading().started.load();
                 });
  return new Threading;
}

// Never destroyed: threads of the user may still compute while the process ends.
Threading& threading() {
  static Threading* const instance = start_threading();
  return *instance;
}

std::shared_ptr<ThreadPool> current_pool() {
  std::lock_guard lock(threading().mutex);
  return threading().pool;
}

thread_local const std::shared_ptr<ThreadPool>* scoped_pool = nullptr;
thread_local int running_worker = -1;  // -1: this thread is not inside a body

class RunningWorker {
 public:
  explicit RunningWorker(int worker) : outer_(running_worker) { running_worker = worker; }
  ~RunningWorker() { running_worker = outer_; }

 private:
  int outer_;
};

void run_inline(index_t tasks, const TaskBody& body, int worker) {
  const FlushDenormals flush;
  const RunningWorker running(worker);
  for (index_t task = 0; task < tasks; ++task) body(task, worker);
}

// What happened before the loop is seen by the workers, and what they did is seen after it, also
// when an exception ends it.
class GivenOut {
 public:
  explicit GivenOut(void* work) : work_(work) { __tsan_release(work_); }
  ~GivenOut() { __tsan_acquire(work_); }

 private:
  void* work_;
};
class Taken {
 public:
  explicit Taken(void* work) : work_(work) { __tsan_acquire(work_); }
  ~Taken() { __tsan_release(work_); }

 private:
  void* work_;
};

// Tasks are cut into one run per worker. A worker empties its own run first, so that the data of
// loop after loop stay in its cache, then helps with the others.
class TaskRuns {
 public:
  static constexpr int kMaxRuns = 128;

  TaskRuns(index_t tasks, int runs, const TaskBody& body) : body_(body), runs_(runs) {
    for (int i = 0; i < runs; ++i) {
      run_[i].next.store(tasks * i / runs, std::memory_order_relaxed);
      run_[i].end = tasks * (i + 1) / runs;
    }
  }

  void run(TaskArena& arena) {
    const GivenOut given_out(this);
    arena.run(
        runs_, [](void* self, int worker) { static_cast<TaskRuns*>(self)->drain(worker); }, this);
  }

 private:
  struct alignas(64) Run {
    std::atomic<index_t> next;
    index_t end;
  };

  void drain(int worker) {
    const Taken taken(this);
    const FlushDenormals flush;
    const RunningWorker running(worker);
    for (int i = 0; i < runs_; ++i) {
      Run& run = run_[(worker + i) % runs_];
      for (;;) {
        if (failed_.load(std::memory_order_relaxed)) return;
        const index_t task = run.next.fetch_add(1, std::memory_order_relaxed);
        if (task >= run.end) break;
        call(task, worker);
      }
    }
  }

  void call(index_t task, int worker) {
    try {
      body_(task, worker);
    } catch (...) {
      failed_ = true;
      throw;
    }
  }

  const TaskBody& body_;
  int runs_;
  std::atomic<bool> failed_{false};
  Run run_[kMaxRuns];
};

void run_threaded(index_t tasks, const TaskBody& body, ThreadPool& pool) {
  threading().started.store(true, std::memory_order_relaxed);
  const int runs =
      static_cast<int>(std::min<index_t>({tasks, static_cast<index_t>(pool.threads()), TaskRuns::kMaxRuns}));
  TaskRuns(tasks, runs, body).run(pool.arena());
}

}  // namespace

void parallel_for(index_t tasks, TaskBody body) {
  if (tasks <= 0) return;
  if (running_worker >= 0) {
    for (index_t task = 0; task < tasks; ++task) body(task, running_worker);
    return;
  }
  if (tasks == 1 || threading().lost.load(std::memory_order_relaxed)) {
    run_inline(tasks, body, 0);
    return;
  }
  const std::shared_ptr<ThreadPool> own = scoped_pool == nullptr ? current_pool() : nullptr;
  ThreadPool& pool = scoped_pool == nullptr ? *own : **scoped_pool;
  if (pool.threads() == 1) {
    run_inline(tasks, body, 0);
  } else {
    run_threaded(tasks, body, pool);
  }
}

int max_workers() { return scoped_pool == nullptr ? get_threads() : (*scoped_pool)->threads(); }

void set_threads(int threads) {
  if (threads < 1) {
    throw std::invalid_argument("set_threads: expected at least 1 thread, got " + std::to_string(threads) +
                                ". Pass 1 to compute without other threads.");
  }
  auto pool = std::make_shared<ThreadPool>(threads);
  std::lock_guard lock(threading().mutex);
  threading().pool.swap(pool);
}

int get_threads() { return current_pool()->threads(); }

ThreadScope::ThreadScope() : pool_(current_pool()), outer_(scoped_pool) { scoped_pool = &pool_; }
ThreadScope::ThreadScope(int most, std::shared_ptr<ThreadPool>& spare) : pool_(current_pool()), outer_(scoped_pool) {
  if (pool_->threads() > most) {
    if (!spare) spare = std::make_shared<ThreadPool>(most);
    pool_ = spare;
  }
  scoped_pool = &pool_;
}
ThreadScope::~ThreadScope() { scoped_pool = outer_; }
int ThreadScope::workers() const { return pool_->threads(); }

}  // namespace genodl
