# csrc/kernels/special.cpp, which alone sees Boost's headers (for Boost.Math): those of the libboost-headers package of the
# building interpreter.
execute_process(
  COMMAND "${Python_EXECUTABLE}" -c "import libboost_headers, pathlib; print(pathlib.Path(libboost_headers.__file__).parent / 'include')"
  OUTPUT_VARIABLE boost_include
  OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)

add_library(tapegrad_special OBJECT csrc/kernels/special.cpp)
target_link_libraries(tapegrad_special PRIVATE tapegrad_flags)
target_include_directories(tapegrad_special SYSTEM PRIVATE "${boost_include}")
target_compile_definitions(tapegrad_special PRIVATE BOOST_MATH_STANDALONE)
target_sources(tapegrad_core PRIVATE $<TARGET_OBJECTS:tapegrad_special>)
