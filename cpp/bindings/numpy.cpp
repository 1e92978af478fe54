#include "bindings/numpy.h"

#include "core/error.h"

namespace genodl::bindings {

py::dtype dtype_of(DType dtype) { return py::dtype(std::string(name_of(dtype))); }

DType dtype_of(const py::array& array) { return dtype_from(py::str(array.dtype().attr("name")).cast<std::string>()); }

Shape shape_of(const py::array& array) { return {array.shape(), array.shape() + array.ndim()}; }

py::tuple tuple_of(const Shape& shape) {
  py::tuple out(shape.size());
  for (std::size_t i = 0; i < shape.size(); ++i) out[i] = shape[i];
  return out;
}

Tensor tensor_from(const py::array& given) {
  py::array array = given;
  const bool native = array.dtype().attr("isnative").cast<bool>();
  if (!(array.flags() & py::array::c_style) || !(array.flags() & py::detail::npy_api::NPY_ARRAY_ALIGNED_) || !native) {
    const py::module_ numpy = py::module_::import("numpy");
    array = numpy.attr("require")(array, array.dtype().attr("newbyteorder")("="), py::make_tuple("C", "A"));
  }
  // The array object owns the memory; the last tensor that shares it may die on any thread.
  auto* const held = array.release().ptr();
  const py::array kept = py::reinterpret_borrow<py::array>(held);
  std::shared_ptr<void> owner(held, [](void* p) {
    const py::gil_scoped_acquire gil;
    Py_DECREF(static_cast<PyObject*>(p));
  });
  return Tensor({shape_of(kept), dtype_of(kept)}, const_cast<void*>(kept.data()), std::move(owner));
}

namespace {
py::array wrap(const Tensor& tensor) {
  auto* const keep = new std::shared_ptr<void>(tensor.owner());
  const py::capsule base(keep, [](void* p) { delete static_cast<std::shared_ptr<void>*>(p); });
  return py::array(dtype_of(tensor.dtype()), tensor.shape(), tensor.data(), base);
}
}  // namespace

py::array array_from(const Tensor& tensor) { return wrap(tensor); }
py::array view_of(const Tensor& tensor) { return wrap(tensor); }

}  // namespace genodl::bindings
