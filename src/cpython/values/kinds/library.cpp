// Small types of the standard library: Fraction, UUID, partial, lru_cache, context variables, Popen.
#include <fmt/format.h>

#include <algorithm>

#include "cpython/values/decimal.h"
#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

// Fraction.__repr__ of 2.7 puts numbers in as str() does: a long without its L.
bool put_plain_number(Printer& out, Address number, std::string_view name) {
  const Objects& objects = out.objects();
  const auto type = objects.type_of(number);
  if (!objects.dialect().objects.two_integer_types || !type || objects.type_name(*type) != "long") {
    out.item(number, name);
    return true;
  }
  constexpr std::uint64_t kMostPlainDigits = 1024;
  const auto size = objects.field<std::int64_t>(number, objects.layout().var_object.size_field);
  const std::uint64_t count = !size       ? 0
                              : *size < 0 ? 0 - static_cast<std::uint64_t>(*size)
                                          : static_cast<std::uint64_t>(*size);
  if (!size || count > kMostPlainDigits) {
    return false;
  }
  std::vector<std::uint32_t> digits(count);
  if (count > 0 && !objects.memory().read(number + objects.layout().integer.digits.value(),
                                          std::as_writable_bytes(std::span(digits)))) {
    return false;
  }
  out.note(name, number);
  out.put((*size < 0 ? "-" : "") + decimal(digits));
  return true;
}

bool write_fraction(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto numerator = fields.at("_numerator");
  const auto denominator = fields.at("_denominator");
  if (!numerator || !denominator) {
    return out.fail("it has no numerator or denominator");
  }
  out.put(class_name(object.type));
  out.put("(");
  if (!put_plain_number(out, *numerator, "numerator")) {
    return out.fail("its numerator makes no sense");
  }
  out.put(", ");
  if (!put_plain_number(out, *denominator, "denominator")) {
    return out.fail("its denominator makes no sense");
  }
  out.put(")");
  return true;
}

// A number of 128 bits, from digits of 30 bits each (Include/cpython/longintrepr.h; 2.7: Include/longintrepr.h).
std::optional<unsigned __int128> wide_integer(const Objects& objects, Address object) {
  const Layout& layout = objects.layout();
  if (const auto small = objects.integer(object)) {
    return *small;
  }
  const bool tagged = layout.integer.tag.present();
  const auto raw = objects.field<std::uint64_t>(object, tagged ? layout.integer.tag : layout.var_object.size_field);
  const std::uint64_t digits = raw ? (tagged ? *raw >> 3U : *raw) : 0;
  if (digits == 0 || digits > 5 || !layout.integer.digits.present()) {
    return std::nullopt;
  }
  unsigned __int128 value = 0;
  for (std::uint64_t i = 0; i < digits; ++i) {
    const auto digit = objects.memory().get<std::uint32_t>(object + layout.integer.digits.value() + i * 4);
    if (!digit) {
      return std::nullopt;
    }
    value |= static_cast<unsigned __int128>(*digit) << (30 * i);
  }
  return value;
}

bool write_uuid(Printer& out, const Instance& object) {
  const auto number = Fields(out, object).at("int");
  const Type* type = number ? out.types().of(*number) : nullptr;
  const bool is_integer = type != nullptr && (type->has(kLongSubclass) || type->has(kIntSubclass));
  const auto value = is_integer ? wide_integer(out.objects(), *number) : std::nullopt;
  if (!value) {
    return out.fail("it has no number");
  }
  const auto high = static_cast<std::uint64_t>(*value >> 64U);
  const auto low = static_cast<std::uint64_t>(*value);
  out.put(fmt::format("{}('{:08x}-{:04x}-{:04x}-{:04x}-{:012x}')", class_name(object.type), high >> 32U,
                      (high >> 16U) & 0xFFFFU, high & 0xFFFFU, low >> 48U, low & 0xFFFFFFFFFFFFU));
  return true;
}

void put_partial_arguments(Printer& out, Address arguments, Address keywords) {
  const Objects& objects = out.objects();
  const std::uint64_t count = length_of(objects, arguments).value_or(0);
  for (std::uint64_t i = 0; i < count; ++i) {
    out.put(", ");
    if (i >= out.limits().max_items) {
      out.more(count - i);
      break;
    }
    if (!out.room()) {
      return;
    }
    const auto item = objects.memory().get<Address>(arguments + objects.layout().tuple.items.value() + i * 8);
    item ? out.item(*item) : out.unreadable("an argument");
  }
  std::uint64_t shown = 0;
  const std::uint64_t named = length_of(objects, keywords).value_or(0);
  objects.for_each_entry(keywords, [&](Address key, Address value) {
    out.put(", ");
    if (shown >= out.limits().max_items) {
      out.more(named - std::min(shown, named));
      return false;
    }
    if (!out.room()) {
      return false;
    }
    out.attribute(objects.text(key).value_or("?"), value);
    return ++shown < named;
  });
}

