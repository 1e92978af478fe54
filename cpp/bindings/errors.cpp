// C++ errors become Python exceptions of the same name, each also the built-in kind users expect.
#include "core/error.h"

#include "bindings/module.h"

namespace genodl::bindings {

namespace {

// A new exception type that derives from GenodlError and a built-in one.
py::object make_type(py::module_& m, const char* name, const py::object& base, PyObject* builtin) {
  const py::tuple bases = py::make_tuple(base, py::reinterpret_borrow<py::object>(builtin));
  const std::string full = std::string("genodl.") + name;
  auto type = py::reinterpret_steal<py::object>(PyErr_NewException(full.c_str(), bases.ptr(), nullptr));
  m.attr(name) = type;
  return type;
}

py::handle shape_error, config_error, dtype_error, not_supported, file_format, not_finite, general;

}  // namespace

void register_errors(py::module_& m) {
  auto base = py::reinterpret_steal<py::object>(PyErr_NewException("genodl.GenodlError", PyExc_Exception, nullptr));
  m.attr("GenodlError") = base;
  general = base.inc_ref();
  shape_error = make_type(m, "ShapeError", base, PyExc_ValueError).release();
  config_error = make_type(m, "ConfigError", base, PyExc_ValueError).release();
  dtype_error = make_type(m, "DTypeError", base, PyExc_TypeError).release();
  make_type(m, "NotBuiltError", base, PyExc_RuntimeError);
  not_supported = make_type(m, "NotSupportedError", base, PyExc_NotImplementedError).release();
  file_format = make_type(m, "FileFormatError", base, PyExc_ValueError).release();
  not_finite = make_type(m, "NotFiniteError", base, PyExc_ValueError).release();
  py::register_exception_translator([](std::exception_ptr p) {
    try {
      if (p) std::rethrow_exception(p);
    } catch (const ShapeError& e) {
      PyErr_SetString(shape_error.ptr(), e.what());
    } catch (const ConfigError& e) {
      PyErr_SetString(config_error.ptr(), e.what());
    } catch (const DTypeError& e) {
      PyErr_SetString(dtype_error.ptr(), e.what());
    } catch (const NotSupportedError& e) {
      PyErr_SetString(not_supported.ptr(), e.what());
    } catch (const FileFormatError& e) {
      PyErr_SetString(file_format.ptr(), e.what());
    } catch (const NotFiniteError& e) {
      PyErr_SetString(not_finite.ptr(), e.what());
    } catch (const Error& e) {
      PyErr_SetString(general.ptr(), e.what());
    }
  });
}

}  // namespace genodl::bindings
