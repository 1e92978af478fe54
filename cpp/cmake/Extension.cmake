# The private extension module genodl._core.
file(GLOB binding_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/bindings/*.cpp)
pybind11_add_module(_core MODULE NO_EXTRAS ${binding_sources} ${GENODL_KERNEL_OBJECTS})
target_include_directories(_core PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_compile_definitions(_core PRIVATE GENODL_VERSION="${PROJECT_VERSION}")
target_link_libraries(_core PRIVATE genodl_engine)
if(APPLE)
  set_target_properties(_core PROPERTIES INSTALL_RPATH "@loader_path")
else()
  set_target_properties(_core PROPERTIES INSTALL_RPATH "$ORIGIN")
endif()
set_target_properties(_core PROPERTIES BUILD_WITH_INSTALL_RPATH ON)

install(TARGETS _core LIBRARY DESTINATION genodl COMPONENT python)
if(GENODL_BUNDLE_TBB)
  install(FILES ${GENODL_TBB_FILE} DESTINATION genodl RENAME ${GENODL_TBB_NAME} COMPONENT python)
endif()

if(GENODL_PACKAGE_DIR)
  set(python_sources ${PROJECT_SOURCE_DIR}/python/genodl)
  add_custom_target(package ALL VERBATIM)
  if(NOT GENODL_PACKAGE_DIR STREQUAL python_sources)
    add_custom_command(TARGET package PRE_BUILD VERBATIM
      COMMAND ${CMAKE_COMMAND} -E copy_directory ${python_sources} ${GENODL_PACKAGE_DIR})
  endif()
  add_custom_command(TARGET package POST_BUILD VERBATIM
    COMMAND ${CMAKE_COMMAND} -E copy_if_different $<TARGET_FILE:_core> ${GENODL_PACKAGE_DIR})
  if(GENODL_BUNDLE_TBB)
    add_custom_command(TARGET package POST_BUILD VERBATIM
      COMMAND ${CMAKE_COMMAND} -E copy_if_different ${GENODL_TBB_FILE}
              ${GENODL_PACKAGE_DIR}/${GENODL_TBB_NAME})
  endif()
endif()
