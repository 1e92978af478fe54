// Passes rewrite a graph by rebuilding it: nodes are immutable, so a rule answers each node, given its
// new inputs, with other values, or with nothing to keep it.
#pragma once

#include <functional>
#include <optional>
#include <unordered_map>

#include "graph/node.h"

namespace genodl {

using RewriteRule = std::function<std::optional<Values>(const Node& node, const Values& inputs)>;

Values rebuild(const Values& roots, const RewriteRule& rule);

// How often each output of each node is read, roots included.
class UseCounts {
 public:
  explicit UseCounts(const Values& roots);
  int of(const Value& v) const;
  // The only reader of v; null where there are several or v is a root.
  const Node* only_user(const Value& v) const;

 private:
  struct Uses {
    int count = 0;
    const Node* user = nullptr;
  };
  std::unordered_map<const Node*, std::vector<Uses>> uses_;
};

}  // namespace genodl
