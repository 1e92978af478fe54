// (window, starts, reference, weights, reference result, starts of the result) -> windows of a
// convolution along one axis. Only what changed is multiplied: each row of the window that differs from
// the reference, times all taps, is added into the reference's result.
#include "ops/window_conv.h"
#include "kernels/rows.h"
#include "ops/float_workspace.h"
#include "ops/serial_gemm.h"
#include "ops/window.h"

namespace genodl {

namespace {

// A block's product, the rows it is made of and the windows it is added into share a second-level cache.
constexpr index_t kProductFloats = index_t{1} << 16, kColumns = 512;
constexpr index_t kFewestRows = 128, kMostRows = 512;
constexpr index_t kFewTerms = 8;  // fewer channels than that (bases) are added up row by row

struct ConvSizes {
  index_t mutants, in_width, in_length, channels, out_width, out_length, filters, taps;
};

// Changed rows of a block of mutants, waiting for their product.
struct Row {
  index_t mutant, position;
};

class WindowConv final : public Op {
 public:
  explicit WindowConv(AttrReader& a)
      : stride_(a.integer("stride")),
        dilation_(a.integer("dilation")),
        before_(a.integer("before")),
        groups_(a.integer("groups")),
        width_(a.integer("width")) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 6, name());
    expect_float(inputs[0], name());
    expect_windows(inputs[0], inputs[1], inputs[2], name());
    expect_reference(inputs[4], name());
    expect_starts(inputs[5], name());
    expect_same(inputs[0], inputs[3], name());
    const Shape &x = inputs[2].shape, &w = inputs[3].shape, &y = inputs[4].shape;
    if (x.size() != 3 || w.size() != 3 || y.size() != 3 || w[0] * groups_ != x[2] || w[2] != y[2])
      fail<ShapeError>(name(), ": expected weights (channels, taps, filters) that fit, got the shapes ", to_string(x),
                       ", ", to_string(w), " and ", to_string(y), ".");
    return {{{inputs[5].shape[0], width_, y[2]}, inputs[0].dtype}};
  }
  bool takes_epilogue(Specs) const override { return true; }

  std::size_t workspace(Specs inputs, Specs, int workers) const override {
    if (inputs[0].dtype != DType::float32) return 0;
    const ConvSizes s = sizes(inputs[0].shape, inputs[2].shape, inputs[3].shape, inputs[4].shape);
    return Products(*this, s).memory().size(workers);
  }

  void run(const RunContext& c) const override {
    const ConvSizes s = sizes(c.in_shape(0), c.in_shape(2), c.in_shape(3), c.in_shape(4));
    const start_t* from = read_starts(c, 1, s.in_width, s.in_length, name());
    const start_t* to = read_starts(c, 5, width_, s.out_length, name());
    if (c.in_spec(0).dtype == DType::float64) {
      each_block(c, s, 1, [&](index_t begin, index_t end, int) { add_rows<double>(c, s, from, to, begin, end); });
      return;
    }
    const Products products(*this, s);
    if (!products.used()) {
      const index_t block = grain(s.in_width * s.taps * s.filters);
      each_block(c, s, block, [&](index_t begin, index_t end, int) { add_rows<float>(c, s, from, to, begin, end); });
      return;
    }
    products.pack(c);
    const index_t block = std::max<index_t>(1, products.rows() / s.in_width);
    each_block(c, s, block,
               [&](index_t begin, index_t end, int worker) { products.add(c, from, to, begin, end, worker); });
  }

  // Of windows that change everywhere; rows equal to the reference's are left out at run time.
  Cost cost(Specs inputs, Specs outputs) const override {
    Cost cost = Op::cost(inputs, outputs);
    const ConvSizes s = sizes(inputs[0].shape, inputs[2].shape, inputs[3].shape, inputs[4].shape);
    const double rows =
        std::min(static_cast<double>(s.in_width) / static_cast<double>(stride_), static_cast<double>(s.out_width));
    cost.flops =
        2.0 * rows * static_cast<double>(s.mutants * s.channels) * static_cast<double>(s.taps * s.filters / groups_);
    return cost;
  }

