#pragma once

#include "graph/node.h"

namespace genodl {

// Merges equal nodes and drops nodes that change nothing.
Values simplify(const Values& roots);

}  // namespace genodl
