# Compiles every kernels/*.simd.cpp once per instruction set and generates, per stem, the accessor
# that returns the table of the set in use. GENODL_KERNEL_OBJECTS lists the resulting objects.
file(GLOB kernel_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/kernels/*.simd.cpp)
file(GLOB plain_kernel_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/kernels/*.cpp)
list(FILTER plain_kernel_sources EXCLUDE REGEX "\\.simd\\.cpp$")

if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  set(isas neon)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|amd64")
  set(isas baseline avx2 avx512)
else()
  set(isas baseline)
endif()
set(flags_avx2 -mavx2 -mfma -mf16c -mbmi -mbmi2)
set(flags_avx512 ${flags_avx2} -mavx512f -mavx512dq -mavx512bw -mavx512vl -mavx512cd
    -mprefer-vector-width=512)

# a*b+c is one operation where the set has it. No kernel looks at errno or at floating-point flags.
# -Wno-psabi: vectors are passed between functions of one unit only.
# Always optimised; under sanitizers less, because -O3 then compiles eight times as long.
if(GENODL_SANITIZE)
  set(kernel_optimisation -O1)
else()
  set(kernel_optimisation -O3)
endif()
set(kernel_flags ${kernel_optimisation} -ffp-contract=fast -fno-math-errno -fno-trapping-math -fno-exceptions
    -fno-rtti -fno-lto -Wno-psabi)

set(GENODL_KERNEL_OBJECTS)
foreach(isa IN LISTS isas)
  if(kernel_sources)
    add_library(genodl_kernels_${isa} OBJECT ${kernel_sources})
    target_include_directories(genodl_kernels_${isa} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src)
    target_compile_definitions(genodl_kernels_${isa} PRIVATE GENODL_ISA=${isa})
    target_compile_options(genodl_kernels_${isa} PRIVATE ${kernel_flags} ${flags_${isa}})
    list(APPEND GENODL_KERNEL_OBJECTS $<TARGET_OBJECTS:genodl_kernels_${isa}>)
  endif()
endforeach()

set(accessors)
foreach(source IN LISTS kernel_sources)
  get_filename_component(stem ${source} NAME_WE)
  string(REPLACE "_" ";" words ${stem})
  set(type "")
  foreach(word IN LISTS words)
    string(SUBSTRING "${word}" 0 1 first)
    string(SUBSTRING "${word}" 1 -1 rest)
    string(TOUPPER "${first}" first)
    string(APPEND type "${first}${rest}")
  endforeach()
  set(type ${type}Kernels)
  set(declarations "")
  set(tables "")
  foreach(isa IN LISTS isas)
    string(APPEND declarations "namespace ${isa} { extern const ${type} ${stem}_table; }\n")
    string(APPEND tables "&${isa}::${stem}_table, ")
  endforeach()
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/cmake/kernel_accessor.cpp.in
                 ${CMAKE_CURRENT_BINARY_DIR}/kernels/${stem}.cpp @ONLY)
  list(APPEND accessors ${CMAKE_CURRENT_BINARY_DIR}/kernels/${stem}.cpp)
endforeach()

add_library(genodl_kernels OBJECT ${accessors} ${plain_kernel_sources} src/core/isa.cpp
            src/core/random.cpp)
target_include_directories(genodl_kernels PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/src)
list(APPEND GENODL_KERNEL_OBJECTS $<TARGET_OBJECTS:genodl_kernels>)
