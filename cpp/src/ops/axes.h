// What ops share: checks of inputs, axes in normal form, and loops cut by shape alone.
#pragma once

#include <algorithm>

#include "core/error.h"
#include "core/parallel.h"
#include "graph/build.h"
#include "graph/op.h"

namespace genodl {

constexpr std::size_t kMaxRank = 16;

// A shape seen from one axis: positions before it, along it, after it.
struct Around {
  index_t outer, n, inner;
};

inline Around around(const Shape& shape, std::size_t axis) {
  return {elements(shape, 0, axis), shape[axis], elements(shape, axis + 1, shape.size())};
}

inline index_t rank_of(const Shape& shape) { return static_cast<index_t>(shape.size()); }

// Sorted, from the front, each once.
Ints normal_axes(const Ints& axes, index_t rank, const std::string& who);

void expect_inputs(Specs inputs, std::size_t count, const std::string& who);
void expect_float(const TensorSpec& spec, const std::string& who);
void expect_integer(const TensorSpec& spec, const std::string& who);
void expect_same(const TensorSpec& a, const TensorSpec& b, const std::string& who);
void expect_shape(const TensorSpec& spec, const Shape& shape, const char* what, const std::string& who);

// Calls f.template operator()<T>() for one of the two float types.
template <class F>
void dispatch_float(DType t, F&& f) {
  if (t == DType::float64)
    f.template operator()<double>();
  else
    f.template operator()<float>();
}

// Elements that a task should touch at least: small enough to spread, large enough to pay for itself.
constexpr index_t kTaskElements = 32768;

// How many items of `elements_each` make a task.
inline index_t grain(index_t elements_each) {
  return std::max<index_t>(1, kTaskElements / std::max<index_t>(1, elements_each));
}

// Calls body(begin, end, worker) for consecutive pieces of [0, count).
template <class Body>
void parallel_ranges(index_t count, index_t piece, Body&& body) {
  const index_t tasks = (count + piece - 1) / piece;
  if (tasks == 0) return;
  parallel_for(tasks,
               [&](index_t task, int worker) { body(task * piece, std::min(count, (task + 1) * piece), worker); });
}

// Calls body(first, columns, worker) for groups of neighbouring lines along an axis: the first starts at
// element `first`; each has a.n elements, a.inner apart.
constexpr index_t kLines = 64;
template <class Body>
void parallel_lines(const Around& a, Body&& body) {
  const index_t width = std::min(a.inner, kLines), groups = a.inner == 0 ? 0 : (a.inner + width - 1) / width;
  parallel_ranges(a.outer * groups, grain(a.n * width), [&](index_t begin, index_t end, int worker) {
    for (index_t t = begin; t < end; ++t) {
      const index_t column = t % groups * width;
      body(t / groups * a.n * a.inner + column, std::min(width, a.inner - column), worker);
    }
  });
}

}  // namespace genodl
