// re.Pattern and re.Match (PatternObject and MatchObject in Modules/_sre/sre.h; to 3.10 Modules/sre.h).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "cpython/values/c_members.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/quoted.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint32_t kLocale = 4;
constexpr std::uint32_t kUnicode = 32;
constexpr std::uint32_t kAscii = 256;

// In the order in which pattern_repr() names them.
constexpr std::array<std::pair<std::uint32_t, std::string_view>, 9> kFlags{{{1, "re.TEMPLATE"},
                                                                            {2, "re.IGNORECASE"},
                                                                            {kLocale, "re.LOCALE"},
                                                                            {8, "re.MULTILINE"},
                                                                            {16, "re.DOTALL"},
                                                                            {kUnicode, "re.UNICODE"},
                                                                            {64, "re.VERBOSE"},
                                                                            {128, "re.DEBUG"},
                                                                            {kAscii, "re.ASCII"}}};

std::string flags_text(std::uint32_t flags) {
  std::string text;
  const auto add = [&](std::string_view one) {
    text += text.empty() ? "" : "|";
    text += one;
  };
  for (const auto& [bit, name] : kFlags) {
    if ((flags & bit) != 0) {
      add(name);
      flags &= ~bit;
    }
  }
  if (flags != 0) {
    add(fmt::format("{:#x}", flags));
  }
  return text;
}

bool write_pattern(Printer& out, const Instance& object) {
  struct Members {
    std::int64_t groups;
    Address group_index, index_group, pattern;
    std::uint32_t flags;
  };
  const auto members = read_at<Members>(out, var_members_at(out, object));
  const Type* type = members ? out.types().of(members->pattern) : nullptr;
  if (type == nullptr) {
    return out.fail("it cannot be read");
  }
  // What a pattern that is a str always has is not said.
  std::uint32_t flags = members->flags;
  if (type->has(kTextSubclass) && (flags & (kLocale | kUnicode | kAscii)) == kUnicode) {
    flags &= ~kUnicode;
  }
  out.put("re.compile(");
  out.item(members->pattern, "pattern");
  if (flags != 0) {
    out.put(", " + flags_text(flags));
  }
  out.put(")");
  return true;
}

struct MatchMembers {
  Address string, regions, pattern;
  std::int64_t begin, end, last_index, groups;
  std::array<std::int64_t, 2> mark;  // of the whole match
};

// What was matched: a part of a str or bytes object. Nothing of other buffers, which may have changed since.
void put_matched(Printer& out, const MatchMembers& match) {
  const Objects& objects = out.objects();
  const Type* type = out.types().of(match.string);
  if (type == nullptr || (!type->has(kTextSubclass) && !type->has(kBytesSubclass))) {
    return;
  }
  const auto first = static_cast<std::uint64_t>(match.mark[0]);
  const auto length = static_cast<std::uint64_t>(match.mark[1] - match.mark[0]);
  out.put(", match=");
  bool done = false;
  if (type->has(kBytesSubclass)) {
    const auto whole = objects.field<std::uint64_t>(match.string, objects.layout().var_object.size_field);
    done = whole && first + length <= *whole && objects.layout().bytes.data.present() &&
           put_bytes_at(out, match.string + objects.layout().bytes.data.value() + first, length);
  } else {
    const auto place = objects.text_place(match.string);
    done = place && first + length <= place->length &&
           put_characters_at(out, place->data + first * place->width, length, place->width);
  }
  if (!done) {
    out.unreadable("what was matched");
  }
}

bool write_match(Printer& out, const Instance& object) {
  const auto match = read_at<MatchMembers>(out, var_members_at(out, object));
  if (!match || match->mark[0] < 0 || match->mark[1] < match->mark[0]) {
    return out.fail("it is no match");
  }
  out.put(fmt::format("<{} object; span=({}, {})", object.type.name, match->mark[0], match->mark[1]));
  put_matched(out, *match);
  out.note("string", match->string);
  out.note("re", match->pattern);
  out.put(">");
  return true;
}

constexpr Kind kPatternKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "re.Pattern", .write = write_pattern},
    {.name = "_sre.SRE_Pattern", .write = write_pattern},  // to 3.6
    {.name = "re.Match", .write = write_match},
    {.name = "_sre.SRE_Match", .write = write_match},
};

}  // namespace

std::span<const Kind> pattern_kinds() {
  return kPatternKinds;
}

}  // namespace stillframe::cpython
