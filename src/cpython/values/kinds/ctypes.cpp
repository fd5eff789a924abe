// ctypes: simple values, and what pointers, arrays, structures and unions hold, of which repr() says nothing. A
// CDataObject (Modules/_ctypes/ctypes.h) begins with b_ptr, which leads to the C data, in every version.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <unordered_map>
#include <vector>

#include "cpython/values/c_members.h"
#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/machine_numbers.h"
#include "cpython/values/quoted.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kMostCtypesFields = 1000;
constexpr std::uint32_t kMostLevels = 8;  // of structures and arrays within one another

struct DataMembers {
  Address data;
  std::int64_t needs_free;
  Address base;
  std::uint64_t size;
};

bool derives_from(const Type& type, std::string_view name) {
  return std::ranges::any_of(type.mro, [&](const Type* base) { return base->name == name; });
}

// What `_type_` of a simple type says (formattable in cfield.c).
struct Simple {
  char code = 0;
  bool swapped = false;  // of c_int.__ctype_be__ and the like
};

std::optional<Simple> simple_of(Printer& out, const Type& type) {
  const bool fits = derives_from(type, "_ctypes._SimpleCData");
  const auto code_at = fits ? out.types().class_attribute(type, "_type_") : std::nullopt;
  const auto code = code_at ? out.objects().text(*code_at, 2) : std::nullopt;
  if (!code || code->empty()) {
    return std::nullopt;
  }
  // Complex numbers: F, D and G in 3.14, Zf, Zd and Zg from 3.15 on.
  const bool complex = code->size() == 2 && code->front() == 'Z';
  if (code->size() == 2 && !complex) {
    return std::nullopt;
  }
  return Simple{.code = complex ? static_cast<char>(code->back() & ~0x20) : code->front(),
                .swapped = type.name.ends_with("_be")};
}

struct Row {
  char code;
  NumberFormat::Kind kind;
  std::uint32_t size;
  bool is_long;  // in 2.7 its value is a long
};
using FormatKind = NumberFormat::Kind;
constexpr std::array<Row, 17> kRows{{{'b', FormatKind::signed_integer, 1, false},
                                     {'B', FormatKind::unsigned_integer, 1, false},
                                     {'h', FormatKind::signed_integer, 2, false},
                                     {'H', FormatKind::unsigned_integer, 2, false},
                                     {'i', FormatKind::signed_integer, 4, false},
                                     {'I', FormatKind::unsigned_integer, 4, true},
                                     {'l', FormatKind::signed_integer, 8, false},
                                     {'L', FormatKind::unsigned_integer, 8, true},
                                     {'q', FormatKind::signed_integer, 8, true},
                                     {'Q', FormatKind::unsigned_integer, 8, true},
                                     {'f', FormatKind::real, 4, false},
                                     {'d', FormatKind::real, 8, false},
                                     {'g', FormatKind::real, 16, false},
                                     {'?', FormatKind::boolean, 1, false},
                                     {'F', FormatKind::complex, 8, false},  // complex numbers: 3.14+
                                     {'D', FormatKind::complex, 16, false},
                                     {'G', FormatKind::complex, 32, false}}};

bool put_number(Printer& out, const Simple& simple, Address at) {
  const auto* const row = std::ranges::find(kRows, simple.code, &Row::code);
  std::array<std::byte, 32> raw{};
  if (row == kRows.end() || !out.objects().memory().read(at, std::span(raw).first(row->size))) {
    return false;
  }
  const auto text =
      number_text(raw, {.kind = row->kind, .size = row->size, .swapped = simple.swapped, .widened = true});
  out.put(text.value_or(""));
  out.put(row->is_long && out.objects().dialect().objects.two_integer_types ? "L" : "");
  return text.has_value();
}

// A string of C: up to its NUL, or as much as is shown.
bool put_c_string(Printer& out, Address at, std::uint32_t width) {
  const std::uint64_t most = std::min<std::uint64_t>(out.limits().max_string, std::uint64_t{1} << 20U);
  std::uint64_t length = 0;
  for (bool ended = false; !ended && length <= most; length += ended ? 0 : 1) {
    std::uint32_t character = 0;
    const auto into = std::as_writable_bytes(std::span(&character, 1)).first(width);
    if (!out.objects().memory().read(at + length * width, into)) {
      return false;
    }
    ended = character == 0;
  }
  const std::uint64_t shown = std::min(length, most);
  const bool done = width == 1 ? put_bytes_at(out, at, shown) : put_characters_at(out, at, shown, width);
  if (done && length > most) {
    out.cut();
  }
  return done;
}

