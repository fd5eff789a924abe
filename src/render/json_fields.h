// Typed access to the members of a JSON object that anybody may have written. The first member that is missing or wrong
// is kept with its place; after that every access gives a default.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "render/words.h"

namespace stillframe::render {

// Its objects are trees: a hostile one with a million members costs no more than its size. (The ordered objects of the
// writer look for a name from the front.)
using JsonTree = nlohmann::json;

// The first thing that is wrong with a document, and where: "threads[3].frames[0].line is no whole number".
class Complaint {
 public:
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] const std::string& text() const { return text_; }
  // Says what is wrong at the present place, or in the member `key` of it.
  void say(std::string_view what, std::string_view key = {});

  // A step into a member or an element, for as long as it lives.
  class Step {
   public:
    Step(Complaint& complaint, std::string_view key, std::size_t index = kNoIndex) : complaint_(complaint) {
      complaint_.steps_.emplace_back(key, index);
    }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    Step(Step&&) = delete;
    Step& operator=(Step&&) = delete;
    ~Step() { complaint_.steps_.pop_back(); }

   private:
    Complaint& complaint_;
  };

 private:
  static constexpr std::size_t kNoIndex = std::numeric_limits<std::size_t>::max();
  std::vector<std::pair<std::string_view, std::size_t>> steps_;
  std::string text_;
};

template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

// "0x7f31…", at most 16 digits.
std::optional<std::uint64_t> parse_hex(std::string_view text);

class Fields {
 public:
  Fields(const JsonTree& object, Complaint& complaint) : object_(object), complaint_(complaint) {
    if (!object.is_object()) {
      complaint.say("is no object");
    }
  }

  // The member; null and the complaint where there is none.
  [[nodiscard]] const JsonTree* member(std::string_view key) const;
  // The member; null where there is none, or where it is null.
  [[nodiscard]] const JsonTree* member_or_none(std::string_view key) const;
  [[nodiscard]] Complaint& complaint() const { return complaint_; }

  // A bool, number or string; an std::optional of one may be null in the document.
  template <typename T>
  [[nodiscard]] T get(std::string_view key) const {
    const JsonTree* const value = member(key);
    return value == nullptr ? T{} : convert<T>(*value, key);
  }
  // The same of a member that older documents may lack.
  template <typename T>
  [[nodiscard]] T get_or(std::string_view key, T otherwise) const {
    const JsonTree* const value = member_or_none(key);
    return value == nullptr ? std::move(otherwise) : convert<T>(*value, key);
  }

  // An enumerator by the name that json_name() gives it; `last` is the greatest one.
  template <typename E>
  [[nodiscard]] E named(std::string_view key, E last) const {
    return find_name(get<std::string>(key), key, last);
  }
  template <typename E>
  [[nodiscard]] std::optional<E> named_or_null(std::string_view key, E last) const {
    const auto name = get<std::optional<std::string>>(key);
    return name ? std::optional(find_name(*name, key, last)) : std::nullopt;
  }

  [[nodiscard]] std::uint64_t address(std::string_view key) const;
  [[nodiscard]] std::optional<std::uint64_t> address_or_null(std::string_view key) const;

  // Calls `read` with each element of a list, until something is wrong.
  template <typename Read>
  void each(std::string_view key, const Read& read) const {
    if (const JsonTree* const list = member(key)) {
      each_of(*list, key, read);
    }
  }
  // The same of a list that may be missing; false: it is.
  template <typename Read>
  bool each_or_none(std::string_view key, const Read& read) const {
    const JsonTree* const list = member_or_none(key);
    if (list != nullptr) {
      each_of(*list, key, read);
    }
    return list != nullptr;
  }
  // A list of strings or numbers.
  template <typename T>
  [[nodiscard]] std::vector<T> list(std::string_view key) const {
    std::vector<T> all;
    each(key, [&](const JsonTree& value) { all.push_back(convert<T>(value, {})); });
    return all;
  }
  // What `read` makes of an object; nothing where it is null or missing.
  template <typename Read>
  [[nodiscard]] auto object_or_null(std::string_view key, const Read& read) const
      -> std::optional<decltype(read(std::declval<const Fields&>()))> {
    const JsonTree* const value = member_or_none(key);
    if (value == nullptr) {
      return std::nullopt;
    }
    const Complaint::Step step(complaint_, key);
    return read(Fields(*value, complaint_));
  }

 private:
  template <typename Read>
  void each_of(const JsonTree& list, std::string_view key, const Read& read) const {
    if (!list.is_array()) {
      complaint_.say("is no list", key);
      return;
    }
    for (std::size_t i = 0; i < list.size() && complaint_.empty(); ++i) {
      const Complaint::Step step(complaint_, key, i);
      read(list[i]);
    }
  }

  template <typename T>
  [[nodiscard]] T convert(const JsonTree& value, std::string_view key) const {
    if constexpr (kIsOptional<T>) {
      return value.is_null() ? T{} : T(convert<typename T::value_type>(value, key));
    } else if constexpr (std::same_as<T, bool>) {
      return value.is_boolean() ? value.get<bool>() : (complaint_.say("is neither true nor false", key), false);
    } else if constexpr (std::same_as<T, double>) {
      return value.is_number() ? value.get<double>() : (complaint_.say("is no number", key), 0);
    } else if constexpr (std::same_as<T, std::string>) {
      return value.is_string() ? value.get<std::string>() : (complaint_.say("is no text", key), std::string());
    } else {
      static_assert(std::integral<T>);
      return whole_number<T>(value, key);
    }
  }

  template <typename T>
  [[nodiscard]] T whole_number(const JsonTree& value, std::string_view key) const {
    const bool fits = value.is_number_unsigned()
                          ? std::in_range<T>(value.get<std::uint64_t>())
                          : value.is_number_integer() && std::in_range<T>(value.get<std::int64_t>());
    if (!fits) {
      complaint_.say(value.is_number_integer() ? "is out of range" : "is no whole number", key);
      return 0;
    }
    return value.get<T>();
  }

  template <typename E>
  [[nodiscard]] E find_name(std::string_view name, std::string_view key, E last) const {
    for (std::underlying_type_t<E> i = 0; i <= static_cast<std::underlying_type_t<E>>(last); ++i) {
      if (json_name(static_cast<E>(i)) == name) {
        return static_cast<E>(i);
      }
    }
    complaint_.say("has a name that this version does not know", key);
    return E{};
  }

  const JsonTree& object_;
  Complaint& complaint_;
};

}  // namespace stillframe::render
