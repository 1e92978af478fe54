// Runs a check with every instruction set of this machine; the others are named as skipped.
#pragma once

#include <string>

#include "core/isa.h"
#include "tests/check.h"

namespace genodl::testing {

template <class Check>
void for_every_isa(Check check) {
  for (Isa isa : compiled_isas()) {
    if (isa_available(isa)) {
      check(isa);
    } else {
      skip("instruction set " + std::string(isa_name(isa)) + ": this processor lacks it");
    }
  }
}

}  // namespace genodl::testing
