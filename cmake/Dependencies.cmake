# Everything that Stillframe links, in one place; CONTRIBUTING.md gives the reason for each. The libraries go in
# statically where the distribution has them so, that the program can be copied into a container that has nothing.

find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)

# A library by its static archive, else shared.
function(stillframe_library target name)
  find_library(${name}_ARCHIVE NAMES lib${name}.a)
  find_library(${name}_SHARED NAMES ${name})
  if(${name}_ARCHIVE)
    set(path ${${name}_ARCHIVE})
  elseif(${name}_SHARED)
    set(path ${${name}_SHARED})
  else()
    message(FATAL_ERROR "lib${name} is missing; scripts/bootstrap installs everything needed")
  endif()
  add_library(${target} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${path})
endfunction()

stillframe_library(deps::elf elf)
stillframe_library(deps::dw dw)
stillframe_library(deps::z z)
stillframe_library(deps::deflate deflate)
stillframe_library(deps::zstd zstd)
stillframe_library(deps::lz4 lz4)
stillframe_library(deps::lzma lzma)
stillframe_library(deps::bz2 bz2)
stillframe_library(deps::minizip minizip)
# The processors that instructions are decoded for (src/binary/instruction.cpp).
if(CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64)
  stillframe_library(deps::capstone capstone)
endif()

get_target_property(fmt_headers fmt::fmt-header-only INTERFACE_INCLUDE_DIRECTORIES)
# Goes into the archive of the library, which so needs no fmt of who links it.
add_library(stillframe_fmt OBJECT ${CMAKE_CURRENT_LIST_DIR}/fmt.cpp)
target_include_directories(stillframe_fmt SYSTEM PUBLIC ${fmt_headers})

add_library(stillframe_deps INTERFACE)
target_link_libraries(stillframe_deps INTERFACE stillframe_fmt nlohmann_json::nlohmann_json deps::dw deps::elf
                      deps::minizip deps::z deps::deflate deps::zstd deps::lz4 deps::lzma deps::bz2 ${CMAKE_DL_LIBS}
                      $<TARGET_NAME_IF_EXISTS:deps::capstone>)
