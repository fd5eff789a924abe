// pathlib's paths, of which each version keeps other parts.
#include <algorithm>
#include <span>

#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"

namespace stillframe::cpython {
namespace {

// Linux knows no longer path; what is longer is shown cut.
constexpr std::uint64_t kMostParts = 4096;
constexpr std::uint64_t kMostPathLetters = std::uint64_t{1} << 20U;

using Text = std::u32string;

std::optional<Text> text_of(const Objects& objects, Address at) {
  const auto place = objects.text_place(at);
  return place && place->length <= kMostPathLetters ? objects.characters(*place, place->length) : std::nullopt;
}

std::optional<Text> text_of(const Objects& objects, std::optional<Address> at) {
  return at ? text_of(objects, *at) : std::nullopt;
}

// A list or tuple of str.
std::optional<std::vector<Text>> texts_of(const Objects& objects, std::optional<Address> list) {
  const auto count = list ? length_of(objects, *list) : std::nullopt;
  if (!count || *count > kMostParts) {
    return std::nullopt;
  }
  const auto type = objects.type_of(*list);
  const bool is_list = type && objects.type_name(*type) == "list";
  const auto items = is_list ? objects.pointer(*list, objects.layout().list.items)
                             : std::optional(*list + objects.layout().tuple.items.value());
  std::vector<Text> texts;
  for (std::uint64_t i = 0; items && i < *count; ++i) {
    const auto at = objects.memory().get<Address>(*items + i * sizeof(Address));
    auto text = at ? text_of(objects, *at) : std::nullopt;
    if (!text) {
      return std::nullopt;
    }
    texts.push_back(std::move(*text));
  }
  return items ? std::optional(std::move(texts)) : std::nullopt;
}

Text join(std::span<const Text> parts) {
  Text joined;
  for (const Text& part : parts) {
    joined += joined.empty() && &part == &parts.front() ? part : U"/" + part;
  }
  return joined;
}

// posixpath.join() of what the path was made from, then PurePath._parse_path() (Lib/pathlib, 3.12+).
Text parsed(const std::vector<Text>& raw) {
  Text whole;
  for (const Text& part : raw) {
    if (part.starts_with(U'/')) {
      whole = part;
    } else {
      whole += whole.empty() || whole.ends_with(U'/') ? part : U"/" + part;
    }
  }
  // Two slashes in front, not three, are a root of their own.
  const std::size_t slashes = std::min(whole.find_first_not_of(U'/'), whole.size());
  Text path = slashes == 2 ? U"//" : slashes > 0 ? U"/" : U"";
  const std::size_t root = path.size();
  for (std::size_t begin = slashes; begin < whole.size();) {
    const std::size_t end = std::min(whole.find(U'/', begin), whole.size());
    const Text part = whole.substr(begin, end - begin);
    if (!part.empty() && part != U".") {
      path += (path.size() > root ? U"/" : U"") + part;
    }
    begin = end + 1;
  }
  return path.empty() ? U"." : path;
}

// What str() of the path gives.
std::optional<Text> text_of_path(const Objects& objects, const Fields& fields) {
  // Kept since it was asked for; from 3.12 on a path that has not been used knows no more than what it was made from.
  if (auto known = text_of(objects, fields.at("_str"))) {
    return known;
  }
  const auto drive = text_of(objects, fields.at("_drv"));
  const auto root = text_of(objects, fields.at("_root"));
  if (drive && root) {
    const Text front = *drive + *root;
    if (const auto tail = texts_of(objects, fields.at("_tail_cached"))) {  // 3.12+
      const Text path = front + join(*tail);
      return path.empty() ? U"." : path;
    }
    if (const auto parts = texts_of(objects, fields.at("_parts"))) {  // to 3.11; the first is drive and root
      const bool anchored = !front.empty() && !parts->empty();
      const Text path = front + join(std::span(*parts).subspan(anchored ? 1 : 0));
      return path.empty() ? U"." : path;
    }
  }
  if (const auto raw = texts_of(objects, fields.at("_raw_paths"))) {
    return parsed(*raw);
  }
  return text_of(objects, fields.at("_raw_path"));
}

bool write_path(Printer& out, const Instance& object) {
  auto path = text_of_path(out.objects(), Fields(out, object));
  if (!path) {
    return out.fail("its parts cannot be read");
  }
  if (object.type.qualified.contains("Windows")) {
    std::ranges::replace(*path, U'\\', U'/');
  }
  out.put(class_name(object.type));
  out.put("(");
  put_quoted(out, *path);
  out.put(")");
  return true;
}

constexpr Kind kPathKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "pathlib.PurePath", .write = write_path, .python_repr = true},
    {.name = "pathlib._local.PurePath", .write = write_path, .python_repr = true},  // 3.13
};

}  // namespace

std::span<const Kind> path_kinds() {
  return kPathKinds;
}

}  // namespace stillframe::cpython
