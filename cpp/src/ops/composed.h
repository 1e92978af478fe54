// Gradients of fused ops by way of the formula that they compute, written with smaller ops.
#pragma once

#include <functional>

#include "graph/op.h"

namespace genodl {

// `formula` builds the outputs of the op from its inputs; their gradients become those of `g`.
void composed_gradient(GradContext& g, const std::function<Values(const Values&)>& formula);

}  // namespace genodl
