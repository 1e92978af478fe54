#pragma once

#include <cstddef>
#include <vector>

namespace genodl {

// A block of memory needed from step `first` to step `last`, both included.
struct Lifetime {
  std::size_t bytes = 0;
  int first = 0;
  int last = 0;
};

struct Placement {
  std::vector<std::size_t> offsets;
  std::size_t total = 0;
};

// Offsets such that blocks alive at the same time never overlap.
Placement place(const std::vector<Lifetime>& blocks);

}  // namespace genodl
