// Finds max pooling over what comes from a convolution of DNA codes, and the gradient of it.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "graph/op.h"

namespace genodl {

// The nodes that read a value; null stands for the caller of the plan.
using Readers = std::set<const Node*>;

class ReaderMap {
 public:
  explicit ReaderMap(const Values& roots);
  const Readers& of(const Node* node, int index = 0) const;
  const Readers& of(const Value& v) const { return of(v.node.get(), v.index); }
  // The only reader of a node's first output, if it is an op of that name.
  const Node* only(const Node* node, const char* op) const;

 private:
  std::map<std::pair<const Node*, int>, Readers> of_;
};

struct PoolWindow {
  index_t size = 0, stride = 0, before = 0, after = 0;
  bool operator==(const PoolWindow&) const = default;
};

// An operation of a whole activation with one number for each filter, input `vector` of the node.
struct ChannelStep {
  const Node* node = nullptr;
  int vector = 0;
};

// max_pool(relu(f(dna_conv1d + bias))), where f is nothing, batch normalisation, or scale and shift.
// All but conv and pool may be missing; the pooling may be `max` over the length.
struct DnaPoolPattern {
  const Node* conv = nullptr;
  ChannelStep bias, scale, shift;
  const Node* norm = nullptr;
  const Node* relu = nullptr;
  const Node* pool = nullptr;
  PoolWindow window;

  // Of the gradient; null and empty where there is none.
  const Node* dy_reader = nullptr;  // the node whose input dy_input is the pooled gradient
  int dy_input = 0;
  const Node* norm_grad = nullptr;
  Readers weight_grads, bias_grads;

  const Node* top() const { return pool->inputs[0].node.get(); }
};

// The pattern that ends in `pool`, if nothing else reads what it would leave out.
std::optional<DnaPoolPattern> match_dna_pool(const Node& pool, const ReaderMap& readers);

}  // namespace genodl
