#pragma once

#include "graph/node.h"

namespace genodl {

// Simplifies, then all registered passes by order; a pass registers itself in its own file:
// static const PassRegistration registration(100, my_pass);
Values run_passes(Values roots);

using Pass = Values (*)(const Values& roots);
struct PassRegistration {
  PassRegistration(int order, Pass pass);
};

}  // namespace genodl