 private:
  ConvSizes sizes(const Shape& window, const Shape& x, const Shape& weights, const Shape& y) const {
    return {window[0], window[1], x[1], x[2], width_, y[1], y[2], weights[1]};
  }
  // Where the taps of a phase begin and end: inputs p with (p + before) % stride == phase meet only these.
  std::pair<index_t, index_t> taps_of(index_t phase, index_t taps) const {
    const Ints order = tap_order(taps, stride_, dilation_);
    index_t begin = 0;
    while (begin < taps && order[static_cast<std::size_t>(begin)] * dilation_ % stride_ < phase) ++begin;
    index_t end = begin;
    while (end < taps && order[static_cast<std::size_t>(end)] * dilation_ % stride_ == phase) ++end;
    return {begin, end};
  }
  // Calls body(number in the order, position in the result's window) for the taps an input row meets.
  template <class Body>
  void each_tap(const Ints& order, index_t first, index_t last, index_t position, index_t start, Body&& body) const {
    for (index_t t = first; t < last; ++t) {
      const index_t at = position + before_ - order[static_cast<std::size_t>(t)] * dilation_;
      if (at < 0 || (stride_ > 1 && at % stride_ != 0)) continue;
      const index_t out = (stride_ > 1 ? at / stride_ : at) - start;
      if (out >= 0 && out < width_) body(t, out);
    }
  }

  // Whether any result in the window reads the position: not so where only part of them is wanted.
  bool reaches(const Ints& order, index_t position, index_t start) const {
    bool any = false;
    each_tap(order, 0, static_cast<index_t>(order.size()), position, start, [&](index_t, index_t) { any = true; });
    return any;
  }

  template <class Body>
  void each_block(const RunContext& c, const ConvSizes& s, index_t block, Body&& body) const {
    const std::size_t item = size_of(c.in_spec(0).dtype);
    parallel_ranges(s.mutants, block, [&](index_t begin, index_t end, int worker) {
      const index_t bytes = width_ * s.filters * static_cast<index_t>(item);
      for (index_t m = begin; m < end; ++m)
        std::copy_n(c.in<std::byte>(4) + c.in<start_t>(5)[m] * s.filters * static_cast<index_t>(item), bytes,
                    c.out<std::byte>(0) + m * bytes);
      body(begin, end, worker);
      c.finish_rows(begin * width_, end * width_, worker);
    });
  }

  static void add_scaled(const float* x, float a, float* y, index_t n) { kernels::rows().add_scaled(x, a, y, n); }
  static void add_scaled(const double* x, double a, double* y, index_t n) {
    for (index_t i = 0; i < n; ++i) y[i] += a * x[i];
  }

  // Changed elements one by one: a base that goes takes its row of the weights with it.
  template <class T>
  void add_rows(const RunContext& c, const ConvSizes& s, const start_t* from, const start_t* to, index_t begin,
                index_t end) const {
    const Ints order = tap_order(s.taps, stride_, dilation_);
    const index_t own = s.channels / groups_, filters = s.filters / groups_;
    for (index_t m = begin; m < end; ++m)
      for (index_t j = 0; j < s.in_width; ++j) {
        const T* now = c.in<T>(0) + (m * s.in_width + j) * s.channels;
        const T* was = c.in<T>(2) + (from[m] + j) * s.channels;
        for (index_t k = 0; k < s.channels; ++k) {
          const T change = now[k] - was[k];
          if (change == T{0}) continue;
          const index_t column = k / own * filters;
          each_tap(order, 0, s.taps, from[m] + j, to[m], [&](index_t t, index_t out) {
            add_scaled(c.in<T>(3) + (k % own * s.taps + t) * s.filters + column, change,
                       c.out<T>(0) + (m * width_ + out) * s.filters + column, filters);
          });
        }
      }
  }

  // Changed rows of many mutants times the weights of all taps, as one product a block.
  class Products {
   public:
    Products(const WindowConv& op, const ConvSizes& s)
        : op_(op), s_(s), order_(tap_order(s.taps, op.stride_, op.dilation_)) {
      if (!used()) return;
      most_taps_ = std::clamp<index_t>(kColumns / s.filters, 1, s.taps);
      rows_ = std::clamp(kProductFloats / (most_taps_ * s.filters), kFewestRows, kMostRows);
      for (index_t p = 0; p < op.stride_; ++p) {
        const auto [first, last] = op.taps_of(p, s.taps);
        if (first < last) phases_.push_back({p, {}});
        for (index_t t = first; t < last; t += most_taps_) add_part(phases_.back(), t, std::min(last, t + most_taps_));
      }
    }
    bool used() const { return op_.groups_ == 1 && s_.channels > kFewTerms; }
    index_t rows() const { return rows_; }

