#include "kernels/softmax.h"

#include "kernels/vec_part.simd.h"

namespace genodl::kernels::GENODL_ISA {
namespace {

// A NaN need not be the shift: it makes its line's sum NaN.
inline Vec larger(Vec a, Vec b) { return select(a > b, a, b); }

// A line in memory order, or kLanes lines side by side: what differs is where the n elements lie
// and whether a value is merged over lanes in the end.
struct Along {  // one contiguous line, kLanes elements at a time
  index_t n;
  index_t vectors() const { return (n + kLanes - 1) / kLanes; }
  index_t offset(index_t v) const { return v * kLanes; }
  index_t width(index_t v) const { return n - v * kLanes; }
  Vec sum(Vec v) const { return splat(sum_lanes(v)); }
  Vec max(Vec v) const { return splat(merge_lanes(v, larger)); }
};
struct Across {  // `columns` lines, one element of each at a time
  index_t n, step, columns;
  index_t vectors() const { return n; }
  index_t offset(index_t v) const { return v * step; }
  index_t width(index_t) const { return columns; }
  Vec sum(Vec v) const { return v; }
  Vec max(Vec v) const { return v; }
};

inline Vec finite_shift(Vec best) { return select(best == -kInfinity, splat(0.0f), best); }

template <class Lines>
inline Vec shift_of(const Lines& lines, const float* x) {
  Vec even = splat(-kInfinity), odd = even;
  const auto at = [&](index_t v) { return load_up_to(x + lines.offset(v), lines.width(v), -kInfinity); };
  index_t v = 0;
  for (; v + 2 <= lines.vectors(); v += 2) {
    even = larger(at(v), even);
    odd = larger(at(v + 1), odd);
  }
  if (v < lines.vectors()) even = larger(at(v), even);
  return finite_shift(lines.max(larger(even, odd)));
}

template <class Lines>
inline Vec exp_sum(const Lines& lines, const float* x, Vec shift) {
  Vec sum{};
  for (index_t v = 0; v < lines.vectors(); ++v)
    sum += exp(load_up_to(x + lines.offset(v), lines.width(v), -kInfinity) - shift);
  return lines.sum(sum);
}

// Short lines stay in registers and near memory between the passes, longer ones in y.
constexpr index_t kShort = 16;

struct Softmax {
  template <class Lines>
  static void run(const Lines& lines, const float* x, float* y) {
    if (lines.vectors() <= kShort) return run_short(lines, x, y);
    const Vec shift = shift_of(lines, x);
    Vec sum{};
    for (index_t v = 0; v < lines.vectors(); ++v) {
      const index_t at = lines.offset(v), width = lines.width(v);
      const Vec e = exp(load_up_to(x + at, width, -kInfinity) - shift);
      sum += e;
      store_up_to(y + at, e, width);
    }
    const Vec scale = scale_of(lines.sum(sum));
    for (index_t v = 0; v < lines.vectors(); ++v) {
      const index_t at = lines.offset(v), width = lines.width(v);
      store_up_to(y + at, load_up_to(y + at, width) * scale, width);
    }
  }

 private:
  static Vec scale_of(Vec sum) { return select(sum == 0.0f, sum, 1.0f / sum); }

  template <class Lines>
  static void run_short(const Lines& lines, const float* x, float* y) {
    Vec e[kShort], best = splat(-kInfinity), sum{};
    const index_t count = lines.vectors();
    for (index_t v = 0; v < count; ++v) {
      e[v] = load_up_to(x + lines.offset(v), lines.width(v), -kInfinity);
      best = larger(e[v], best);
    }
    const Vec shift = finite_shift(lines.max(best));
    for (index_t v = 0; v < count; ++v) sum += e[v] = exp(e[v] - shift);
    const Vec scale = scale_of(lines.sum(sum));
    for (index_t v = 0; v < count; ++v) store_up_to(y + lines.offset(v), e[v] * scale, lines.width(v));
  }
};

struct LogSoftmax {
  template <class Lines>
  static void run(const Lines& lines, const float* x, float* y) {
    const Vec shift = shift_of(lines, x), sum = exp_sum(lines, x, shift);
    const Vec log_sum = select(sum == 0.0f, sum, log(sum));
    for (index_t v = 0; v < lines.vectors(); ++v) {
      const index_t at = lines.offset(v), width = lines.width(v);
      store_up_to(y + at, (load_up_to(x + at, width) - shift) - log_sum, width);
    }
  }
};

struct SoftmaxGrad {
  template <class Lines>
  static void run(const Lines& lines, const float* y, const float* dy, float* dx) {
    Vec sum{};
    for (index_t v = 0; v < lines.vectors(); ++v) {
      const index_t at = lines.offset(v), width = lines.width(v);
      sum += load_up_to(y + at, width) * load_up_to(dy + at, width);
    }
    sum = lines.sum(sum);
    for (index_t v = 0; v < lines.vectors(); ++v) {
      const index_t at = lines.offset(v), width = lines.width(v);
      store_up_to(dx + at, load_up_to(y + at, width) * (load_up_to(dy + at, width) - sum), width);
    }
  }
};

struct LogSoftmaxGrad {
  template <class Lines>
  static void run(const Lines& lines, const float* y, const float* dy, float* dx) {
    Vec sum{};
    for (index_t v = 0; v < lines.vectors(); ++v) sum += load_up_to(dy + lines.offset(v), lines.width(v));
    sum = lines.sum(sum);
    for (index_t v = 0; v < lines.vectors(); ++v) {
      const index_t at = lines.offset(v), width = lines.width(v);
      store_up_to(dx + at, load_up_to(dy + at, width) - exp(load_up_to(y + at, width)) * sum, width);
    }
  }
};

template <class Function, class... Pointers>
inline void each_line(index_t n, index_t step, index_t columns, Pointers... p) {
  if (columns == 1 && step == 1) return Function::run(Along{n}, p...);
  for (index_t c = 0; c < columns; c += kLanes) {
    const index_t width = columns - c < kLanes ? columns - c : kLanes;
    Function::run(Across{n, step, width}, p + c...);
  }
}

void softmax(const float* x, float* y, index_t n, index_t step, index_t columns) {
  each_line<Softmax>(n, step, columns, x, y);
}
void log_softmax(const float* x, float* y, index_t n, index_t step, index_t columns) {
  each_line<LogSoftmax>(n, step, columns, x, y);
}
void softmax_grad(const float* y, const float* dy, float* dx, index_t n, index_t step, index_t columns) {
  each_line<SoftmaxGrad>(n, step, columns, y, dy, dx);
}
void log_softmax_grad(const float* y, const float* dy, float* dx, index_t n, index_t step, index_t columns) {
  each_line<LogSoftmaxGrad>(n, step, columns, y, dy, dx);
}

template <class Lines>
inline Vec log_of_exp_sum(const Lines& lines, const float* x) {
  const Vec shift = shift_of(lines, x);
  return select(shift == kInfinity, shift, shift + log(exp_sum(lines, x, shift)));
}

void logsumexp(const float* x, float* out, index_t n, index_t step, index_t columns) {
  if (columns == 1 && step == 1) {
    *out = log_of_exp_sum(Along{n}, x)[0];
    return;
  }
  for (index_t c = 0; c < columns; c += kLanes) {
    const index_t width = columns - c < kLanes ? columns - c : kLanes;
    store_up_to(out + c, log_of_exp_sum(Across{n, step, width}, x + c), width);
  }
}

}  // namespace

extern const SoftmaxKernels softmax_table = {softmax, log_softmax, logsumexp, softmax_grad, log_softmax_grad};

}  // namespace genodl::kernels::GENODL_ISA
