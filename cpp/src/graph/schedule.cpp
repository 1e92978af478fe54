#include "graph/schedule.h"

#include <algorithm>
#include <queue>
#include <stdexcept>
#include <unordered_set>

#include "graph/op.h"

namespace genodl {

namespace {

class Scheduler {
 public:
  Scheduler(const std::vector<Cluster>& clusters, const Values& outputs, const std::vector<VariableUpdate>& updates)
      : clusters_(clusters),
        outputs_(outputs),
        updates_(updates),
        readers_(clusters.size()),
        depends_(clusters.size()) {}

  Schedule run() {
    collect_reads();
    find_in_place_updates();
    order();
    find_last_readers();
    return std::move(result_);
  }

 private:
  template <class F>
  static void for_nodes(const Cluster& c, F&& f) {
    if (c.main) f(*c.main);
    for (const auto& n : c.elementwise) f(*n);
  }

  void collect_reads() {
    for (std::size_t c = 0; c < clusters_.size(); ++c)
      for_nodes(clusters_[c], [&](const Node& n) { result_.cluster_of[&n] = c; });
    for (std::size_t c = 0; c < clusters_.size(); ++c)
      for_nodes(clusters_[c], [&](const Node& n) {
        for (const Value& input : n.inputs) {
          const Value root = root_of(input);
          if (is_variable(*root.node)) variable_readers_[root.node->variable.get()].insert(c);
          if (is_leaf(*root.node)) continue;
          const std::size_t from = result_.cluster_of.at(root.node.get());
          if (from == c) continue;  // travels in registers
          result_.read_outside.insert(key_of(root));
          depend(c, from);
        }
      });
    for (const Value& v : outputs_) result_.read_outside.insert(key_of(v));
    for (const VariableUpdate& u : updates_) result_.read_outside.insert(key_of(u.value));
  }

  void depend(std::size_t user, std::size_t on) {
    if (depends_[user].insert(on).second) readers_[on].insert(user);
  }

  bool reaches(std::size_t from, std::size_t to) const {
    std::vector<std::size_t> stack{from};
    std::unordered_set<std::size_t> seen;
    while (!stack.empty()) {
      const std::size_t c = stack.back();
      stack.pop_back();
      if (c == to) return true;
      for (std::size_t r : readers_[c])
        if (seen.insert(r).second) stack.push_back(r);
    }
    return false;
  }

  // An update may write straight into its variable when a program makes it and all other readers of
  // the variable can run before.
  void find_in_place_updates() {
    std::set<ValueKey> outputs;
    for (const Value& v : outputs_) outputs.insert(key_of(v));
    for (const VariableUpdate& u : updates_) {
      const ValueKey key = key_of(u.value);
      const std::size_t writer = result_.cluster_of.at(key.first);
      const bool by_program = key.first->op->elementwise().has_value();
      if (!by_program || outputs.contains(key) || u.value.spec() != u.variable->tensor.spec()) continue;
      const std::set<std::size_t>& reading = variable_readers_[u.variable.get()];
      const bool possible = std::ranges::none_of(
          reading, [&](std::size_t reader) { return reader != writer && reaches(writer, reader); });
      if (!possible) continue;
      for (std::size_t reader : reading)
        if (reader != writer) depend(writer, reader);
      result_.in_place[key] = u.variable;
      updaters_.insert(writer);
    }
  }

  // Small steps and updates run as soon as they can (gradients then die early), others as recorded.
  std::uint64_t rank(std::size_t c) const {
    constexpr index_t kSmall = 256;
    std::uint64_t id = 0;
    index_t size = 0;
    for_nodes(clusters_[c], [&](const Node& n) {
      id = std::max(id, n.id);
      for (const Value& v : n.inputs) size = std::max(size, elements(v.shape()));
      for (const TensorSpec& s : n.outputs) size = std::max(size, elements(s.shape));
    });
    return size <= kSmall || updaters_.contains(c) ? 0 : id;
  }

  void order() {
    using Item = std::pair<std::uint64_t, std::size_t>;
    std::priority_queue<Item, std::vector<Item>, std::greater<>> ready;
    std::vector<std::size_t> waiting(clusters_.size());
    for (std::size_t c = 0; c < clusters_.size(); ++c) {
      waiting[c] = depends_[c].size();
      if (!waiting[c]) ready.push({rank(c), c});
    }
    while (!ready.empty()) {
      const std::size_t c = ready.top().second;
      ready.pop();
      result_.position[c] = result_.order.size();
      result_.order.push_back(c);
      for (std::size_t r : readers_[c])
        if (--waiting[r] == 0) ready.push({rank(r), r});
    }
    if (result_.order.size() != clusters_.size())
      throw std::logic_error("plan: the steps depend on each other in a circle");
  }

  void find_last_readers() {
    for (std::size_t c = 0; c < clusters_.size(); ++c)
      for_nodes(clusters_[c], [&](const Node& n) {
        for (const Value& v : n.inputs) {
          const Value root = root_of(v);
          if (is_leaf(*root.node)) continue;
          std::size_t& last = result_.last_reader[key_of(root)];
          last = std::max(last, result_.position.at(c));
        }
      });
    // Copied into a variable after all steps.
    for (const VariableUpdate& u : updates_)
      if (!result_.in_place.contains(key_of(u.value))) result_.last_reader[key_of(u.value)] = Schedule::kNever;
  }

  const std::vector<Cluster>& clusters_;
  const Values& outputs_;
  const std::vector<VariableUpdate>& updates_;
  Schedule result_;
  std::vector<std::set<std::size_t>> readers_, depends_;
  std::map<const Variable*, std::set<std::size_t>> variable_readers_;
  std::set<std::size_t> updaters_;
};

}  // namespace

Schedule make_schedule(const std::vector<Cluster>& clusters, const Values& outputs,
                       const std::vector<VariableUpdate>& updates) {
  return Scheduler(clusters, outputs, updates).run();
}

}  // namespace genodl
