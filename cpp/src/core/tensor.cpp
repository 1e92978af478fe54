#include "core/tensor.h"

#include <cstdlib>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace genodl {

std::shared_ptr<void> allocate(std::size_t bytes) {
  constexpr std::size_t kHugePage = std::size_t{2} << 20;
  // Large blocks start on a huge page: fewer page faults is what makes a reused arena fast.
  const bool large = bytes >= 2 * kHugePage;
  const std::size_t alignment = large ? kHugePage : kAlignment;
  const std::size_t size = (bytes + alignment - 1) / alignment * alignment;
  void* data = std::aligned_alloc(alignment, size ? size : alignment);
  if (!data) throw std::bad_alloc();
#ifdef __linux__
  if (large) madvise(data, size, MADV_HUGEPAGE);
#endif
  return std::shared_ptr<void>(data, std::free);
}

Tensor::Tensor(TensorSpec spec) : spec_(std::move(spec)), owner_(allocate(spec_.bytes())) { data_ = owner_.get(); }

}  // namespace genodl
