# Copies the headers of a package of the building interpreter into the build, file by file and only what differs. pip
# builds in an environment that it makes anew each time, at a path of its own: headers named by that path, or with the
# times of its files, would have everything compiled again.
function(tapegrad_copy_headers from to)
  file(GLOB_RECURSE headers RELATIVE "${from}" "${from}/*.h" "${from}/*.hpp")
  foreach(header IN LISTS headers)
    get_filename_component(folder "${to}/${header}" DIRECTORY)
    file(MAKE_DIRECTORY "${folder}")
    file(COPY_FILE "${from}/${header}" "${to}/${header}" ONLY_IF_DIFFERENT)
  endforeach()
endfunction()
