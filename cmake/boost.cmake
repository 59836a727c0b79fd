# Boost's headers, for Boost.Math, from the libboost-headers package of the building interpreter.
execute_process(
  COMMAND "${Python_EXECUTABLE}" -c "import libboost_headers, pathlib; print(pathlib.Path(libboost_headers.__file__).parent / 'include')"
  OUTPUT_VARIABLE boost_include
  OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)

add_library(tapegrad_boost INTERFACE)
target_include_directories(tapegrad_boost SYSTEM INTERFACE "${boost_include}")
target_compile_definitions(tapegrad_boost INTERFACE BOOST_MATH_STANDALONE)
