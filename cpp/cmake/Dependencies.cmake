# Python, pybind11, Eigen and oneTBB: from the build's Python packages, else from the system.
find_package(Python 3.10 REQUIRED COMPONENTS Interpreter Development.Module)

function(ask_python result)
  execute_process(COMMAND ${Python_EXECUTABLE} ${ARGN} OUTPUT_VARIABLE answer
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  set(${result} "${answer}" PARENT_SCOPE)
endfunction()

ask_python(python_prefix -c "import sys; print(sys.prefix)")
ask_python(pybind11_dir -m pybind11 --cmakedir)
ask_python(eigen_prefix -m cmeel cmake)
list(APPEND CMAKE_PREFIX_PATH ${eigen_prefix} ${python_prefix})

find_package(pybind11 3 CONFIG QUIET HINTS ${pybind11_dir})
if(NOT pybind11_FOUND)
  message(FATAL_ERROR "genodl: expected pybind11 3 or newer, found none. "
                      "Install it with: pip install 'pybind11>=3'")
endif()

find_package(Eigen3 3.4 CONFIG QUIET)
if(NOT TARGET Eigen3::Eigen)
  # Eigen 5 does not call itself compatible with 3.4.
  find_package(Eigen3 5 CONFIG QUIET)
endif()
if(NOT TARGET Eigen3::Eigen)
  message(FATAL_ERROR "genodl: expected the Eigen headers, 3.4 or newer, found none. "
                      "Install them with: pip install cmeel-eigen (Debian: apt install libeigen3-dev)")
endif()

set(TBB_FIND_RELEASE_ONLY TRUE)
find_package(TBB CONFIG QUIET COMPONENTS tbb)
if(NOT TARGET TBB::tbb)
  message(FATAL_ERROR "genodl: expected oneTBB, found none. "
                      "Install it with: pip install tbb-devel (Debian: apt install libtbb-dev)")
endif()

# The real file behind TBB::tbb, and the name by which it is loaded. Only a oneTBB that came as
# a Python package must travel with the extension.
get_target_property(tbb_file TBB::tbb IMPORTED_LOCATION_RELEASE)
if(NOT tbb_file)
  get_target_property(tbb_file TBB::tbb LOCATION)
endif()
file(REAL_PATH ${tbb_file} GENODL_TBB_FILE)
get_filename_component(tbb_name ${GENODL_TBB_FILE} NAME)
string(REGEX REPLACE "(\\.so\\.[0-9]+).*" "\\1" GENODL_TBB_NAME ${tbb_name})
if(GENODL_TBB_FILE MATCHES "^(/usr/lib|/lib|/opt/homebrew|/usr/local/(lib|opt|Cellar))")
  set(bundle_default OFF)
else()
  set(bundle_default ON)
endif()
option(GENODL_BUNDLE_TBB "Install oneTBB's library beside the extension" ${bundle_default})
