#include "cpython/values/redaction.h"

#include <algorithm>
#include <array>

namespace stillframe::cpython {
namespace {

using text::Shape;

// Of a text that is hidden by its name no more than this is read.
constexpr std::uint64_t kMostOfText = 4096;

// Types of what is no secret, whatever it is called.
constexpr std::array<std::string_view, 16> kOpenTypes{"NoneType",
                                                      "NotImplementedType",
                                                      "bool",
                                                      "builtin_function_or_method",
                                                      "ellipsis",
                                                      "function",
                                                      "getset_descriptor",
                                                      "instancemethod",
                                                      "member_descriptor",
                                                      "method",
                                                      "method-wrapper",
                                                      "method_descriptor",
                                                      "module",
                                                      "property",
                                                      "type",
                                                      "wrapper_descriptor"};
constexpr std::array<std::string_view, 5> kNumberTypes{"complex", "decimal.Decimal", "float", "int", "long"};

Shape shape_of(const Type* type) {
  if (type == nullptr) {
    return Shape::other;
  }
  if (type->has(kTypeSubclass) || std::ranges::binary_search(kOpenTypes, std::string_view(type->name))) {
    return Shape::nothing;
  }
  if (type->has(kTextSubclass) || type->has(kBytesSubclass) || type->name == "bytearray") {
    return Shape::text;
  }
  if (type->has(kIntSubclass) || type->has(kLongSubclass) ||
      std::ranges::binary_search(kNumberTypes, std::string_view(type->name))) {
    return Shape::number;
  }
  return type->has(kTupleSubclass) || type->has(kListSubclass) ? Shape::sequence : Shape::other;
}

}  // namespace

std::optional<std::string> secret_text(const Objects& objects, const Type& type, Address object) {
  if (type.has(kTextSubclass)) {
    return objects.text(object, kMostOfText);
  }
  return type.has(kBytesSubclass) ? objects.bytes(object, kMostOfText) : std::nullopt;
}

bool is_hidden(const Redaction& redaction, const text::NameMeaning& meaning, const Objects& objects, Types& types,
               Address object) {
  if (meaning.kind == text::SecretKind::open || meaning.kind == text::SecretKind::asked) {
    return meaning.kind == text::SecretKind::asked;
  }
  const Type* type = types.of(object);
  const Shape shape = shape_of(type);
  if (!Redaction::hides(meaning, shape)) {
    return false;
  }
  const auto text = shape == Shape::text ? secret_text(objects, *type, object) : std::nullopt;
  return !text || redaction.hides_text(meaning, *text);
}

text::NameMeaning meaning_for_next(const Redaction& redaction, std::string_view item, std::uint64_t count) {
  if (redaction.announces_secret(item)) {
    return redaction.meaning(item);
  }
  const text::NameMeaning meaning = count == 2 ? redaction.meaning(item) : text::NameMeaning{};
  const bool certain = meaning.kind == text::SecretKind::secret || meaning.kind == text::SecretKind::asked;
  return certain ? meaning : text::NameMeaning{};
}

}  // namespace stillframe::cpython
