// The lists of kinds, one a file of values/kinds/. Add yours here.
#pragma once

#include <span>
#include <vector>

#include "cpython/values/kinds.h"

namespace stillframe::cpython {

std::span<const Kind> constant_kinds();         // None, Ellipsis, NotImplemented
std::span<const Kind> number_kinds();           // bool, int, long, float, complex
std::span<const Kind> text_kinds();             // str, unicode, bytes, bytearray
std::span<const Kind> sequence_kinds();         // list, tuple
std::span<const Kind> mapping_kinds();          // dict, its views, mappingproxy
std::span<const Kind> set_kinds();              // set, frozenset
std::span<const Kind> range_kinds();            // range, slice, memoryview
std::span<const Kind> callable_kinds();         // functions, methods, descriptors
std::span<const Kind> class_kinds();            // classes, modules
std::span<const Kind> running_kinds();          // code, frames, generators
std::span<const Kind> exception_kinds();        // exceptions
std::span<const Kind> reference_kinds();        // weak references, cells
std::span<const Kind> annotation_kinds();       // list[int], int | str, SimpleNamespace
std::span<const Kind> deque_kinds();            // deque, itertools.count
std::span<const Kind> dict_like_kinds();        // OrderedDict, defaultdict, Counter, ChainMap, UserDict …
std::span<const Kind> named_tuple_kinds();      // namedtuple, struct sequences
std::span<const Kind> enum_kinds();             // members and classes
std::span<const Kind> record_kinds();           // dataclasses, attrs, argparse.Namespace
std::span<const Kind> path_kinds();             // pathlib
std::span<const Kind> library_kinds();          // Fraction, UUID, partial, lru_cache, ContextVar, Popen …
std::span<const Kind> logging_kinds();          // loggers, handlers
std::span<const Kind> lock_kinds();             // Lock, RLock, Condition, Event, Semaphore, Barrier
std::span<const Kind> thread_kinds();           // Thread
std::span<const Kind> queue_kinds();            // queue, concurrent.futures
std::span<const Kind> multiprocessing_kinds();  // SemLock, Process
std::span<const Kind> asyncio_kinds();          // Future, Task, locks, queues, loops
std::span<const Kind> ip_address_kinds();       // ipaddress.IPv4Address, IPv4Interface, IPv4Network
std::span<const Kind> datetime_kinds();         // date, time, datetime, timedelta, timezone, ZoneInfo
std::span<const Kind> decimal_kinds();          // Decimal, Context
std::span<const Kind> array_kinds();            // array.array, struct.Struct, mmap.mmap
std::span<const Kind> pattern_kinds();          // re.Pattern, re.Match
std::span<const Kind> file_kinds();             // of io, and file of 2.7
std::span<const Kind> socket_kinds();           // socket, select.epoll
std::span<const Kind> ctypes_kinds();           // c_int and the like, arrays, structures, pointers
std::span<const Kind> numpy_kinds();            // arrays, scalars, dtypes
std::span<const Kind> pandas_kinds();           // DataFrame, Series, Index

inline std::vector<std::span<const Kind>> kind_lists() {
  return {constant_kinds(),   number_kinds(),     text_kinds(),      sequence_kinds(),
          mapping_kinds(),    set_kinds(),        range_kinds(),     callable_kinds(),
          class_kinds(),      running_kinds(),    exception_kinds(), reference_kinds(),
          annotation_kinds(), deque_kinds(),      dict_like_kinds(), named_tuple_kinds(),
          enum_kinds(),       record_kinds(),     path_kinds(),      library_kinds(),
          logging_kinds(),    lock_kinds(),       thread_kinds(),    queue_kinds(),
          asyncio_kinds(),    ip_address_kinds(), datetime_kinds(),  decimal_kinds(),
          array_kinds(),      pattern_kinds(),    file_kinds(),      socket_kinds(),
          ctypes_kinds(),     numpy_kinds(),      pandas_kinds(),    multiprocessing_kinds()};
}

}  // namespace stillframe::cpython
