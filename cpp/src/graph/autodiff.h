#pragma once

#include "graph/node.h"

namespace genodl {

// Gradients of sum(y * dy) by each target, as new nodes; an empty Value where y does not depend on it.
// `output_grads` may be empty (then ones) or hold a gradient for each y.
Values gradients(const Values& outputs, const Values& output_grads, const Values& targets);

}  // namespace genodl
