#include "graph/passes/cluster.h"

#include <algorithm>
#include <cstdint>

#include "graph/op.h"

namespace genodl {

bool computes_wide(const Node& node) {
  const auto wide = [](DType t) { return t == DType::float64 || t == DType::int32 || t == DType::int64; };
  for (const Value& v : node.inputs)
    if (wide(v.dtype())) return true;
  return wide(node.outputs[0].dtype);
}

Value root_of(Value v) {
  while (!is_leaf(*v.node) && v.node->op->is_view()) v = v.node->inputs[0];
  return v;
}

namespace {

class Bits {
 public:
  explicit Bits(std::size_t n) : words_((n + 63) / 64) {}
  bool has(std::size_t i) const { return words_[i / 64] >> (i % 64) & 1; }
  void insert(std::size_t i) { words_[i / 64] |= std::uint64_t{1} << (i % 64); }
  void erase(std::size_t i) { words_[i / 64] &= ~(std::uint64_t{1} << (i % 64)); }
  void join(const Bits& o) {
    for (std::size_t w = 0; w < words_.size(); ++w) words_[w] |= o.words_[w];
  }
  template <class F>
  bool any(F&& f) const {
    for (std::size_t w = 0; w < words_.size(); ++w)
      for (std::uint64_t rest = words_[w]; rest; rest &= rest - 1)
        if (f(w * 64 + static_cast<std::size_t>(__builtin_ctzll(rest)))) return true;
    return false;
  }

 private:
  std::vector<std::uint64_t> words_;
};

class Clusterer {
 public:
  explicit Clusterer(const std::vector<std::shared_ptr<const Node>>& nodes) : nodes_(nodes) {}

  std::vector<Cluster> run() {
    std::size_t count = 0;
    for (const auto& node : nodes_)
      if (!is_leaf(*node) && !node->op->is_view()) ++count;
    clusters_.reserve(count);
    ancestors_.assign(count, Bits(count));
    through_views_.assign(count, Bits(count));
    for (const auto& node : nodes_)
      if (!is_leaf(*node) && !node->op->is_view()) add(node);
    attach_epilogues();
    return in_order();
  }

 private:
  std::size_t cluster_of(const Node* node) const { return cluster_of_.at(node); }

  void add(const std::shared_ptr<const Node>& node) {
    const std::size_t c = clusters_.size();
    Cluster cluster;
    const bool elementwise = node->op->elementwise().has_value();
    if (elementwise)
      cluster.elementwise.push_back(node);
    else
      cluster.main = node;
    clusters_.push_back(std::move(cluster));
    alive_.push_back(true);
    cluster_of_[node.get()] = c;
    for (const Value& v : node->inputs) {
      const Node* from = root_of(v).node.get();
      if (is_leaf(*from)) continue;
      ancestors_[c].insert(cluster_of(from));
      if (from != v.node.get()) through_views_[c].insert(cluster_of(from));
      ancestors_[c].join(ancestors_[cluster_of(from)]);
    }
    if (!elementwise) return;
    std::size_t mine = c;
    for (const Value& v : node->inputs) {
      const Node* from = v.node.get();  // views end a group: the shapes differ
      if (is_leaf(*from) || from->op->is_view()) continue;
      const std::size_t other = cluster_of(from);
      if (other != mine && can_group(other, mine)) mine = merge(other, mine);
    }
  }

  bool can_group(std::size_t a, std::size_t b) const {
    if (clusters_[a].main || clusters_[b].main) return false;
    const Node& x = *clusters_[a].elementwise.front();
    const Node& y = *clusters_[b].elementwise.front();
    return x.outputs[0].shape == y.outputs[0].shape && computes_wide(x) == computes_wide(y) && can_merge(a, b);
  }

  // No third cluster may lie on a path between the two: it would have to run both before and after.
  // What is read under another shape must be complete before the reader starts.
  bool can_merge(std::size_t a, std::size_t b) const {
    if (through_views_[a].has(b) || through_views_[b].has(a)) return false;
    const auto between = [&](std::size_t from, std::size_t to) {
      return ancestors_[to].any([&](std::size_t x) { return x != from && ancestors_[x].has(from); });
    };
    return !between(a, b) && !between(b, a);
  }

  std::size_t merge(std::size_t into, std::size_t from) {
    Cluster& target = clusters_[into];
    Cluster& source = clusters_[from];
    if (source.main) target.main = std::move(source.main);
    for (auto& node : source.elementwise) {
      cluster_of_[node.get()] = into;
      target.elementwise.push_back(std::move(node));
    }
    if (target.main) cluster_of_[target.main.get()] = into;
    source.elementwise.clear();
    alive_[from] = false;
    through_views_[into].join(through_views_[from]);
    ancestors_[into].join(ancestors_[from]);
    ancestors_[into].erase(into);
    ancestors_[into].erase(from);
    for (std::size_t c = 0; c < clusters_.size(); ++c) {
      if (!alive_[c] || c == into || !(ancestors_[c].has(into) || ancestors_[c].has(from))) continue;
      if (through_views_[c].has(from)) through_views_[c].insert(into);
      ancestors_[c].erase(from);
      ancestors_[c].insert(into);
      ancestors_[c].join(ancestors_[into]);
    }
    return into;
  }

  void attach_epilogues() {
    for (std::size_t p = 0; p < clusters_.size(); ++p) {
      if (!alive_[p] || !clusters_[p].main || !clusters_[p].elementwise.empty()) continue;
      const std::shared_ptr<const Node> main = clusters_[p].main;
      std::vector<TensorSpec> specs;
      for (const Value& v : main->inputs) specs.push_back(v.spec());
      if (main->outputs[0].dtype != DType::float32 || !main->op->takes_epilogue(specs)) continue;
      for (std::size_t e = p + 1; e < clusters_.size(); ++e)
        if (alive_[e] && !clusters_[e].main && follows(clusters_[e], main) && can_merge(p, e)) {
          merge(p, e);
          break;
        }
    }
  }

  // The group reads the whole first output of `main` (and none of the others) in its own shape.
  static bool follows(const Cluster& group, const std::shared_ptr<const Node>& main) {
    const Node& first = *group.elementwise.front();
    if (first.outputs[0].shape != main->outputs[0].shape || computes_wide(first)) return false;
    bool reads = false;
    for (const auto& node : group.elementwise)
      for (const Value& v : node->inputs) {
        const bool direct = v.node == main;
        if (direct && v.index == 0) reads = true;
        if ((direct && v.index != 0) || (!direct && root_of(v).node == main)) return false;
      }
    return reads;
  }

  std::vector<Cluster> in_order() {
    for (Cluster& c : clusters_)
      std::sort(c.elementwise.begin(), c.elementwise.end(), [](const auto& a, const auto& b) { return a->id < b->id; });
    std::vector<Cluster> out;
    for (std::size_t c = 0; c < clusters_.size(); ++c)
      if (alive_[c]) out.push_back(std::move(clusters_[c]));
    return out;
  }

  const std::vector<std::shared_ptr<const Node>>& nodes_;
  std::vector<Cluster> clusters_;
  std::vector<bool> alive_;
  std::vector<Bits> ancestors_;
  std::vector<Bits> through_views_;  // clusters read under another shape
  std::unordered_map<const Node*, std::size_t> cluster_of_;
};

}  // namespace

std::vector<Cluster> make_clusters(const std::vector<std::shared_ptr<const Node>>& nodes) {
  return Clusterer(nodes).run();
}

}  // namespace genodl
