#include "graph/passes/passes.h"

#include <map>

#include "graph/passes/simplify.h"

namespace genodl {

namespace {
std::multimap<int, Pass>& registered() {
  static std::multimap<int, Pass> passes;
  return passes;
}
}  // namespace

PassRegistration::PassRegistration(int order, Pass pass) { registered().emplace(order, pass); }

Values run_passes(Values roots) {
  roots = simplify(roots);
  for (const auto& [order, pass] : registered()) roots = pass(roots);
  return registered().empty() ? roots : simplify(roots);
}

}  // namespace genodl
