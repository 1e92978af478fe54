// Divides a graph into clusters that run as one step each: a chain of element-wise nodes, one other
// op, or one op with the chain that follows it (its epilogue).
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "graph/node.h"

namespace genodl {

struct Cluster {
  std::shared_ptr<const Node> main;                      // null for purely element-wise clusters
  std::vector<std::shared_ptr<const Node>> elementwise;  // in execution order
};

// Leaves and views belong to no cluster; the plan orders the clusters.
std::vector<Cluster> make_clusters(const std::vector<std::shared_ptr<const Node>>& nodes);

// Whether the node computes in double.
bool computes_wide(const Node& node);

// The node's value after views are looked through.
Value root_of(Value v);

}  // namespace genodl
