#include "bindings/module.h"

#include "core/isa.h"

PYBIND11_MODULE(_core, m) {
  genodl::active_isa();  // an impossible GENODL_ISA fails here, as an ImportError
  genodl::bindings::register_errors(m);
  genodl::bindings::register_config(m);
  genodl::bindings::register_graph(m);
  genodl::bindings::register_delta(m);
  genodl::bindings::register_batch_loop(m);
  genodl::bindings::register_genomics(m);
  genodl::bindings::register_one_hot_codes(m);
  genodl::bindings::register_speed(m);
}
