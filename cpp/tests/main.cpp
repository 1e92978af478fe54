// Runs all tests, or those whose name contains the first argument.
#include <cstdio>
#include <cstring>
#include <exception>
#include <utility>

#include "tests/check.h"

namespace genodl::testing {
namespace {

struct State {
  std::vector<std::pair<const char*, void (*)()>> tests;
  long checks = 0;
  int failures_here = 0;
};

State& state() {
  static State state;
  return state;
}

}  // namespace

void register_test(const char* name, void (*function)()) { state().tests.emplace_back(name, function); }

void count_check() { ++state().checks; }

void fail(const char* file, int line, const std::string& what) {
  constexpr int kPrinted = 10;
  if (++state().failures_here <= kPrinted) {
    std::printf("  %s:%d: %s\n", file, line, what.c_str());
  }
}

void skip(const std::string& why) { std::printf("  skipped: %s\n", why.c_str()); }

}  // namespace genodl::testing

int main(int argc, char** argv) {
  using genodl::testing::state;
  int passed = 0, failed = 0;
  for (const auto& [name, function] : state().tests) {
    if (argc > 1 && std::strstr(name, argv[1]) == nullptr) continue;
    state().failures_here = 0;
    const long before = state().checks;
    try {
      function();
    } catch (const std::exception& error) {
      genodl::testing::fail(name, 0, error.what());
    }
    const bool ok = state().failures_here == 0;
    ++(ok ? passed : failed);
    std::printf("%s %s (%ld checks)\n", ok ? "ok  " : "FAIL", name, state().checks - before);
    std::fflush(stdout);
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