// A simple value that is a pointer: to text, to an object, to anything.
bool put_pointer(Printer& out, char code, Address value) {
  if (code == 'O') {
    out.item(value, "value");
  } else if (value == 0) {
    out.put("None");
  } else if (code == 'P') {
    // PyLong_FromVoidPtr() of 2.7 makes an int of what fits into one.
    const bool is_long = out.objects().dialect().objects.two_integer_types && value >> 63U != 0;
    out.put(fmt::format("{}{}", value, is_long ? "L" : ""));
  } else {
    return put_c_string(out, value, code == 'z' ? 1 : 4);
  }
  return true;
}

// The value at `at`; false where it cannot be read or is of a type that is not known.
bool put_simple(Printer& out, const Simple& simple, Address at) {
  if (simple.code == 'c' || simple.code == 'u') {
    return simple.code == 'c' ? put_bytes_at(out, at, 1) : put_characters_at(out, at, 1, 4);
  }
  if (std::string_view("zZPO").contains(simple.code)) {
    const auto value = read_at<Address>(out, at);
    return value && put_pointer(out, simple.code, *value);
  }
  return put_number(out, simple, at);
}

// A tuple (name, type) of `_fields_`, or (name, type, bits).
struct Field {
  std::string name;
  const Type* type = nullptr;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  bool bits = false;
};

// A field's place is in a CField (Modules/_ctypes/ctypes.h), an attribute of the class, which begins with the offset
// and the size in every version.
std::optional<Field> field_at(Printer& out, const Type& owner, Address entry) {
  struct Place {
    std::uint64_t offset, size;
  };
  const Objects& objects = out.objects();
  const auto parts = read_at<std::array<Address, 2>>(out, entry + objects.layout().tuple.items.value());
  auto name = parts ? objects.text((*parts)[0], 256) : std::nullopt;
  const Type* type = name ? out.types().find((*parts)[1]) : nullptr;
  const auto descriptor = type != nullptr ? out.types().own_attribute(owner, *name) : std::nullopt;
  const auto place =
      descriptor ? read_at<Place>(out, *descriptor + objects.layout().object.type.value() + 8) : std::nullopt;
  if (!place) {
    return std::nullopt;
  }
  const bool bits = objects.field<std::uint64_t>(entry, objects.layout().var_object.size_field) != std::uint64_t{2};
  return Field{.name = *name, .type = type, .offset = place->offset, .size = place->size, .bits = bits};
}

// Those of one class, whose bases have others.
void add_fields(Printer& out, const Type& owner, std::vector<std::optional<Field>>& fields) {
  const Objects& objects = out.objects();
  const auto list = out.types().own_attribute(owner, "_fields_");
  const Type* type = list ? out.types().of(*list) : nullptr;
  const auto count = type != nullptr ? length_of(objects, *list) : std::nullopt;
  if (!count) {
    return;
  }
  const auto first = type->has(kListSubclass) ? objects.pointer(*list, objects.layout().list.items)
                                              : std::optional(*list + objects.layout().tuple.items.value());
  for (std::uint64_t i = 0; first && i < *count && fields.size() < kMostCtypesFields; ++i) {
    const auto entry = read_at<Address>(out, *first + i * sizeof(Address));
    fields.push_back(entry ? field_at(out, owner, *entry) : std::nullopt);
  }
}

// The data of any type, without the object that a program would see there. `level`: how many structures and arrays it
// is within.
class DataWriter {
 public:
  explicit DataWriter(Printer& out) : out_(out) {}

  bool put_array(const Type& type, Address at, std::uint64_t size, std::uint32_t level);
  // "x=1, y=2", of structures and unions.
  void put_fields(const Type& type, Address at, std::uint64_t size, std::uint32_t level);

 private:
  using Fields = std::vector<std::optional<Field>>;

  bool put(const Type& type, Address at, std::uint64_t size, std::uint32_t level);
  void put_field(const std::optional<Field>& field, Address at, std::uint64_t size, std::uint32_t level);
  const std::optional<Simple>& simple_form_of(const Type& type);
  const Fields& fields_of(const Type& type);

  Printer& out_;
  // What was read of types: the elements of an array all have the same.
  std::unordered_map<const Type*, std::optional<Simple>> simple_;
  std::unordered_map<const Type*, Fields> fields_;
};

bool DataWriter::put_array(const Type& type, Address at, std::uint64_t size, std::uint32_t level) {
  const auto length_at = out_.types().class_attribute(type, "_length_");
  const auto length = length_at ? out_.objects().integer(*length_at) : std::nullopt;
  const auto element_at = length ? out_.types().class_attribute(type, "_type_") : std::nullopt;
  const Type* element = element_at ? out_.types().find(*element_at) : nullptr;
  if (element == nullptr || *length > size) {
    return false;
  }
  const auto& simple = simple_form_of(*element);
  if (simple && simple->code == 'c') {
    return put_bytes_at(out_, at, *length);
  }
  if (simple && simple->code == 'u') {
    return put_characters_at(out_, at, *length, 4);
  }
  const std::uint64_t each = *length == 0 ? 0 : size / *length;
  out_.put("[");
  const bool whole = out_.each(*length, [&](std::uint64_t i) { return put(*element, at + i * each, each, level + 1); });
  out_.put("]");
  return whole;
}

