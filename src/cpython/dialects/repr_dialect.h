// What repr() says where it is not the same in all versions. See dialect.h.
#pragma once

#include <cstdint>
#include <string_view>

namespace stillframe::cpython {

struct ReprDialect {
  // Text and numbers.
  bool bytearray_escapes_single_quotes;  // also within double ones

  // Containers.
  bool containers_name_subclass;  // deque, defaultdict and bytearray: the class's own name, not theirs
  bool sets_in_brackets;          // set([1, 2]), and set([]) where it is empty
  bool ordered_dict_as_pairs;     // OrderedDict([('a', 1)])
  bool namespaces_sorted;         // types.SimpleNamespace, argparse.Namespace
  bool named_tuple_names_maker;   // of a class derived from it the one that namedtuple() made
  std::string_view mapping_proxy;

  // Functions, classes, modules.
  bool bound_methods_name_class;  // from im_class, not from the function's qualified name
  bool wrapped_functions_shown;   // <staticmethod(<function f at 0x…>)>
  bool partial_names_module;      // of subclasses too
  bool static_types_are_types;    // <type 'int'>
  bool modules_have_specs;        // and a loader; without, a module with no file is built in
  bool loaders_tell_origin;       // (built-in) and (frozen) by the loader's own method
  bool namespace_modules_tell_path;

  // Enums.
  bool enum_combinations_by_names;  // <Flag.a|b: 3> also where the member has no name
  bool global_enums;                // global_enum() gives the repr() of a module's name
  bool flags_named;                 // <flag 'F'>, not <enum 'F'>
  bool regex_flags_by_names;        // re.RegexFlag says "re.IGNORECASE"
  bool socket_enums_by_names;       // family=AddressFamily.AF_INET, not family=2

  // The rest.
  bool exception_drops_comma;     // ValueError('x'), not ValueError('x',)
  bool timedelta_by_keywords;     // timedelta(days=1)
  bool zone_info_names_module;    // of a subclass
  bool asyncio_comma_with_space;  // unlocked, waiters:1
  std::string_view frame;
  bool weak_proxy_quotes_type;  // <weakproxy at 0x…; to 'C' at 0x…>, and "dead" where it is
  bool files_tell_close_fd;
  bool text_files_tell_mode;
  bool socket_class_in_python;  // socket.socket has its own repr()
  std::string_view socket_protocol;
};

}  // namespace stillframe::cpython
