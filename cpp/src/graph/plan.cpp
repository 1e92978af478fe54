#include "graph/plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/error.h"
#include "core/parallel.h"
#include "graph/build.h"
#include "graph/memory_planner.h"
#include "graph/passes/cluster.h"
#include "graph/passes/passes.h"
#include "graph/schedule.h"

namespace genodl {

namespace {

using Key = ValueKey;

class Planner {
 public:
  Planner(const Values& inputs, const Values& outputs, const std::vector<VariableUpdate>& updates)
      : inputs_(inputs), updates_(updates), plan_(std::make_shared<Plan>()) {
    Values roots = outputs;
    for (const VariableUpdate& u : updates) roots.push_back(u.value);
    roots = run_passes(roots);
    // Results live in memory of their own: leaves, views and repeated results are copied by a node.
    std::set<Key> taken;
    for (Value& v : roots)
      if (is_leaf(*v.node) || v.node->op->is_view() || !taken.insert(key_of(v)).second)
        v = build::node("identity", {v});
    outputs_.assign(roots.begin(), roots.begin() + static_cast<std::ptrdiff_t>(outputs.size()));
    for (std::size_t i = 0; i < updates_.size(); ++i) updates_[i].value = roots[outputs.size() + i];
    nodes_ = topological(roots);
  }

  std::shared_ptr<const Plan> run() {
    plan_->workers = max_workers();
    clusters_ = make_clusters(nodes_);
    schedule_ = make_schedule(clusters_, outputs_, updates_);
    make_leaf_buffers();
    for (std::size_t c : schedule_.order) make_step(clusters_[c]);
    place_buffers();
    return plan_;
  }

 private:
  // ---- buffers --------------------------------------------------------------------------------
  int new_buffer(Buffer buffer) {
    plan_->buffers.push_back(std::move(buffer));
    life_.push_back({0, -1, -1});
    return static_cast<int>(plan_->buffers.size()) - 1;
  }

  int arena_buffer(std::size_t bytes) {
    Buffer b;
    b.bytes = bytes;
    return new_buffer(std::move(b));
  }

  void make_leaf_buffers() {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      Buffer b;
      b.kind = Buffer::Kind::input;
      b.bytes = inputs_[i].spec().bytes();
      b.index = static_cast<int>(i);
      buffer_of_[key_of(inputs_[i])] = new_buffer(std::move(b));
      plan_->inputs.push_back(inputs_[i].spec());
    }
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      Buffer b;
      b.kind = Buffer::Kind::output;
      b.bytes = outputs_[i].spec().bytes();
      b.index = static_cast<int>(i);
      buffer_of_[key_of(outputs_[i])] = new_buffer(std::move(b));
      plan_->outputs.push_back(outputs_[i].spec());
    }
    for (const auto& node : nodes_) {
      const Key key{node.get(), 0};
      if (buffer_of_.contains(key) || !is_leaf(*node)) continue;
      if (is_placeholder(*node))
        fail<ConfigError>("plan: expected a value for every placeholder, got none for '", node->layer, "'.");
      if (is_variable(*node)) {
        buffer_of_[key] = variable_buffer(node->variable);
      } else {
        Buffer b;
        b.kind = Buffer::Kind::constant;
        b.constant = node->constant;
        b.bytes = node->outputs[0].bytes();
        buffer_of_[key] = new_buffer(std::move(b));
      }
    }
    for (const auto& [key, variable] : schedule_.in_place) buffer_of_[key] = variable_buffer(variable);
  }

  int variable_buffer(const std::shared_ptr<Variable>& variable) {
    const auto [it, fresh] = variable_buffers_.try_emplace(variable.get(), -1);
    if (fresh) {
      Buffer b;
      b.kind = Buffer::Kind::variable;
      b.variable = variable;
      b.bytes = variable->tensor.spec().bytes();
      it->second = new_buffer(std::move(b));
    }
    return it->second;
  }

