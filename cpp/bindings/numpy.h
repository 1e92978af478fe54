// NumPy arrays and tensors.
#pragma once

#include <pybind11/numpy.h>

#include "bindings/module.h"
#include "core/tensor.h"

namespace genodl::bindings {

// Shares the memory of a C-contiguous, aligned, native array; copies any other.
Tensor tensor_from(const py::array& array);
// Takes the memory over.
py::array array_from(const Tensor& tensor);
// A view that Python may write to.
py::array view_of(const Tensor& tensor);

py::dtype dtype_of(DType dtype);
DType dtype_of(const py::array& array);
Shape shape_of(const py::array& array);
py::tuple tuple_of(const Shape& shape);

}  // namespace genodl::bindings
