#include "bindings/gil.h"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace genodl::bindings {

namespace {

std::atomic<bool> leaving{false};
std::atomic<int> computing{0};

using namespace std::chrono_literals;

void leave() {
  leaving = true;
  const py::gil_scoped_release release;
  // A step is short; one that is not must not keep the process.
  constexpr auto kPatience = 5s;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (computing > 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(1ms);
}

}  // namespace

ReleasedGil::ReleasedGil() {
  ++computing;
  state_ = PyEval_SaveThread();
}

ReleasedGil::~ReleasedGil() {
  take();
  --computing;
}

void ReleasedGil::take() {
  if (leaving) {
    --computing;
    for (;;) std::this_thread::sleep_for(1h);
  }
  PyEval_RestoreThread(state_);
}

void wait_for_threads_at_exit() {
  // Threads do not survive a fork.
  pthread_atfork(nullptr, nullptr, [] { computing = 0; });
  py::module_::import("atexit").attr("register")(py::cpp_function(&leave));
}

}  // namespace genodl::bindings