  int buffer_for(const Value& v) {
    const Key key = key_of(root_of(v));
    const auto it = buffer_of_.find(key);
    if (it != buffer_of_.end()) return it->second;
    return buffer_of_[key] = arena_buffer(v.spec().bytes());
  }

  void touch(int buffer) {
    Lifetime& life = life_[static_cast<std::size_t>(buffer)];
    const int now = static_cast<int>(plan_->steps.size());
    if (life.first < 0) life.first = now;
    life.last = std::max(life.last, now);
  }

  // ---- steps ----------------------------------------------------------------------------------
  void make_step(const Cluster& cluster) {
    Step step;
    if (cluster.main) {
      const Node& n = *cluster.main;
      step.op = n.op;
      step.layer = n.layer;
      step.label = n.op->name();
      for (const Value& v : n.inputs) {
        step.inputs.push_back(buffer_for(v));
        step.input_specs.push_back(v.spec());
      }
      step.output_specs = n.outputs;
      step.workspace_bytes = n.op->workspace(step.input_specs, step.output_specs, plan_->workers);
    }
    if (!cluster.elementwise.empty()) add_program(cluster, step);
    if (cluster.main) add_outputs(cluster, step);
    if (step.layer.empty() && !cluster.elementwise.empty()) step.layer = cluster.elementwise.front()->layer;
    if (step.program) step.scratch_bytes = step.program->scratch_bytes() * static_cast<std::size_t>(plan_->workers);
    for (const auto* list : {&step.inputs, &step.outputs, &step.program_inputs, &step.program_outputs})
      for (int b : *list) touch(b);
    plan_->steps.push_back(std::move(step));
  }

