#include "waits/resource_names.h"

#include <string_view>
#include <utility>

namespace stillframe::waits {

using cpython::RawFrame;

namespace {

// Its state is evidence where its holder is gone.
bool is_lock(model::ResourceKind kind) {
  using enum model::ResourceKind;
  return kind == lock || kind == rlock || kind == process_lock || kind == semaphore;
}

}  // namespace

void ResourceNames::describe(model::Resource& resource, const RawFrame& frame, std::string_view base) {
  const bool with_state = wish_ == capture::ResourceOption::states || is_lock(resource.kind);
  resource.type = base;
  if (with_state || base.empty()) {
    resource.type = recognised_.name_of(resource.address);
  }
  if (with_state) {
    auto written = printer_.write(resource.address);
    if (written.readable) {
      resource.state = std::move(written.text);
    }
  }
  resource.name = names_.find(frame, resource.address);
  const bool logging = frame.code != nullptr && frame.code->filename.ends_with("/logging/__init__.py");
  if (logging && resource.name == "self.lock") {
    constexpr std::size_t longest = 100;
    const auto handler = printer_.write(variables_.first_argument(frame));
    const bool fits = handler.readable && handler.text.size() <= longest;
    resource.name = (fits ? handler.text : handler.type) + ".lock";
  }
}

void ResourceNames::name_semaphore(model::Resource& resource, const std::vector<RawFrame>& frames) {
  constexpr std::string_view inside = "._semlock";
  constexpr std::size_t most = 16;
  for (std::size_t i = 0; i < frames.size() && i < most; ++i) {
    if (frames[i].code == nullptr || frames[i].code->filename.contains("/multiprocessing/")) {
      continue;
    }
    if (auto name = names_.find(frames[i], resource.address)) {
      name->resize(name->ends_with(inside) ? name->size() - inside.size() : name->size());
      resource.name = std::move(name);
      return;
    }
  }
}

}  // namespace stillframe::waits
