#include "graph/memory_planner.h"

#include <algorithm>
#include <numeric>

#include "core/tensor.h"

namespace genodl {

Placement place(const std::vector<Lifetime>& blocks) {
  Placement result;
  result.offsets.resize(blocks.size());
  std::vector<std::size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Large blocks first: small ones then fill the gaps.
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return blocks[a].bytes > blocks[b].bytes; });
  struct Placed {
    std::size_t begin, end;
    int first, last;
  };
  std::vector<Placed> placed;  // by offset
  for (std::size_t i : order) {
    const Lifetime& block = blocks[i];
    const std::size_t size = align_up(block.bytes);
    std::size_t offset = 0;
    for (const Placed& p : placed) {
      const bool together = p.first <= block.last && block.first <= p.last;
      if (!together) continue;
      if (p.begin >= offset + size) break;
      offset = std::max(offset, p.end);
    }
    result.offsets[i] = offset;
    result.total = std::max(result.total, offset + size);
    const Placed mine{offset, offset + size, block.first, block.last};
    placed.insert(std::upper_bound(placed.begin(), placed.end(), mine,
                                   [](const Placed& a, const Placed& b) { return a.begin < b.begin; }),
                  mine);
  }
  return result;
}

}  // namespace genodl
