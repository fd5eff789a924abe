#include "cpython/runtime/runtime.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "cpython/objects/objects.h"
#include "cpython/runtime/debug_info_check.h"
#include "cpython/runtime/debug_offsets.h"
#include "cpython/runtime/python_images.h"
#include "cpython/runtime/search.h"

namespace stillframe::cpython {
namespace {

std::string target_name(const target::Target& target) {
  const auto& source = target.source();
  if (source.kind == model::SourceKind::core) {
    return fmt::format("core {}", source.core.value_or("?"));
  }
  return fmt::format("process {}", source.pid.value_or(0));
}

Result<Runtime> unknown_version(const target::Target& target, PythonVersion version, const DiscoveryOptions& options) {
  const std::string what =
      fmt::format("it is Python {}.{}; this stillframe knows {}", version.major, version.minor, known_versions());
  if (options.accept_unknown) {
    return Runtime{.warnings = {what + ": only native stacks are shown"}, .claimed = version};
  }
  return fail(ErrorKind::unsupported, fmt::format("read the Python of {}", target_name(target)), what,
              fmt::format("{}; --native-all shows the native stacks of any program",
                          version < k3_6 ? "run the program with a newer Python" : "update stillframe"));
}

// Whether the interpreters of `runtime` can be read with its layout; a Python that is only just starting has none yet.
bool fits(const memory::MemorySource& memory, const Runtime& runtime) {
  if (runtime.interpreters_head_at == 0) {
    return false;
  }
  const auto head = memory.get<Address>(runtime.interpreters_head_at);
  if (!head) {
    return false;
  }
  if (*head == 0) {
    return true;
  }
  const Objects objects(memory, runtime.layout);
  const auto thread = objects.pointer(*head, runtime.layout.interpreter.threads_head);
  if (thread == Address{0}) {
    return true;  // the first moments of start-up and the last of shutdown
  }
  const auto back = thread ? objects.pointer(*thread, runtime.layout.thread.interp) : std::nullopt;
  return back == *head;
}

// As fits(), of a target that may run: a thread that is just entered in the list, or has just left it, leads nowhere
// for a moment. What a cache holds of that moment would stay wrong, so it is looked at in the target's own memory.
bool fits_now(const target::Target& target, const memory::MemorySource& memory, const Runtime& runtime) {
  constexpr int kTries = 50;
  if (fits(memory, runtime)) {
    return true;
  }
  for (int attempt = 0; !target.lifeless() && attempt < kTries; ++attempt) {
    if (fits(target.memory(), runtime)) {
      return true;
    }
  }
  return false;
}

// Takes over the table, and for 3.13+ what the target says of its own layout.
bool choose_layout(const memory::MemorySource& memory, Runtime& runtime) {
  const Layout* table = find_layout(runtime.version, runtime.build);
  if (table == nullptr) {
    return false;
  }
  runtime.layout = *table;
  runtime.layout.version = runtime.version;
  runtime.layout.build = runtime.build;
  if (runtime.version >= k3_13 && runtime.runtime != 0) {
    if (auto own = apply_debug_offsets(runtime.layout, memory, runtime.runtime)) {
      runtime.layout = own->layout;
      for (auto& warning : own->warnings) {
        runtime.warnings.push_back(std::move(warning));
      }
    }
  }
  if (runtime.runtime != 0 && runtime.layout.runtime.interpreters_head.present()) {
    runtime.interpreters_head_at = runtime.runtime + runtime.layout.runtime.interpreters_head.value();
  }
  return true;
}

// What an image's symbols lead to and no table has.
void take_hash_secret(const memory::MemorySource& memory, const PythonImage& image, Runtime& runtime) {
  const auto secret =
      image.hash_secret_at != 0 ? memory.get<HashSecret>(image.hash_secret_at) : std::unexpected(memory::Fault{});
  if (secret) {
    runtime.layout.hash_secret = *secret;
  }
}

// The kinds of build in the order in which to try them.
std::array<BuildKind, 2> kinds_to_try(BuildKind told) {
  return {told, BuildKind{.debug = !told.debug, .free_threaded = told.free_threaded}};
}

std::optional<Runtime> from_image(const target::Target& target, const memory::MemorySource& memory,
                                  const PythonImage& image) {
  std::optional<Runtime> plausible;
  for (const BuildKind kind : kinds_to_try(image.build)) {
    Runtime runtime{.version = *image.version,
                    .version_is_exact = image.version->micro != 0,
                    .build = kind,
                    .runtime = image.runtime,
                    .interpreters_head_at = image.interpreters_head_at,
                    .current_thread_at = image.current_thread_at,
                    .gc_collecting_at = image.gc_collecting_at,
                    .code_type = image.code_type,
                    .found_by = image.found_by};
    if (!choose_layout(memory, runtime)) {
      continue;
    }
    take_hash_secret(memory, image, runtime);
    if (fits_now(target, memory, runtime)) {
      return runtime;
    }
    if (!plausible) {
      plausible = std::move(runtime);
    }
  }
  return plausible;
}

std::vector<const Layout*> tables_for(const std::optional<PythonVersion>& version) {
  std::vector<const Layout*> tables;
  for (const Layout* table : all_layouts()) {
    if (!version || (table->version.major == version->major && table->version.minor == version->minor)) {
      tables.push_back(table);
    }
  }
  return tables;
}

// Says of a version that no table describes that it is read by another's.
void read_as_another(PythonVersion claimed, Runtime& runtime) {
  runtime.claimed = claimed;
  runtime.warnings.push_back(fmt::format(
      "this is Python {}.{}, which this stillframe does not know; it is read as {}.{}, and what differs may be "
      "missing or wrong",
      claimed.major, claimed.minor, runtime.version.major, runtime.version.minor));
}

// Of a version that is newer than every table: read as the newest one of them is, with what the target says of its own
// layout, where that leads to a thread.
std::optional<Runtime> from_newer_image(const target::Target& target, const memory::MemorySource& memory,
                                        PythonImage image) {
  const auto known = std::ranges::max(all_layouts(), {}, &Layout::version)->version;
  const PythonVersion claimed = *image.version;
  if (claimed.major != known.major || claimed < known) {
    return std::nullopt;
  }
  image.version = PythonVersion{.major = known.major, .minor = known.minor};
  auto runtime = from_image(target, memory, image);
  if (!runtime) {
    return std::nullopt;
  }
  const Objects objects(memory, runtime->layout);
  const auto head = memory.get<Address>(runtime->interpreters_head_at);
  const auto thread =
      head && *head != 0 ? objects.pointer(*head, runtime->layout.interpreter.threads_head) : std::nullopt;
  if (!thread || *thread == 0 || objects.pointer(*thread, runtime->layout.thread.interp) != *head) {
    return std::nullopt;
  }
  believe_debug_info(target, *runtime);
  read_as_another(claimed, *runtime);
  return runtime;
}

// By search, with what an image told (if one did).
std::optional<Runtime> from_search(const target::Target& target, const memory::MemorySource& memory,
                                   const PythonImage* image, SearchScope scope,
                                   LooksLike looks_like = looks_like_interpreter) {
  const auto version = image != nullptr ? image->version : std::nullopt;
  const auto found = search_interpreters(target, memory, tables_for(version), scope, looks_like);
  if (!found) {
    return std::nullopt;
  }
  Runtime runtime{.version = found->layout->version,
                  .build = found->layout->build,
                  .layout = *found->layout,
                  .found_by = "a search of its memory"};
  if (image != nullptr) {
    runtime.current_thread_at = image->current_thread_at;
    runtime.gc_collecting_at = image->gc_collecting_at;
    runtime.code_type = image->code_type;
    take_hash_secret(memory, *image, runtime);
  }
  const auto& head = runtime.layout.runtime.interpreters_head;
  runtime.interpreters_head_at = found->interpreters_head_at;
  if (head.present()) {
    // The word found may be any that leads to the interpreter; only the one inside _PyRuntime has the rest around it.
    runtime.runtime = found->interpreters_head_at - head.value();
    const auto main = memory.get<Address>(runtime.runtime + runtime.layout.runtime.interpreters_main.value());
    if (!main || *main != found->interpreter) {
      runtime.runtime = 0;
    }
  }
  return runtime;
}

// A damaged core: the global state is lost, but where the main interpreter was is known from 3.11 on, since it is part
// of _PyRuntime; its threads are found by their pointer to it.
bool recover_threads(const target::Target& target, const memory::MemorySource& memory, Runtime& runtime) {
  const auto& main = runtime.layout.runtime.main_interpreter;
  if (!target.lifeless() || runtime.runtime == 0 || !main.present()) {
    return false;
  }
  runtime.lost_interpreter = runtime.runtime + main.value();
  runtime.threads = search_threads(target, memory, runtime.layout, runtime.lost_interpreter);
  if (runtime.threads.empty()) {
    return false;
  }
  runtime.interpreters_head_at = 0;  // what stands there cannot be followed
  runtime.found_by = "a search of its memory";
  return true;
}

std::string what_it_is(const target::Target& target, std::size_t files) {
  const auto& source = target.source();
  return fmt::format("it runs {}, and none of its {} mapped files holds a Python interpreter",
                     source.executable.value_or("an unknown program"), files);
}

}  // namespace

Result<Runtime> discover(const target::Target& target, const memory::MemorySource& memory,
                         const DiscoveryOptions& options) {
  const auto files = mapped_files(target);
  std::optional<PythonImage> first;
  std::optional<Runtime> plausible;
  std::optional<PythonVersion> unknown;  // that a file claims
  for (const auto* mapping : files) {
    auto image = inspect_image(target, memory, *mapping);
    if (!image) {
      continue;
    }
    if (image->version && tables_for(image->version).empty()) {
      if (!options.exhaustive) {
        auto runtime = from_newer_image(target, memory, *image);
        return runtime ? Result<Runtime>(std::move(*runtime)) : unknown_version(target, *image->version, options);
      }
      unknown = std::exchange(image->version, std::nullopt);  // memory decides, whatever a file says
    }
    if (image->version && !options.exhaustive) {
      auto runtime = from_image(target, memory, *image);
      if (runtime) {
        believe_debug_info(target, *runtime);
      }
      if (runtime && fits_now(target, memory, *runtime)) {
        return std::move(*runtime);
      }
      if (runtime && !plausible) {
        plausible = std::move(runtime);
      }
    }
    if (!first) {
      first = std::move(image);
    }
  }
  const bool everywhere = first || options.exhaustive || target.lifeless();
  if (auto runtime = from_search(target, memory, first ? &*first : nullptr,
                                 everywhere ? SearchScope::everything : SearchScope::data_of_files)) {
    if (unknown) {
      read_as_another(*unknown, *runtime);
    }
    return std::move(*runtime);
  }
  if (plausible && recover_threads(target, memory, *plausible)) {
    return std::move(*plausible);
  }
  if (first && first->version && target.lifeless()) {
    if (auto runtime = from_search(target, memory, &*first, SearchScope::everything, looks_like_damaged_interpreter)) {
      return std::move(*runtime);
    }
  }
  if (unknown) {
    return unknown_version(target, *unknown, options);
  }
  if (first) {
    return fail(ErrorKind::damaged, fmt::format("find the interpreter in {}", target_name(target)),
                fmt::format("{} is Python, but its interpreters cannot be read", first->mapping->path),
                target.lifeless()
                    ? "a core may lack that memory: take it with a larger limit (ulimit -c unlimited) and the default "
                      "/proc/PID/coredump_filter"
                    : "it may be about to end or to start: look again; --exhaustive searches all of its memory");
  }
  std::string stopper = what_it_is(target, files.size());
  std::string advice =
      "give the pid of the Python process itself (a wrapper, a shell or a container's init may have started it); "
      "--exhaustive searches memory for an interpreter without symbols";
  if (target.lifeless()) {
    for (const std::string& warning : target.warnings()) {
      stopper += "; " + warning;
    }
    advice =
        "if it is a Python program, name the executable that died (stillframe core CORE EXECUTABLE), or give a copy of "
        "its machine's files: --lib-search-root DIR";
  }
  return fail(ErrorKind::not_python, fmt::format("find a Python interpreter in {}", target_name(target)),
              std::move(stopper), std::move(advice));
}

}  // namespace stillframe::cpython
