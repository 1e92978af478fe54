// Delta plans: what a model makes of many mutants of one reference. Mutants differ from it in a few
// positions of axis 1; each value that depends on them is held as a *window* of its positions that can
// change, or, where an op sees everything, *full*; all the rest is taken from the reference.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "graph/node.h"
#include "graph/op.h"

namespace genodl {

// Where the windows of a value lie: positions [start, start + width) of axis 1, clamped to the inside,
// one start for each mutant.
struct WindowPlaces {
  std::vector<index_t> starts;  // by the position of the edit, from the first that is allowed
  index_t width = 0;
  Value table;  // int32 (mutants): the starts of the mutants of a run
};

enum class DeltaForm { reference, window, full };

struct DeltaStep {  // how one node of the model is computed, for people and tests
  std::string op, layer;
  DeltaForm form;
  index_t width;
};

// A graph for `mutants` edits at a time, to be compiled and run by whoever owns the reference.
struct DeltaGraph {
  // Inputs of a run: the edited rows, then starts (one table each), then values of the reference.
  Value edits;
  std::vector<std::shared_ptr<const WindowPlaces>> tables;
  Values reference_places, reference_values;  // placeholders here; what they hold, in the reference's graph
  Values outputs;                             // an empty Value: that output cannot change
  std::vector<DeltaStep> steps;
};

struct DeltaRequest {
  Values reference_outputs;        // of the model traced with one row
  Values mutant_outputs;           // of the same model traced with `mutants` rows
  Value reference_source, source;  // the placeholder that is edited, in both graphs
  index_t edit_width = 1;          // consecutive positions an edit may change
  index_t first = 0, last = 0;     // edits start at positions [first, last)
};

DeltaGraph make_delta_graph(const DeltaRequest& request);

// Values of the reference's graph that a delta graph takes as inputs, each once.
class ReferenceValues {
 public:
  // The value in the delta graph; variables and constants are the same in both.
  Value take(const Value& of_reference);
  const Values& values() const { return values_; }
  const Values& places() const { return places_; }

 private:
  Values values_, places_;
};

// What an op's delta rule sees. A rule emits the nodes of the output's window, or, where the op's
// changed() answers "everything", of the whole output; an empty Value leaves it to full recomputation.
class DeltaContext {
 public:
  struct Input {
    DeltaForm form = DeltaForm::reference;
    Value value;                                 // of a window, its positions; of full, everything
    std::shared_ptr<const WindowPlaces> places;  // of a window
    Value base;                                  // the same input in the reference's graph
  };

  DeltaContext(const Node& node, Value base, std::vector<Input> inputs, std::shared_ptr<const WindowPlaces> out,
               ReferenceValues& references);

  const Node& node() const { return node_; }
  std::size_t inputs() const { return inputs_.size(); }
  index_t mutants() const { return node_.outputs[0].shape[0]; }
  bool changes(int i) const { return at(i).form != DeltaForm::reference; }

  // The window of a changing input, where it lies, and the input in the reference, of batch 1.
  const Value& window(int i) const { return at(i).value; }
  const WindowPlaces& places(int i) const { return *at(i).places; }
  Value reference(int i) { return once(at(i).base); }
  // In the reference's graph; what is made of these is computed once for all mutants by once().
  const Value& base(int i) const { return at(i).base; }
  Value once(const Value& of_reference) { return references_.take(of_reference); }
  Value reference_output() { return once(base_); }

  // Where the output's windows lie; null: the rule must give the whole output.
  const WindowPlaces* out() const { return out_.get(); }
  // A changing input at the positions of the output's windows.
  Value aligned(int i);
  // A value of the reference (batch 1) at these positions, for all mutants.
  Value reference_at(const Value& reference, const WindowPlaces& places) const;

  // The op itself on windows: right where position p of the output reads position p of its inputs only.
  Value positionwise(const Attrs& attrs);
  Value positionwise() { return positionwise(node_.attrs); }

 private:
  const Input& at(int i) const { return inputs_[static_cast<std::size_t>(i)]; }
  bool reads_own_position(int i) const;

  const Node& node_;
  Value base_;
  std::vector<Input> inputs_;
  std::shared_ptr<const WindowPlaces> out_;
  ReferenceValues& references_;
};

}  // namespace genodl
