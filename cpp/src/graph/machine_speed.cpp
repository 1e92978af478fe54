#include "graph/machine_speed.h"

#include <algorithm>
#include <chrono>

#include "core/function_ref.h"
#include "core/parallel.h"
#include "core/tensor.h"
#include "kernels/peak.h"

namespace genodl {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Fastest of the runs that begin within `seconds`; at least three.
double fastest(double seconds, FunctionRef<void()> run) {
  const auto begin = Clock::now();
  double best = 0;
  for (int runs = 0; runs < 3 || seconds_since(begin) < seconds; ++runs) {
    const auto start = Clock::now();
    run();
    const double taken = seconds_since(start);
    if (runs == 0 || taken < best) best = taken;
  }
  return best;
}

}  // namespace

double measure_fma_peak(double seconds) {
  constexpr index_t kRounds = 400'000;  // a few milliseconds
  const kernels::PeakKernels& peak = kernels::peak();
  const ThreadScope threads;
  const int workers = threads.workers();
  float sink = 0;  // written to memory, so that no call can be left out
  float results[256];
  const double taken = fastest(seconds, [&] {
    parallel_for(workers, [&](index_t task, int) { results[task % 256] = peak.multiply_adds(kRounds); });
    sink += results[0];
  });
  volatile float keep = sink;
  static_cast<void>(keep);
  return static_cast<double>(kRounds) * static_cast<double>(peak.operations) * workers / taken;
}

double measure_bandwidth(double seconds) {
  constexpr index_t kElements = index_t{1} << 24;  // 64 MB an array, far beyond any cache
  constexpr index_t kPerTask = index_t{1} << 16;
  const TensorSpec spec{{kElements}, DType::float32};
  Tensor parameter(spec), first(spec), second(spec), gradient(spec);
  for (Tensor* t : {&parameter, &first, &second, &gradient}) std::fill_n(t->as<float>(), kElements, 1.0f);
  const double taken = fastest(seconds, [&] {
    parallel_for(kElements / kPerTask, [&](index_t task, int) {
      const index_t begin = task * kPerTask;
      float* p = parameter.as<float>() + begin;
      float* m = first.as<float>() + begin;
      float* v = second.as<float>() + begin;
      const float* g = gradient.as<float>() + begin;
      for (index_t i = 0; i < kPerTask; ++i) {
        m[i] = 0.5f * m[i] + g[i];
        v[i] = 0.5f * v[i] + g[i];
        p[i] = 0.5f * p[i] + m[i] * v[i];
      }
    });
  });
  return 7.0 * sizeof(float) * static_cast<double>(kElements) / taken;
}

}  // namespace genodl
