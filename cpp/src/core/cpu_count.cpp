#include "core/cpu_count.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#if defined(__linux__)
#include <sched.h>
#endif

namespace genodl {
namespace {

int affinity_count() {
#if defined(__linux__)
  cpu_set_t mask;
  if (sched_getaffinity(0, sizeof(mask), &mask) == 0) return CPU_COUNT(&mask);
#endif
  return static_cast<int>(std::thread::hardware_concurrency());
}

int limited(int count, double quota, double period) {
  if (quota <= 0 || period <= 0) return count;
  return std::min(count, static_cast<int>(std::ceil(quota / period)));
}

// Control groups version 2: every folder on the way up may hold a limit.
int quota_count(int count) {
  namespace fs = std::filesystem;
  const fs::path root = "/sys/fs/cgroup";
  std::string line;
  std::ifstream groups("/proc/self/cgroup");
  while (std::getline(groups, line)) {
    if (line.rfind("0::", 0) != 0) continue;
    for (fs::path group = line.substr(3);; group = group.parent_path()) {
      std::ifstream file(root / group.relative_path() / "cpu.max");
      std::string quota;
      double period = 0;
      if (file >> quota >> period && quota != "max") {
        count = limited(count, std::strtod(quota.c_str(), nullptr), period);
      }
      if (!group.has_relative_path()) break;
    }
  }
  double quota = 0, period = 0;  // version 1
  if (std::ifstream(root / "cpu/cpu.cfs_quota_us") >> quota &&
      std::ifstream(root / "cpu/cpu.cfs_period_us") >> period) {
    count = limited(count, quota, period);
  }
  return count;
}

}  // namespace

int cpu_count() { return std::max(1, quota_count(std::max(1, affinity_count()))); }

}  // namespace genodl
