// The questions a delta graph is planned by: which node of the reference's graph stands for a node, and
// which positions of each value the wanted outputs depend on.
#pragma once

#include <optional>
#include <unordered_map>

#include "graph/node.h"
#include "graph/op.h"

namespace genodl {

std::vector<TensorSpec> input_specs(const Node& node);

// Whether `many` is `one` with `rows` instead of one on the axis of the batch.
bool same_but_rows(const Shape& one, const Shape& many, index_t rows);

// Nodes of two traces of one model, paired by walking both from the outputs. Refuses models that do
// something else for another number of rows.
class GraphPairs {
 public:
  GraphPairs(const Values& one, const Values& many);
  Value base_of(const Node& many, int output) const { return {pairs_.at(&many), output}; }
  Value base_of(const Value& many) const { return base_of(*many.node, many.index); }

 private:
  std::unordered_map<const Node*, std::shared_ptr<const Node>> pairs_;
};

// Hull of the positions of axis 1 that the roots depend on; nullopt: all of them.
class NeededPositions {
 public:
  explicit NeededPositions(const Values& roots);
  std::optional<Range> of(const Node& node, int output) const;

 private:
  void add(const Value& v, std::optional<Range> range);

  struct Need {
    bool all = false;
    Range range;
  };
  std::unordered_map<const Node*, std::vector<Need>> needs_;
};

}  // namespace genodl
