# Writes the installed headers: those of include/stillframe/, with the internal headers that they include put in, each
# once. So the model is defined in one place, and who builds against the library sees five headers and the standard
# library's. `source` and `binary` come from Install.cmake.
cmake_minimum_required(VERSION 3.25)

# What `text` becomes when each #include of an internal header is replaced by the header.
function(put_in text result)
  string(REGEX MATCHALL "#include \"[a-z_]+/[a-z_]+\\.(h|def)\"" includes "${text}")
  foreach(include IN LISTS includes)
    string(REGEX REPLACE "#include \"(.*)\"" "\\1" name "${include}")
    if(name MATCHES "^stillframe/")
      continue()
    endif()
    get_property(known GLOBAL PROPERTY known_headers)
    set(content "")
    if(name MATCHES "\\.def$" OR NOT name IN_LIST known)  # a table may be put in more than once
      set_property(GLOBAL APPEND PROPERTY known_headers ${name})
      file(READ ${source}/src/${name} content)
      string(REPLACE "#pragma once\n" "" content "${content}")
      put_in("${content}" content)
    endif()
    string(REPLACE "${include}\n" "${content}" text "${text}")
  endforeach()
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

# A header may use what those before it define, and includes them then.
foreach(header IN ITEMS error memory still session)
  file(READ ${source}/include/stillframe/${header}.h text)
  put_in("${text}" text)
  # What all of it includes comes first, the standard library before the other public headers.
  string(REGEX MATCHALL "#include <[a-z_]+>" standard "${text}")
  string(REGEX MATCHALL "#include \"[a-z_/]+\\.h\"" public "${text}")
  string(REGEX REPLACE "#include [<\"][a-z_./]+[>\"]\n" "" text "${text}")
  list(REMOVE_DUPLICATES standard)
  list(SORT standard)
  list(JOIN standard "\n" standard)
  list(JOIN public "\n" public)
  string(REPLACE "#pragma once\n" "#pragma once\n\n${standard}\n\n${public}\n\n" text "${text}")
  string(REGEX REPLACE "\n\n\n+" "\n\n" text "${text}")
  file(WRITE ${binary}/stillframe/${header}.h "${text}")
endforeach()