void DataWriter::put_fields(const Type& type, Address at, std::uint64_t size, std::uint32_t level) {
  const Fields& fields = fields_of(type);
  out_.each(fields.size(), [&](std::uint64_t i) {
    put_field(fields[i], at, size, level);
    return true;
  });
}

const std::optional<Simple>& DataWriter::simple_form_of(const Type& type) {
  const auto [known, fresh] = simple_.try_emplace(&type);
  if (fresh) {
    known->second = simple_of(out_, type);
  }
  return known->second;
}

const DataWriter::Fields& DataWriter::fields_of(const Type& type) {
  const auto [known, fresh] = fields_.try_emplace(&type);
  if (fresh) {
    for (const Type* base : type.mro | std::views::reverse) {
      add_fields(out_, *base, known->second);
    }
    add_fields(out_, type, known->second);
  }
  return known->second;
}

void DataWriter::put_field(const std::optional<Field>& field, Address at, std::uint64_t size, std::uint32_t level) {
  if (!field) {
    out_.unreadable("a field");
    return;
  }
  out_.put(field->name + "=");
  const bool fits = field->offset <= size && field->size <= size - field->offset;
  if (out_.hides(field->name)) {
    out_.put(kRedacted);
  } else if (field->bits) {
    out_.cut();
  } else if (!fits || !put(*field->type, at + field->offset, field->size, level + 1)) {
    out_.unreadable("its value");
  }
}

bool DataWriter::put(const Type& type, Address at, std::uint64_t size, std::uint32_t level) {
  if (level > kMostLevels) {
    out_.cut();
    return true;
  }
  if (const auto& simple = simple_form_of(type)) {
    return put_simple(out_, *simple, at);
  }
  if (derives_from(type, "_ctypes.Array")) {
    return put_array(type, at, size, level);
  }
  if (derives_from(type, "_ctypes.Structure") || derives_from(type, "_ctypes.Union")) {
    out_.put(type.name + "(");
    put_fields(type, at, size, level);
    out_.put(")");
    return true;
  }
  const auto to = read_at<Address>(out_, at);
  if (!to) {
    return false;
  }
  out_.put(*to == 0 ? "NULL" : fmt::format("{:#x}", *to));
  return true;
}

bool write_simple(Printer& out, const Instance& object) {
  const auto data = members_of<DataMembers>(out, object);
  const auto simple = simple_of(out, object.type);
  if (!data || !simple) {
    return out.fail("its value is of no known type");
  }
  // Simple_repr() names the values of ctypes' own classes alone; what is derived from those is an object with a value.
  const bool own = !object.type.mro.empty() && object.type.mro.front()->name == "_ctypes._SimpleCData";
  own ? out.put(object.type.name + "(") : out.head(object);
  out.put(own ? "" : " value=");
  if (!put_simple(out, *simple, data->data)) {
    return out.fail("its value cannot be read");
  }
  out.put(own ? ")" : ">");
  return true;
}

bool write_ctypes_array(Printer& out, const Instance& object) {
  const auto data = members_of<DataMembers>(out, object);
  out.head(object);
  out.put(" ");
  if (!data || !DataWriter(out).put_array(object.type, data->data, data->size, 0)) {
    return out.fail("its elements cannot be read");
  }
  out.put(">");
  return true;
}

bool write_pointer(Printer& out, const Instance& object) {
  const auto data = members_of<DataMembers>(out, object);
  const auto to = data ? read_at<Address>(out, data->data) : std::nullopt;
  if (!to) {
    return out.fail("it cannot be read");
  }
  out.head(object);
  out.put(*to == 0 ? " NULL>" : fmt::format(" to {:#x}>", *to));
  return true;
}

bool write_structure(Printer& out, const Instance& object) {
  const auto data = members_of<DataMembers>(out, object);
  if (!data) {
    return out.fail("it cannot be read");
  }
  out.head(object);
  out.put(" (");
  DataWriter(out).put_fields(object.type, data->data, data->size, 0);
  out.put(")>");
  return true;
}

// c_char_p and py_object have a __repr__ in Python; of text it shows the address alone.
constexpr Kind kCtypesKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "_ctypes._SimpleCData", .write = write_simple, .python_repr = true},
    {.name = "_ctypes.Array", .write = write_ctypes_array, .python_repr = true},
    {.name = "_ctypes._Pointer", .write = write_pointer, .python_repr = true},
    {.name = "_ctypes.Structure", .write = write_structure, .python_repr = true},
    {.name = "_ctypes.Union", .write = write_structure, .python_repr = true},
};

}  // namespace

std::span<const Kind> ctypes_kinds() {
  return kCtypesKinds;
}

}  // namespace stillframe::cpython
