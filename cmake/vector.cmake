# csrc/kernels/vector/*.cpp, compiled once for each instruction set, each into an inline namespace of its own
# (TAPEGRAD_ISA). csrc/kernels/vector_table.cpp chooses one when the library is loaded.
file(GLOB vector_sources CONFIGURE_DEPENDS csrc/kernels/vector/*.cpp)

function(tapegrad_vector_objects isa)
  add_library(tapegrad_vector_${isa} OBJECT ${vector_sources})
  target_link_libraries(tapegrad_vector_${isa} PRIVATE tapegrad_flags)
  target_compile_definitions(tapegrad_vector_${isa} PRIVATE TAPEGRAD_ISA=${isa})
  target_compile_options(tapegrad_vector_${isa} PRIVATE -O3 ${ARGN})
  target_sources(tapegrad_core PRIVATE $<TARGET_OBJECTS:tapegrad_vector_${isa}>)
endfunction()

if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  tapegrad_vector_objects(v2 -march=x86-64-v2)
  tapegrad_vector_objects(v3 -march=x86-64-v3)
  tapegrad_vector_objects(v4 -march=x86-64-v4 -mprefer-vector-width=512)
  target_compile_definitions(tapegrad_core PRIVATE TAPEGRAD_X86)
else()
  tapegrad_vector_objects(baseline)
endif()
