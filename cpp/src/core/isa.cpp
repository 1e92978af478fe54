#include "core/isa.h"

#include <cstdlib>
#include <stdexcept>

namespace genodl {
namespace {

std::string listed(const std::vector<Isa>& sets) {
  std::string text;
  for (Isa isa : sets) {
    if (!text.empty()) text += ", ";
    text += isa_name(isa);
  }
  return text;
}

}  // namespace

std::string_view isa_name(Isa isa) {
  switch (isa) {
#if defined(__aarch64__)
    case Isa::neon:
      return "neon";
#else
    case Isa::baseline:
      return "baseline";
#if defined(__x86_64__)
    case Isa::avx2:
      return "avx2";
    case Isa::avx512:
      return "avx512";
#endif
#endif
  }
  return "unknown";
}

const std::vector<Isa>& compiled_isas() {
#if defined(__aarch64__)
  static const std::vector<Isa> sets{Isa::neon};
#elif defined(__x86_64__)
  static const std::vector<Isa> sets{Isa::baseline, Isa::avx2, Isa::avx512};
#else
  static const std::vector<Isa> sets{Isa::baseline};
#endif
  return sets;
}

// The compiler's test also asks the operating system whether it saves the wide registers.
bool isa_available(Isa isa) {
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  if (isa == Isa::avx2) return avx2;
  if (isa == Isa::avx512) {
    return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512cd");
  }
#endif
  (void)isa;
  return true;
}

std::vector<Isa> available_isas() {
  std::vector<Isa> sets;
  for (Isa isa : compiled_isas()) {
    if (isa_available(isa)) sets.push_back(isa);
  }
  return sets;
}

Isa choose_isa(std::string_view request) {
  const std::vector<Isa> available = available_isas();
  if (request.empty()) return available.back();
  for (Isa isa : compiled_isas()) {
    if (isa_name(isa) != request) continue;
    if (isa_available(isa)) return isa;
    throw std::invalid_argument("GENODL_ISA: expected an instruction set that this processor has (" +
                                listed(available) + "), got '" + std::string(request) +
                                "'. Unset GENODL_ISA or choose one of these.");
  }
  throw std::invalid_argument("GENODL_ISA: expected one of " + listed(compiled_isas()) + ", got '" +
                              std::string(request) + "'. Unset GENODL_ISA or choose one of these.");
}

Isa active_isa() {
  static const Isa isa = [] {
    const char* request = std::getenv("GENODL_ISA");
    return choose_isa(request == nullptr ? "" : request);
  }();
  return isa;
}

}  // namespace genodl
