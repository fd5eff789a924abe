#include "cpython/stacks/greenlet_module.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "cpython/stacks/frames.h"

namespace stillframe::cpython {
namespace {

// Programs have a handful; gevent has six.
constexpr std::size_t kMaxTypes = 1024;
constexpr std::uint64_t kMaxBases = 64;

std::optional<PythonVersion> parse_version(std::string_view text) {
  PythonVersion version;
  const char* at = text.data();
  const char* end = at + text.size();
  for (std::uint8_t* part : {&version.major, &version.minor, &version.micro}) {
    const auto [next, error] = std::from_chars(at, end, *part);
    if (error != std::errc{}) {
      return part == &version.micro ? std::optional(version) : std::nullopt;  // "2.0"
    }
    at = next != end && *next == '.' ? next + 1 : next;
  }
  return version;
}

// Whether a type is `base` or derives from it.
bool derives_from(const Objects& objects, Address type, Address base) {
  ChainGuard guard(kMaxBases);
  for (std::optional<Address> at = type; at && *at != 0 && guard.step(*at);
       at = objects.pointer(*at, objects.layout().type.base)) {
    if (*at == base) {
      return true;
    }
  }
  return false;
}

// The direct subclasses that a type knows of. PyTypeObject.tp_subclasses stands two words behind tp_mro in every
// version (Include/cpython/object.h): a dict from the subclass's address to a weak reference; in 2.7 a list of those.
std::vector<Address> subclasses_of(const Objects& objects, Address type) {
  std::vector<Address> found;
  const Layout& layout = objects.layout();
  if (!layout.type.mro.present()) {
    return found;
  }
  constexpr std::uint32_t kBehindMro = 16;
  const auto known = objects.pointer(type, layout.type.mro.value() + kBehindMro);
  if (!known || *known == 0) {
    return found;
  }
  if (layout.version.major >= 3) {
    objects.for_each_entry(*known, [&](Address key, Address) {
      if (const auto subclass = objects.integer(key)) {
        found.push_back(*subclass);
      }
      return found.size() < kMaxTypes;
    });
    return found;
  }
  const auto items = objects.pointer(*known, layout.list.items);
  const auto count = objects.field<std::uint64_t>(*known, layout.var_object.size_field);
  for (std::uint64_t i = 0; items && count && i < std::min<std::uint64_t>(*count, kMaxTypes); ++i) {
    // PyWeakReference.wr_object, right behind the head of the object.
    const auto reference = objects.memory().get<Address>(*items + i * sizeof(Address));
    const auto subclass =
        reference && *reference != 0 ? objects.pointer(*reference, layout.object.type.value() + 8) : std::nullopt;
    if (subclass) {
      found.push_back(*subclass);
    }
  }
  return found;
}

std::unordered_set<Address> with_subclasses(const Objects& objects, Address root) {
  std::unordered_set<Address> types{root};
  std::vector<Address> todo{root};
  while (!todo.empty() && types.size() < kMaxTypes) {
    const Address type = todo.back();
    todo.pop_back();
    for (const Address subclass : subclasses_of(objects, type)) {
      if (types.size() < kMaxTypes && derives_from(objects, subclass, root) && types.insert(subclass).second) {
        todo.push_back(subclass);
      }
    }
  }
  return types;
}

}  // namespace

bool is_greenlet_file(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.starts_with("_greenlet.") && name.contains(".so");
}

bool greenlet_is_loaded(const target::Target& target) {
  return std::ranges::any_of(target.mappings(),
                             [](const target::Mapping& mapping) { return is_greenlet_file(mapping.path); });
}

GreenletSearch find_greenlet_module(const Objects& objects, Address interpreter) {
  const Layout& layout = objects.layout();
  const auto modules = objects.pointer(interpreter, layout.interpreter.modules);
  const auto module = modules ? objects.lookup(*modules, "greenlet") : std::nullopt;
  const auto dict = module ? objects.pointer(*module, layout.module.dict) : std::nullopt;
  const auto type = dict ? objects.lookup(*dict, "greenlet") : std::nullopt;
  if (!type) {
    return {};
  }
  const auto text_at = objects.lookup(*dict, "__version__");
  const auto text = text_at ? objects.text(*text_at, 64) : std::nullopt;
  const auto version = text ? parse_version(*text) : std::nullopt;
  if (!version) {
    return {.module = std::nullopt, .problem = "the version of the module greenlet could not be read"};
  }
  const auto known = greenlet_layout(*version, layout);
  if (!known) {
    return {.module = std::nullopt, .problem = fmt::format("greenlet {} is not known to this program", *text)};
  }
  // The name of a type is in the read-only data of its file, which a core may lack.
  const auto name = objects.type_name(*type);
  if (name && *name != "greenlet.greenlet") {
    return {.module = std::nullopt, .problem = "the module greenlet has no type greenlet.greenlet"};
  }
  // The object's own part tells whether the version says the truth of its layout.
  const auto size = objects.field<std::uint64_t>(*type, layout.type.basicsize);
  const std::uint64_t expected = known->pimpl.present() ? known->pimpl.value() + sizeof(Address) : known->size;
  if (size && *size != expected) {
    return {.module = std::nullopt,
            .problem = fmt::format("objects of greenlet {} have {} bytes where {} are known", *text, *size, expected)};
  }
  return {.module = GreenletModule{.version = *version, .layout = *known, .types = with_subclasses(objects, *type)},
          .problem = std::nullopt};
}

std::optional<std::string> qualified_type_name(const Objects& objects, Address type) {
  auto name = objects.type_name(type);
  if (!name || name->contains('.')) {
    return name;
  }
  // Only types that are made by C code have their module in tp_name.
  const auto dict = objects.pointer(type, objects.layout().type.dict);
  const auto at = dict && *dict != 0 ? objects.lookup(*dict, "__module__") : std::nullopt;
  const auto module = at ? objects.text(*at, 256) : std::nullopt;
  return module ? std::optional(*module + "." + *name) : name;
}

}  // namespace stillframe::cpython
