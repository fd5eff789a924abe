# What others need to build against the library: the archive, the headers, a CMake package and a pkg-config file. The
# library is a static one: its interface is made of types of C++ and of the standard library, for which no compiler
# promises more than to be the same, and what it links is in the distribution as archives.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# By the names that the linker knows. fmt is inside of the archive; nlohmann/json has headers alone.
set(STILLFRAME_LINKED dw elf minizip z deflate zstd lz4 lzma bz2 ${CMAKE_DL_LIBS})
if(TARGET deps::capstone)
  list(APPEND STILLFRAME_LINKED capstone)
endif()
list(TRANSFORM STILLFRAME_LINKED PREPEND -l OUTPUT_VARIABLE STILLFRAME_LINK_FLAGS)
list(JOIN STILLFRAME_LINK_FLAGS " " STILLFRAME_LINK_FLAGS)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/stillframe)
configure_file(${PROJECT_SOURCE_DIR}/include/stillframe/version.h.in ${PROJECT_BINARY_DIR}/public/version.h @ONLY)
configure_file(${PROJECT_SOURCE_DIR}/cmake/stillframe.pc.in ${PROJECT_BINARY_DIR}/public/stillframe.pc @ONLY)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/stillframeConfig.cmake.in
  ${PROJECT_BINARY_DIR}/public/stillframeConfig.cmake INSTALL_DESTINATION ${package_dir}
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/public/stillframeConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)

install(TARGETS libstillframe ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
# Written when they are installed, out of those in include/ and of the internal ones that they include.
install(CODE "set(source \"${PROJECT_SOURCE_DIR}\")\nset(binary \"${PROJECT_BINARY_DIR}/public\")")
install(SCRIPT ${PROJECT_SOURCE_DIR}/cmake/PublicHeaders.cmake)
install(DIRECTORY ${PROJECT_BINARY_DIR}/public/stillframe DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${PROJECT_BINARY_DIR}/public/version.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/stillframe)
install(FILES ${PROJECT_BINARY_DIR}/public/stillframeConfig.cmake
  ${PROJECT_BINARY_DIR}/public/stillframeConfigVersion.cmake DESTINATION ${package_dir})
install(FILES ${PROJECT_BINARY_DIR}/public/stillframe.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
