// Instruction sets: what was compiled, what this machine can run, which one is in use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace genodl {

// In rising order; the active set is the last one available unless GENODL_ISA names another.
#if defined(__aarch64__)
enum class Isa { neon };
#elif defined(__x86_64__)
enum class Isa { baseline, avx2, avx512 };
#else
enum class Isa { baseline };
#endif

std::string_view isa_name(Isa isa);
const std::vector<Isa>& compiled_isas();
bool isa_available(Isa isa);
std::vector<Isa> available_isas();

// Chosen at the first call and kept: results must not change within a process.
// Throws std::invalid_argument when GENODL_ISA asks for what this machine or build lacks.
Isa active_isa();

// The choice itself, from the value of GENODL_ISA (empty: the best available).
Isa choose_isa(std::string_view request);

}  // namespace genodl
