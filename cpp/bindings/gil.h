// The GIL around computations, in one place.
#pragma once

#include "bindings/module.h"

namespace genodl::bindings {

// Releases the GIL for its lifetime. A thread that comes back while Python leaves waits here for the
// end of the process: before 3.14, Python would unwind it through destructors, which ends in abort.
class ReleasedGil {
 public:
  ReleasedGil();
  ~ReleasedGil();
  ReleasedGil(const ReleasedGil&) = delete;
  ReleasedGil& operator=(const ReleasedGil&) = delete;

  // Holds the GIL again for its lifetime.
  class Held {
   public:
    explicit Held(ReleasedGil& released) : released_(released) { released_.take(); }
    ~Held() { released_.state_ = PyEval_SaveThread(); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

   private:
    ReleasedGil& released_;
  };

 private:
  void take();

  PyThreadState* state_;
};

// Lets threads that compute stop before Python's own end begins.
void wait_for_threads_at_exit();

}  // namespace genodl::bindings
