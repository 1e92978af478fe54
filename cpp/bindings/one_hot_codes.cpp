// genodl._core.one_hot_codes: uint8 codes of a float32 array of one-hot DNA, or None.
#include "genomics/one_hot_codes.h"

#include <pybind11/numpy.h>

#include "bindings/module.h"

namespace genodl::bindings {

namespace {

py::object one_hot_codes(const py::array_t<float, py::array::c_style | py::array::forcecast>& x) {
  if (x.ndim() != 3 || x.shape(2) != 4) return py::none();
  py::array_t<std::uint8_t> codes({x.shape(0), x.shape(1)});
  const float* from = x.data();
  std::uint8_t* to = codes.mutable_data();
  const py::ssize_t rows = codes.size();
  bool found;
  {
    const py::gil_scoped_release release;
    found = genomics::one_hot_codes(from, rows, to);
  }
  return found ? py::object(std::move(codes)) : py::none();
}

}  // namespace

void register_one_hot_codes(py::module_& m) { m.def("one_hot_codes", one_hot_codes); }

}  // namespace genodl::bindings
