// What this build is and how it runs here: version, compiler, instruction set, threads.
#include <Eigen/Core>
#include <string>

#include "bindings/module.h"
#include "core/isa.h"
#include "core/parallel.h"
#include "core/settings.h"
#include "core/task_arena.h"

namespace genodl::bindings {
namespace {

std::string compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#else
  return "gcc " __VERSION__;
#endif
}

std::string eigen_version() {
  return std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
         std::to_string(EIGEN_MINOR_VERSION);
}

py::list available() {
  py::list names;
  for (Isa isa : available_isas()) names.append(std::string(isa_name(isa)));
  return names;
}

py::dict config() {
  py::dict values;
  values["version"] = GENODL_VERSION;
  values["compiler"] = compiler();
  values["isa"] = std::string(isa_name(active_isa()));
  values["isas_available"] = available();
  values["threads"] = get_threads();
  values["tbb"] = tbb_version();
  values["eigen"] = eigen_version();
  return values;
}

}  // namespace

void register_config(py::module_& m) {
  m.attr("version") = GENODL_VERSION;
  m.def("config", &config);
  m.def("set_threads", &set_threads, py::arg("threads"));
  m.def("get_threads", &get_threads);
  m.def("set_precise", &set_precise, py::arg("on"));
  m.def("precise", &precise);
}

}  // namespace genodl::bindings
