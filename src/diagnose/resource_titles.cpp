#include "diagnose/resource_titles.h"

#include <fmt/format.h>

#include "diagnose/phrases.h"
#include "text/phrases.h"

namespace stillframe::diagnose {
namespace {

std::string holders_in_words(const model::Still& still, const model::Resource& resource) {
  if (resource.holders.empty() || resource.kind == model::ResourceKind::thread) {
    return {};
  }
  std::vector<std::string> names;
  for (const model::Holder& holder : resource.holders) {
    const model::Thread* thread = thread_of(still, holder.tid);
    const model::OtherThread* other = other_of(still, holder);
    names.push_back(thread != nullptr                                    ? name_of(*thread)
                    : other != nullptr                                   ? "process " + name_of(other->process)
                    : holder.tid                                         ? fmt::format("{}", *holder.tid)
                    : resource.kind == model::ResourceKind::process_lock ? "a process that has ended"
                                                                         : "a thread that has ended");
  }
  const std::string_view verb = resource.kind == model::ResourceKind::future ? "run by" : "held by";
  return fmt::format(" ({} {})", verb, list_of(names, 3));
}

// What is wanted of a queue is told by the call.
model::WaitKind queue_wait_of(const model::Resource& resource, std::string_view call) {
  using enum model::WaitKind;
  if (resource.kind != model::ResourceKind::queue) {
    return other;
  }
  return call.ends_with(".get")    ? queue_get
         : call.ends_with(".put")  ? queue_put
         : call.ends_with(".join") ? queue_join
                                   : other;
}

std::string time_in_words(const model::WaitingOn& waiting) {
  if (waiting.seconds_left) {
    return fmt::format(", {} left", text::duration_in_words(*waiting.seconds_left));
  }
  return waiting.timeout ? fmt::format(", for at most {}", text::duration_in_words(*waiting.timeout)) : std::string();
}

}  // namespace

void name_resources(model::Still& still) {
  std::vector<std::string> words(still.resources.size());  // hundreds of threads may wait for one of them
  for (model::Thread& thread : still.threads) {
    if (thread.wants && thread.waiting_on && thread.wants->resource < still.resources.size()) {
      const model::Resource& resource = still.resources[thread.wants->resource];
      std::string& text = words[thread.wants->resource];
      if (text.empty()) {
        text = name_of(resource) + holders_in_words(still, resource);
      }
      thread.waiting_on->text =
          fmt::format("{}{}{}", text::queue_wait_in_words(queue_wait_of(resource, thread.wants->call)), text,
                      time_in_words(*thread.waiting_on));
    }
  }
}

}  // namespace stillframe::diagnose
