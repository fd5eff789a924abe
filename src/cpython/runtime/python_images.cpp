#include "cpython/runtime/python_images.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <unordered_map>

#include "binary/elf_file.h"
#include "cpython/runtime/debug_offsets.h"

namespace stillframe::cpython {
namespace {

std::string_view base_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

int rank(const target::Mapping& mapping, const target::Target& target) {
  const std::string_view name = base_name(mapping.path);
  if (name.starts_with("libpython")) {
    return 0;
  }
  if (target.source().executable == mapping.path) {
    return 1;
  }
  return name.contains("python") ? 2 : 3;
}

// Whether data of this copy of a file can be written: some mapping of it between this beginning and the next.
bool has_written_data(std::span<const target::Mapping> all, std::size_t first) {
  for (std::size_t i = first; i < all.size(); ++i) {
    if (all[i].path != all[first].path) {
      if (!all[i].path.empty()) {
        break;
      }
      continue;
    }
    if (i != first && all[i].offset == 0 && !all[i].writable && all[i].begin != all[i - 1].end) {
      break;
    }
    if (all[i].writable) {
      return true;
    }
  }
  return false;
}

// Py_Version: 0x030B07F0 is 3.11.7 final.
PythonVersion from_hex(std::uint64_t hex) {
  return {.major = static_cast<std::uint8_t>(hex >> 24U),
          .minor = static_cast<std::uint8_t>(hex >> 16U),
          .micro = static_cast<std::uint8_t>(hex >> 8U)};
}

// What the dynamic symbols say.
void look_in_memory(const memory::MemorySource& memory, PythonImage& image) {
  const auto address_of = [&](std::string_view name) {
    const auto symbol = image.elf.find_dynamic_symbol(memory, name);
    return symbol ? symbol->address : 0;
  };
  image.runtime = address_of("_PyRuntime");
  if (image.runtime == 0) {
    image.current_thread_at = address_of("_PyThreadState_Current");
    image.interpreters_head_at = address_of("interp_head");
  }
  if (image.runtime == 0 && image.current_thread_at == 0) {
    return;
  }
  image.found_by = "the dynamic symbols";
  image.code_type = address_of("PyCode_Type");
  image.hash_secret_at = address_of("_Py_HashSecret");
  if (const Address at = address_of("Py_Version"); at != 0) {
    if (const auto hex = memory.get<std::uint64_t>(at)) {
      image.version = from_hex(*hex);
    }
  }
  // Only builds with reference debugging have these (Objects/object.c).
  image.build.debug = address_of("_Py_NegativeRefcount") != 0 || address_of("_Py_RefTotal") != 0;
}

// What only the file itself tells: symbols that were not exported, and the section made to be found.
void look_in_file(const target::Target& target, PythonImage& image) {
  const auto handle = target.open_mapped(*image.mapping);
  const auto file = handle ? binary::ElfFile::open(handle->fd(), image.mapping->path)
                           : Result<binary::ElfFile>(std::unexpected(Error{}));
  if (!file) {
    return;
  }
  const auto address_of = [&](std::string_view name) {
    const auto symbol = file->find_symbol(name);
    return symbol ? symbol->value + image.elf.bias() : 0;
  };
  if (image.runtime == 0 && image.current_thread_at == 0) {
    image.runtime = address_of("_PyRuntime");
    image.found_by = "the file's symbol table";
    if (const auto section = file->section(".PyRuntime"); image.runtime == 0 && section) {
      image.runtime = section->address + image.elf.bias();
      image.found_by = "the section .PyRuntime";
    }
  }
  if (image.runtime == 0) {
    image.interpreters_head_at = address_of("interp_head");
    image.current_thread_at = address_of("_PyThreadState_Current");
    image.gc_collecting_at = address_of("collecting");
  }
  image.code_type = image.code_type != 0 ? image.code_type : address_of("PyCode_Type");
}

}  // namespace

std::optional<NamedVersion> version_from_name(std::string_view path) {
  std::string_view name = base_name(path);
  const auto at = name.find("python");
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  name.remove_prefix(at + 6);
  NamedVersion named;
  const auto number = [&name](std::uint8_t& into) {
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), into);
    name.remove_prefix(static_cast<std::size_t>(end - name.data()));
    return error == std::errc{};
  };
  if (!number(named.version.major) || !name.starts_with('.')) {
    return std::nullopt;
  }
  name.remove_prefix(1);
  if (!number(named.version.minor)) {
    return std::nullopt;
  }
  // sys.abiflags: d for debug, t for free-threaded, m and u of old versions.
  for (; !name.empty() && name.front() != '.' && name.front() != '-'; name.remove_prefix(1)) {
    named.build.debug = named.build.debug || name.front() == 'd';
    named.build.free_threaded = named.build.free_threaded || name.front() == 't';
  }
  named.build.debug = named.build.debug || name.starts_with("-dbg");
  return named;
}

std::vector<const target::Mapping*> mapped_files(const target::Target& target) {
  const auto all = target.mappings();
  std::unordered_map<std::string_view, std::size_t> by_path;
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& mapping = all[i];
    if (mapping.path.empty() || mapping.path.front() != '/' || mapping.offset != 0) {
      continue;
    }
    const auto [known, fresh] = by_path.try_emplace(mapping.path, chosen.size());
    if (fresh) {
      chosen.push_back(i);
    } else if (!has_written_data(all, chosen[known->second]) && has_written_data(all, i)) {
      chosen[known->second] = i;
    }
  }
  std::vector<const target::Mapping*> files;
  files.reserve(chosen.size());
  for (const std::size_t i : chosen) {
    files.push_back(&all[i]);
  }
  std::ranges::stable_sort(files, {}, [&](const target::Mapping* mapping) { return rank(*mapping, target); });
  return files;
}

std::optional<PythonImage> inspect_image(const target::Target& target, const memory::MemorySource& memory,
                                         const target::Mapping& mapping) {
  auto elf = binary::ElfImage::at(memory, mapping.begin);
  if (!elf) {
    return std::nullopt;
  }
  PythonImage image{.elf = std::move(*elf), .mapping = &mapping};
  const auto named = version_from_name(mapping.path);
  look_in_memory(memory, image);
  const bool unfound = image.runtime == 0 && image.interpreters_head_at == 0;
  // Opening every mapped file would be slow: only those that can be Python.
  if (unfound && (named || image.current_thread_at != 0 || target.source().executable == mapping.path)) {
    look_in_file(target, image);
  }
  if (image.runtime == 0 && image.interpreters_head_at == 0 && image.current_thread_at == 0) {
    return std::nullopt;
  }
  if (const auto identity = image.runtime != 0 ? read_debug_offsets_identity(memory, image.runtime) : std::nullopt) {
    image.version = identity->version;
    image.build.free_threaded = identity->free_threaded;
  }
  if (named) {
    image.version = image.version ? image.version : named->version;
    image.build.debug = image.build.debug || named->build.debug;
    image.build.free_threaded = image.build.free_threaded || named->build.free_threaded;
  }
  return image;
}

}  // namespace stillframe::cpython
