#include "core/settings.h"

#include <atomic>

namespace genodl {

namespace {
std::atomic<bool> precise_setting{false};
}

bool precise() { return precise_setting.load(std::memory_order_relaxed); }
void set_precise(bool on) { precise_setting.store(on, std::memory_order_relaxed); }

}  // namespace genodl