// partialobject in Modules/_functoolsmodule.c: fn, args, kw. repr() shows them from 3.x on, in 2.7 the address alone.
bool write_partial(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const auto function = part(objects, object.address, 0);
  const auto arguments = part(objects, object.address, 1);
  const auto keywords = objects.pointer(object.address, word(objects, 2));
  if (!function || !arguments || !keywords) {
    return out.fail("its members cannot be read");
  }
  // partial_repr(): tp_name.
  const bool with_module = objects.dialect().reprs.partial_names_module;
  out.put(with_module ? object.type.qualified : object.type.name);
  out.put("(");
  out.item(*function, "func");
  put_partial_arguments(out, *arguments, *keywords);
  out.put(")");
  return true;
}

// lru_cache_object in Modules/_functoolsmodule.c. It begins with a list element: the object's head, prev, next, hash,
// key, result. The seventh word behind it is `misses` in every version.
bool write_lru_cache(Printer& out, const Instance& object) {
  constexpr std::uint32_t kElement = 5;
  const Objects& objects = out.objects();
  const LruCacheWords& words = objects.dialect().library.lru_cache;
  const auto number = [&](std::uint32_t index) {
    return objects.field<std::int64_t>(object.address, word(objects, kElement + index));
  };
  const auto function = part(objects, object.address, kElement + words.function);
  const auto cache = part(objects, object.address, kElement + words.cache);
  const auto hits = number(words.hits);
  const auto misses = number(6);
  const auto most = number(words.most);
  const auto length = cache ? length_of(objects, *cache) : std::nullopt;
  if (!function || !hits || !misses || !most || !length) {
    return out.fail("its members cannot be read");
  }
  out.head(object);
  const std::string limit = *most < 0 ? "None" : fmt::format("{}", *most);
  out.put(fmt::format(" hits={} misses={} maxsize={} currsize={} ", *hits, *misses, limit, *length));
  out.attribute("function", *function);
  out.put(">");
  return true;
}

// struct _pycontextvarobject in Include/internal/pycore_context.h: var_name, var_default.
bool write_context_variable(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const auto name = part(objects, object.address, 0);
  const auto otherwise = objects.pointer(object.address, word(objects, 1));
  if (!name || !otherwise) {
    return out.fail("it has no name");
  }
  out.put("<ContextVar name=");
  out.item(*name, "name");
  if (*otherwise != 0) {
    out.put(" ");
    // What it is for stands in its own name.
    const auto called = objects.text(*name);
    if (called && out.hides(*called)) {
      out.note("default", *otherwise, true);
      out.put("default=");
      out.put(kRedacted);
    } else {
      out.attribute("default", *otherwise);
    }
  }
  out.put(fmt::format(" at {:#x}>", object.address));
  return true;
}

// struct _pycontextobject: ctx_prev, ctx_vars (a PyHamtObject: h_root, h_weakreflist, h_count), ctx_weakreflist,
// ctx_entered.
bool write_variables_context(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const auto variables = part(objects, object.address, 1);
  const auto count = variables ? objects.field<std::uint64_t>(*variables, word(objects, 2)) : std::nullopt;
  const auto entered = objects.field<std::int32_t>(object.address, word(objects, 3));
  if (!count || !entered) {
    return out.fail("its members cannot be read");
  }
  out.head(object);
  out.put(fmt::format(" variables={}{}>", *count, *entered != 0 ? " entered" : ""));
  return true;
}

// Lib/subprocess.py, Popen.__repr__ (3.9+); the pid is ours.
bool write_popen(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto arguments = fields.at("args");
  const auto status = fields.at("returncode");
  out.put("<" + std::string(class_name(object.type)) + ":");
  if (status) {
    out.put(" ");
    out.attribute("returncode", *status, ": ");
  }
  if (arguments) {
    out.put(" ");
    out.attribute("args", *arguments, ": ");
  }
  if (const auto pid = fields.at("pid")) {
    out.put(" ");
    out.attribute("pid", *pid, ": ");
  }
  out.put(">");
  return true;
}

constexpr Kind kLibraryKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "fractions.Fraction", .write = write_fraction, .python_repr = true},
    {.name = "uuid.UUID", .write = write_uuid, .python_repr = true},
    {.name = "functools.partial", .write = write_partial},
    {.name = "functools._lru_cache_wrapper", .write = write_lru_cache},
    {.name = "ContextVar", .write = write_context_variable},
    {.name = "_contextvars.ContextVar", .write = write_context_variable},
    {.name = "Context", .write = write_variables_context},
    {.name = "_contextvars.Context", .write = write_variables_context},
    {.name = "subprocess.Popen", .write = write_popen, .python_repr = true},
};

}  // namespace

std::span<const Kind> library_kinds() {
  return kLibraryKinds;
}

}  // namespace stillframe::cpython
