// How many processors this process may use.
#pragma once

namespace genodl {

// The smaller of the affinity mask and the control group's quota (rounded up); at least 1.
int cpu_count();

}  // namespace genodl
