// The order in which clusters run, and which updates can be written straight into their variables.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "graph/passes/cluster.h"

namespace genodl {

struct Schedule {
  static constexpr std::size_t kNever = static_cast<std::size_t>(-1);

  std::vector<std::size_t> order;               // of clusters
  std::map<std::size_t, std::size_t> position;  // of a cluster in that order
  std::map<const Node*, std::size_t> cluster_of;
  std::set<ValueKey> read_outside;                         // values that leave their cluster
  std::map<ValueKey, std::size_t> last_reader;             // its position; kNever: read after all clusters
  std::map<ValueKey, std::shared_ptr<Variable>> in_place;  // updates that need no copy
};

Schedule make_schedule(const std::vector<Cluster>& clusters, const Values& outputs,
                       const std::vector<VariableUpdate>& updates);

}  // namespace genodl
