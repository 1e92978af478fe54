// The choice of the instruction set: the best by default, any that is there by name, errors in words.
#include "core/isa.h"

#include <stdexcept>

#include "tests/check.h"

namespace genodl {
namespace {

std::string refusal(std::string_view request) {
  try {
    choose_isa(request);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(the_best_instruction_set_is_the_default) {
  CHECK(choose_isa("") == available_isas().back());
  for (Isa isa : available_isas()) CHECK(choose_isa(isa_name(isa)) == isa);
}

TEST(an_impossible_instruction_set_is_refused_in_one_sentence) {
  const std::string words = refusal("sse9");
  CHECK_MSG(words.find("GENODL_ISA: expected one of ") == 0 &&
                words.find(", got 'sse9'. Unset GENODL_ISA or choose one of these.") != std::string::npos,
            words);
  for (Isa isa : compiled_isas()) {
    if (isa_available(isa)) continue;
    CHECK(refusal(isa_name(isa)).find("expected an instruction set that this processor has") != std::string::npos);
  }
}

}  // namespace
}  // namespace genodl
