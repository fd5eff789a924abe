#include "render/text_thread.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "render/escape.h"
#include "render/words.h"
#include "text/phrases.h"

namespace stillframe::render {
namespace {

std::string title(const model::Thread& thread, const model::Still& still) {
  std::string text = thread.tid ? fmt::format("Thread {}", *thread.tid) : std::string("Thread ?");
  text += thread.name ? fmt::format(" \"{}\"", escaped(*thread.name)) : "";
  text += thread.os_name && thread.os_name != thread.name ? fmt::format(" ({})", escaped(*thread.os_name)) : "";
  if (still.interpreters.size() > 1 && thread.interpreter) {
    text += fmt::format(" in interpreter {}", *thread.interpreter);
  }
  const std::string doing = doing_in_words(thread, still);
  text += doing.empty() ? "" : ": " + escaped(doing);
  return text;
}

std::string title(const model::Greenlet& greenlet) {
  std::string text = fmt::format("  Greenlet {:#x}", greenlet.address);
  text += greenlet.type ? fmt::format(" ({})", escaped(*greenlet.type)) : "";
  text += greenlet.main ? ", the thread's main one, suspended:" : ", suspended:";
  return text;
}

// How one of several is told from the others.
std::string short_name(const model::Thread& thread) {
  const std::string tid = thread.tid ? fmt::format("{}", *thread.tid) : "?";
  return thread.name ? fmt::format("{} \"{}\"", tid, escaped(*thread.name)) : tid;
}

std::string short_name(const model::Greenlet& greenlet) {
  return fmt::format("{:#x}", greenlet.address);
}

// Whether it must be said what a thread waits for that has the same stack as another: on what file or process it is.
// That it waits for another futex, or a bit longer, tells nothing.
bool waits_elsewhere(const model::Thread& other, const model::Thread& shown) {
  return other.waiting_on && (!other.waiting_on->files.empty() || !other.waiting_on->processes.empty()) &&
         (!shown.waiting_on || shown.waiting_on->text != other.waiting_on->text);
}

// A title and, below it, the first `most_named` of those whose stacks are shown with this one.
template <typename Shown, typename InWords>
void write_titled(Screen& screen, std::string_view title, std::string_view noun, std::span<const Shown* const> alike,
                  std::size_t most_named, const InWords& in_words) {
  screen.blank_line();
  screen.paragraph(title, "    ", style::kHeading);
  if (alike.empty()) {
    return;
  }
  std::string others =
      fmt::format("  and {} with the same stack:", text::with_count(alike.size(), fmt::format("more {}", noun)));
  for (const Shown* other : alike.first(std::min(alike.size(), most_named))) {
    others += fmt::format("{} {}", other == alike.front() ? "" : ",", in_words(*other));
  }
  others += alike.size() > most_named ? ", ..." : "";
  screen.paragraph(others, "    ", style::kFaint);
}

}  // namespace

void write_head(Screen& screen, const model::Still& still, const model::Thread& thread,
                std::span<const model::Thread* const> alike) {
  write_titled(screen, title(thread, still), "thread", alike, alike.size(), [&](const model::Thread& other) {
    const std::string name = short_name(other);
    return waits_elsewhere(other, thread) ? fmt::format("{} ({})", name, escaped(other.waiting_on->text)) : name;
  });
}

void write_head(Screen& screen, const model::Greenlet& greenlet, std::span<const model::Greenlet* const> alike) {
  constexpr std::size_t kMostNamed = 16;  // programs have thousands of them
  write_titled(screen, title(greenlet), "greenlet", alike, kMostNamed,
               [](const model::Greenlet& other) { return short_name(other); });
}

}  // namespace stillframe::render
