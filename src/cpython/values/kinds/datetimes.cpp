// The types of datetime (Include/datetime.h) and zoneinfo.ZoneInfo (Modules/_zoneinfo.c). Their structures are the same
// from 2.7 to 3.15, apart from `fold`, which took the place of padding in 3.6.
#include <fmt/format.h>

#include <array>

#include "cpython/values/c_members.h"
#include "cpython/values/kind_lists.h"

namespace stillframe::cpython {
namespace {

constexpr std::string_view kUnreadable = "it cannot be read";

struct Day {
  unsigned year, month, day;
  [[nodiscard]] bool possible() const {
    return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
  }
};

// The year stands in two bytes, the most significant one first.
Day day_of(const std::uint8_t* data) {
  return {.year = static_cast<unsigned>(data[0]) * 256 + data[1], .month = data[2], .day = data[3]};
}

struct Moment {
  unsigned hour, minute, second, microsecond;
  [[nodiscard]] bool possible() const { return hour < 24 && minute < 60 && second < 60 && microsecond < 1'000'000; }
  // As the constructors take them: what is zero at the end is left out, but never the minute.
  [[nodiscard]] std::string text() const {
    std::string out = fmt::format("{}, {}", hour, minute);
    if (second != 0 || microsecond != 0) {
      out += fmt::format(", {}", second);
    }
    if (microsecond != 0) {
      out += fmt::format(", {}", microsecond);
    }
    return out;
  }
};

Moment moment_of(const std::uint8_t* data) {
  return {.hour = data[0],
          .minute = data[1],
          .second = data[2],
          .microsecond = (static_cast<unsigned>(data[3]) << 16U) + (static_cast<unsigned>(data[4]) << 8U) + data[5]};
}

// PyDateTime_Date, _Time and _DateTime up to where they differ: hashcode, hastzinfo, data.
template <std::size_t kSize>
struct Packed {
  std::int64_t hash;
  std::uint8_t has_zone;
  std::array<std::uint8_t, kSize> data;
};

void put_fold(Printer& out, std::uint8_t fold) {
  if (fold != 0 && out.objects().dialect().library.datetimes_fold) {
    out.put(fmt::format(", fold={}", fold));
  }
}

bool put_zone(Printer& out, Address at) {
  const auto zone = read_at<Address>(out, at);
  if (!zone) {
    return out.fail("its time zone cannot be read");
  }
  out.put(", tzinfo=");
  out.item(*zone, "tzinfo");
  return true;
}

bool write_date(Printer& out, const Instance& object) {
  const auto raw = members_of<Packed<4>>(out, object);
  if (!raw) {
    return out.fail(kUnreadable);
  }
  const Day day = day_of(raw->data.data());
  if (!day.possible()) {
    return out.fail("it is no date");
  }
  out.put(fmt::format("{}({}, {}, {})", object.type.name, day.year, day.month, day.day));
  return true;
}

bool write_time(Printer& out, const Instance& object) {
  const auto raw = members_of<Packed<7>>(out, object);  // with `fold`
  if (!raw) {
    return out.fail(kUnreadable);
  }
  const Moment moment = moment_of(raw->data.data());
  if (!moment.possible() || raw->has_zone > 1) {
    return out.fail("it is no time of a day");
  }
  out.put(fmt::format("{}({}", object.type.name, moment.text()));
  if (raw->has_zone != 0 && !put_zone(out, members_at(out, object) + 16)) {
    return false;
  }
  put_fold(out, raw->data[6]);
  out.put(")");
  return true;
}

bool write_datetime(Printer& out, const Instance& object) {
  const auto raw = members_of<Packed<11>>(out, object);  // with `fold`
  if (!raw) {
    return out.fail(kUnreadable);
  }
  const Day day = day_of(raw->data.data());
  const Moment moment = moment_of(raw->data.data() + 4);
  if (!day.possible() || !moment.possible() || raw->has_zone > 1) {
    return out.fail("it is no point in time");
  }
  out.put(fmt::format("{}({}, {}, {}, {}", object.type.name, day.year, day.month, day.day, moment.text()));
  put_fold(out, raw->data[10]);
  if (raw->has_zone != 0 && !put_zone(out, members_at(out, object) + 24)) {
    return false;
  }
  out.put(")");
  return true;
}

struct Delta {
  std::int64_t hash;
  std::int32_t days, seconds, microseconds;
  [[nodiscard]] bool is_zero() const { return days == 0 && seconds == 0 && microseconds == 0; }
  [[nodiscard]] bool possible() const {
    return days >= -999'999'999 && days <= 999'999'999 && seconds >= 0 && seconds < 86'400 && microseconds >= 0 &&
           microseconds < 1'000'000;
  }
};

// To 3.6 the numbers alone, up to the last one that is not zero.
std::string text_of_old(const Delta& delta) {
  std::string out = fmt::format("{}", delta.days);
  if (delta.seconds != 0 || delta.microseconds != 0) {
    out += fmt::format(", {}", delta.seconds);
  }
  if (delta.microseconds != 0) {
    out += fmt::format(", {}", delta.microseconds);
  }
  return out;
}

std::string text_of(const Delta& delta) {
  std::string out;
  const auto add = [&](std::string_view name, std::int32_t value) {
    if (value != 0) {
      out += fmt::format("{}{}={}", out.empty() ? "" : ", ", name, value);
    }
  };
  add("days", delta.days);
  add("seconds", delta.seconds);
  add("microseconds", delta.microseconds);
  return out.empty() ? "0" : out;
}

bool write_timedelta(Printer& out, const Instance& object) {
  const auto delta = members_of<Delta>(out, object);
  if (!delta || !delta->possible()) {
    return out.fail("it is no time span");
  }
  const bool keywords = out.objects().dialect().reprs.timedelta_by_keywords;
  out.put(fmt::format("{}({})", object.type.name, keywords ? text_of(*delta) : text_of_old(*delta)));
  return true;
}

// PyDateTime_TimeZone in Modules/_datetimemodule.c.
struct Zone {
  Address offset, name;
};

bool write_timezone(Printer& out, const Instance& object) {
  const auto zone = members_of<Zone>(out, object);
  if (!zone) {
    return out.fail(kUnreadable);
  }
  // new_timezone() makes no second one without an offset and a name.
  const auto delta = read_at<Delta>(out, zone->offset + (members_at(out, object) - object.address));
  if (zone->name == 0 && delta && delta->is_zero()) {
    out.put(object.type.name + ".utc");
    return true;
  }
  out.put(object.type.name + "(");
  out.item(zone->offset, "offset");
  if (zone->name != 0) {
    out.put(", ");
    out.item(zone->name, "name");
  }
  out.put(")");
  return true;
}

// PyZoneInfo_ZoneInfo: the head of a tzinfo, key, file_repr.
bool write_zone_info(Printer& out, const Instance& object) {
  struct ZoneInfo {
    Address key, file_repr;
  };
  const auto zone = members_of<ZoneInfo>(out, object);
  if (!zone) {
    return out.fail(kUnreadable);
  }
  const bool whole = out.objects().dialect().reprs.zone_info_names_module;
  out.put(whole ? object.type.qualified : object.type.name);
  const Type* key = out.types().of(zone->key);
  if (key != nullptr && key->name == "NoneType") {
    const auto file = out.objects().text(zone->file_repr, out.limits().max_string);
    out.put(fmt::format(".from_file({})", file.value_or("…")));
    return true;
  }
  out.put("(key=");
  out.item(zone->key, "key");
  out.put(")");
  return true;
}

constexpr Kind kDatetimeKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "datetime.date", .write = write_date},         {.name = "datetime.time", .write = write_time},
    {.name = "datetime.datetime", .write = write_datetime}, {.name = "datetime.timedelta", .write = write_timedelta},
    {.name = "datetime.timezone", .write = write_timezone}, {.name = "zoneinfo.ZoneInfo", .write = write_zone_info},
};

}  // namespace

std::span<const Kind> datetime_kinds() {
  return kDatetimeKinds;
}

}  // namespace stillframe::cpython
