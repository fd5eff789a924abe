# Compiles neighbours together: most of what a file costs is its headers, which a unit of several files reads once. Files
# of one folder share units, at most `size` of them, in the order of their names. So no two files of a folder may give
# different things one name in their anonymous namespaces: STILLFRAME_UNITY=OFF hides such a clash, CI finds it.
function(stillframe_unity target size)
  if(NOT STILLFRAME_UNITY)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  foreach(source ${sources})
    cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE name)
    cmake_path(GET name PARENT_PATH folder)
    string(MAKE_C_IDENTIFIER "of_${folder}" folder)
    math(EXPR number "0${${folder}} / ${size}")
    math(EXPR ${folder} "0${${folder}} + 1")
    set_property(SOURCE ${source} PROPERTY UNITY_GROUP ${folder}_${number})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()