    FloatWorkspace memory() const {
      if (!used()) return {0, 0};
      return {packed_, changes_floats() + product_floats() + row_floats() + gemm_scratch_};
    }

    void pack(const RunContext& c) const {
      float* const packed = memory().shared(c);
      std::vector<std::pair<const Part*, index_t>> tasks;
      for (const Phase& phase : phases_)
        for (const Part& part : phase.parts)
          for (index_t t = 0; t < part.gemm.pack_tasks(); ++t) tasks.push_back({&part, t});
      parallel_for(static_cast<index_t>(tasks.size()), [&](index_t i, int) {
        const auto& [part, task] = tasks[static_cast<std::size_t>(i)];
        part->gemm.pack(c.in<float>(3) + part->first * s_.filters, packed + part->packed, task);
      });
    }

    void add(const RunContext& c, const start_t* from, const start_t* to, index_t begin, index_t end,
             int worker) const {
      float* const changes = memory().scratch(c, worker);
      Row* const rows = reinterpret_cast<Row*>(changes + changes_floats() + product_floats());
      for (const Phase& phase : phases_) {
        index_t count = 0;
        for (index_t m = begin; m < end; ++m) {
          const index_t late = (from[m] + op_.before_) % op_.stride_;
          for (index_t j = (phase.number - late + op_.stride_) % op_.stride_; j < s_.in_width; j += op_.stride_) {
            if (s_.out_width < s_.in_width && !op_.reaches(order_, from[m] + j, to[m])) continue;
            const float* now = c.in<float>(0) + (m * s_.in_width + j) * s_.channels;
            if (!subtract(now, c.in<float>(2) + (from[m] + j) * s_.channels, changes + count * s_.channels)) continue;
            rows[count++] = {m, from[m] + j};
            if (count == rows_) flush(c, phase, to, changes, rows, std::exchange(count, 0));
          }
        }
        flush(c, phase, to, changes, rows, count);
      }
    }

   private:
    struct Part {  // neighbouring taps, in one product
      index_t first, last, packed;
      SerialGemm gemm;
    };
    struct Phase {
      index_t number;
      std::vector<Part> parts;
    };

    void add_part(Phase& phase, index_t first, index_t last) {
      const index_t columns = (last - first) * s_.filters;
      phase.parts.push_back({first, last, packed_, {rows_, s_.channels, columns, s_.channels, s_.taps * s_.filters}});
      packed_ += phase.parts.back().gemm.packed();
      gemm_scratch_ = std::max(gemm_scratch_, phase.parts.back().gemm.scratch());
    }

    index_t changes_floats() const { return align(rows_ * s_.channels); }
    index_t product_floats() const { return align(rows_ * most_taps_ * s_.filters); }
    index_t row_floats() const { return align(rows_ * static_cast<index_t>(sizeof(Row) / sizeof(float))); }
    static index_t align(index_t floats) { return (floats + 15) / 16 * 16; }

    // Whether anything is left of the row.
    bool subtract(const float* now, const float* was, float* change) const {
      bool any = false;
      for (index_t k = 0; k < s_.channels; ++k) {
        change[k] = now[k] - was[k];
        any |= change[k] != 0.0f;
      }
      return any;
    }

    void flush(const RunContext& c, const Phase& phase, const start_t* to, float* changes, const Row* rows,
               index_t count) const {
      const FloatWorkspace all = memory();
      const auto add = kernels::rows().add;
      float* const product = changes + changes_floats();
      for (const Part& p : phase.parts) {
        p.gemm.run(changes, count, c.in<float>(3) + p.first * s_.filters, product, all.shared(c) + p.packed,
                   product + product_floats() + row_floats());
        const index_t n = (p.last - p.first) * s_.filters;
        for (index_t r = 0; r < count; ++r) {
          float* const y = c.out<float>(0) + rows[r].mutant * op_.width_ * s_.filters;
          op_.each_tap(order_, p.first, p.last, rows[r].position, to[rows[r].mutant], [&](index_t t, index_t out) {
            add(product + r * n + (t - p.first) * s_.filters, y + out * s_.filters, s_.filters);
          });
        }
      }
    }

    const WindowConv& op_;
    ConvSizes s_;
    Ints order_;
    std::vector<Phase> phases_;
    index_t rows_ = 0, most_taps_ = 0, packed_ = 0, gemm_scratch_ = 0;
  };

  index_t stride_, dilation_, before_, groups_, width_;
};
GENODL_REGISTER("window_conv", WindowConv)

}  // namespace

}  // namespace genodl