  void add_program(const Cluster& cluster, Step& step) {
    std::map<Key, int> external, internal;
    std::vector<EwNode> program;
    std::vector<TensorSpec> inputs, outputs;
    Values input_values, output_values;
    for (const auto& node : cluster.elementwise) {
      EwNode ew;
      ew.op = *node->op->elementwise();
      if (const auto seed = node->attrs.find("seed"); seed != node->attrs.end())
        ew.key = static_cast<std::uint64_t>(std::get<index_t>(seed->second));
      ew.spec = node->outputs[0];
      for (const Value& v : node->inputs) {
        if (const auto it = internal.find(key_of(v)); it != internal.end()) {
          ew.operands.push_back({false, it->second});
          continue;
        }
        const auto [it, fresh] = external.try_emplace(key_of(v), static_cast<int>(inputs.size()));
        if (fresh) {
          inputs.push_back(v.spec());
          input_values.push_back(v);
        }
        ew.operands.push_back({true, it->second});
      }
      if (schedule_.read_outside.contains({node.get(), 0})) {
        ew.output = static_cast<int>(outputs.size());
        outputs.push_back(ew.spec);
        output_values.push_back({node, 0});
      }
      internal[{node.get(), 0}] = static_cast<int>(program.size());
      program.push_back(std::move(ew));
      if (!step.label.empty()) step.label += " ";
      step.label += node->op->name();
    }
    const Node& first = *cluster.elementwise.front();
    auto compiled =
        std::make_shared<ElementwiseProgram>(first.outputs[0].shape, inputs, outputs, program, computes_wide(first));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const Value& v = input_values[i];
      const bool from_main = cluster.main && v.node == cluster.main;
      step.program_inputs.push_back(from_main ? -1 : buffer_for(v));
    }
    choose_program_outputs(*compiled, output_values, step, cluster);
    if (cluster.main) {
      // The op writes where the program's result goes if that is safe, else into a buffer of its own.
      const Value raw{cluster.main, 0};
      int raw_buffer = -1;
      int raw_input = -1;
      for (std::size_t i = 0; i < inputs.size(); ++i)
        if (step.program_inputs[i] == -1) raw_input = static_cast<int>(i);
      if (!schedule_.read_outside.contains(key_of(raw)))
        for (std::size_t o = 0; o < outputs.size() && raw_buffer < 0; ++o) {
          const bool updates_variable = schedule_.in_place.contains(key_of(output_values[o]));
          const int target = step.program_outputs[o];
          const bool holds_input = std::count(step.program_inputs.begin(), step.program_inputs.end(), target) > 0;
          if (!updates_variable && !holds_input && compiled->can_share(raw_input, static_cast<int>(o)))
            raw_buffer = target;
        }
      if (raw_buffer >= 0) buffer_of_[key_of(raw)] = raw_buffer;
      step.program_inputs[static_cast<std::size_t>(raw_input)] = buffer_for(raw);
    }
    step.program = std::move(compiled);
  }

  void choose_program_outputs(const ElementwiseProgram& program, const Values& values, Step& step,
                              const Cluster& cluster) {
    std::set<int> taken;
    for (std::size_t o = 0; o < values.size(); ++o) {
      const Key key = key_of(values[o]);
      // An update in place must not overwrite what a later instruction still reads.
      if (const auto it = schedule_.in_place.find(key); it != schedule_.in_place.end()) {
        const int own = variable_buffer(it->second);
        bool safe = true;
        for (int i = 0; i < program.inputs(); ++i)
          if (step.program_inputs[static_cast<std::size_t>(i)] == own && !program.can_share(i, static_cast<int>(o)))
            safe = false;
        for (int b : step.inputs) safe = safe && b != own;
        if (!safe) {
          buffer_of_[key] = arena_buffer(values[o].spec().bytes());
          late_copies_.push_back({it->second, values[o]});
          schedule_.last_reader[key] = Schedule::kNever;
        }
      } else if (!buffer_of_.contains(key)) {
        int shared = -1;
        for (int i = 0; i < program.inputs() && shared < 0; ++i) {
          const int b = step.program_inputs[static_cast<std::size_t>(i)];
          if (b < 0 || taken.contains(b) || !dies_here(b, cluster) || !program.can_share(i, static_cast<int>(o)))
            continue;
          if (std::count(step.program_inputs.begin(), step.program_inputs.end(), b) != 1) continue;
          if (std::count(step.inputs.begin(), step.inputs.end(), b)) continue;
          shared = b;
        }
        if (shared >= 0) {
          taken.insert(shared);
          buffer_of_[key] = shared;
        }
      }
      step.program_outputs.push_back(buffer_for(values[o]));
    }
  }

  void add_outputs(const Cluster& cluster, Step& step) {
    const Node& n = *cluster.main;
    const int from = n.op->in_place_input();
    if (from >= 0 && cluster.elementwise.empty() && !buffer_of_.contains({&n, 0})) {
      const int b = step.inputs[static_cast<std::size_t>(from)];
      if (dies_here(b, cluster) && plan_->buffers[static_cast<std::size_t>(b)].bytes == n.outputs[0].bytes() &&
          std::count(step.inputs.begin(), step.inputs.end(), b) == 1)
        buffer_of_[{&n, 0}] = b;
    }
    for (std::size_t o = 0; o < n.outputs.size(); ++o)
      step.outputs.push_back(buffer_for({cluster.main, static_cast<int>(o)}));
  }

  // No cluster after this one reads the arena buffer.
  bool dies_here(int buffer, const Cluster& cluster) {
    if (plan_->buffers[static_cast<std::size_t>(buffer)].kind != Buffer::Kind::arena) return false;
    const auto it = schedule_.last_reader.find(buffer_values_key(buffer));
    const std::size_t mine =
        schedule_.cluster_of.at(cluster.main ? cluster.main.get() : cluster.elementwise.front().get());
    return it != schedule_.last_reader.end() && it->second == schedule_.position.at(mine);
  }

  // Values sharing a buffer are those put there by sharing; the last value's readers count.
  Key buffer_values_key(int buffer) {
    Key latest{nullptr, 0};
    for (const auto& [key, b] : buffer_of_)
      if (b == buffer && (!latest.first || made_at(key) > made_at(latest))) latest = key;
    return latest;
  }

  std::size_t made_at(const Key& key) const { return schedule_.position.at(schedule_.cluster_of.at(key.first)); }

  // ---- memory ---------------------------------------------------------------------------------
  void place_buffers() {
    add_copies();
    std::vector<Lifetime> blocks;
    std::vector<std::size_t*> targets;
    for (std::size_t b = 0; b < plan_->buffers.size(); ++b) {
      Buffer& buffer = plan_->buffers[b];
      buffer.first = life_[b].first;
      buffer.last = life_[b].last;
      if (buffer.kind != Buffer::Kind::arena || life_[b].first < 0) continue;
      blocks.push_back({buffer.bytes, life_[b].first, life_[b].last});
      targets.push_back(&buffer.offset);
    }
    for (std::size_t s = 0; s < plan_->steps.size(); ++s) {
      Step& step = plan_->steps[s];
      const int at = static_cast<int>(s);
      blocks.push_back({step.workspace_bytes, at, at});
      targets.push_back(&step.workspace_offset);
      blocks.push_back({step.scratch_bytes, at, at});
      targets.push_back(&step.scratch_offset);
    }
    const Placement placement = place(blocks);
    for (std::size_t i = 0; i < blocks.size(); ++i) *targets[i] = placement.offsets[i];
    plan_->arena_bytes = placement.total;
  }

  // Updates that could not be made in place are copied once every step has read the old values.
  void add_copies() {
    for (const VariableUpdate& u : updates_)
      if (!schedule_.in_place.contains(key_of(u.value))) late_copies_.push_back(u);
    for (const VariableUpdate& u : late_copies_) {
      const TensorSpec& spec = u.value.spec();
      const EwNode copy{kernels::EwOp::copy, {{true, 0}}, 0, spec, 0};
      Step step;
      const bool wide = spec.dtype != DType::float32 && spec.dtype != DType::boolean && spec.dtype != DType::uint8;
      step.program = std::make_shared<ElementwiseProgram>(spec.shape, std::vector{spec}, std::vector{spec},
                                                          std::vector{copy}, wide);
      step.program_inputs = {buffer_of_.at(key_of(u.value))};
      step.program_outputs = {variable_buffer(u.variable)};
      step.scratch_bytes = step.program->scratch_bytes() * static_cast<std::size_t>(plan_->workers);
      step.label = "assign";
      step.layer = u.variable->name;
      touch(step.program_inputs[0]);
      touch(step.program_outputs[0]);
      plan_->steps.push_back(std::move(step));
    }
  }

  Values inputs_, outputs_;
  std::vector<VariableUpdate> updates_, late_copies_;
  std::shared_ptr<Plan> plan_;
  std::vector<std::shared_ptr<const Node>> nodes_;
  std::vector<Cluster> clusters_;
  Schedule schedule_;
  std::map<Key, int> buffer_of_;
  std::map<const Variable*, int> variable_buffers_;
  std::vector<Lifetime> life_;
};

}  // namespace

std::shared_ptr<const Plan> compile(const Values& inputs, const Values& outputs,
                                    const std::vector<VariableUpdate>& updates) {
  return Planner(inputs, outputs, updates).run();
}

Cost cost_of(const Step& step) {
  Cost cost;
  if (step.op) cost = step.op->cost(step.input_specs, step.output_specs);
  if (step.program) {
    cost.flops +=
        static_cast<double>(step.program->instructions()) * static_cast<double>(elements(step.program->shape()));
    for (const TensorSpec& s : step.program->input_specs()) cost.bytes += static_cast<double>(s.bytes());
    for (const TensorSpec& s : step.program->output_specs()) cost.bytes += static_cast<double>(s.bytes());
  }
  return cost;
}

}  // namespace genodl
