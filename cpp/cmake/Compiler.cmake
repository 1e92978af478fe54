# Flags of every unit; those of the kernels are in Kernels.cmake.
add_compile_options(-Wall -Wextra)

if(GENODL_SANITIZE)
  add_compile_options(-fsanitize=${GENODL_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GENODL_SANITIZE})
endif()

if(GENODL_COVERAGE)
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()

if(GENODL_CCACHE)
  find_program(GENODL_CCACHE_PROGRAM ccache)
  if(GENODL_CCACHE_PROGRAM)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${GENODL_CCACHE_PROGRAM})
  endif()
endif()
