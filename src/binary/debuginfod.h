// Debug files from debuginfod servers, through elfutils' client library, which is loaded when the first file is wanted:
// with the HTTP library under it, it takes ten megabytes that most stills never need.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "model/host.h"

namespace stillframe::binary {

// The servers to ask, divided by spaces: DEBUGINFOD_URLS, or, where that is not set at all, what the distribution put
// into `directory`/*.urls for login shells. Empty: none; a DEBUGINFOD_URLS that is set to nothing switches them off.
std::string debuginfod_urls(const std::string& directory = "/etc/debuginfod");

class DebuginfodClient {
 public:
  // Bytes that came and bytes that will have come, 0 while unknown. Called a few times a second while a file is
  // fetched; false cancels this file and all that would follow.
  using Progress = std::function<bool(long done, long total)>;

  // Nothing when there are no servers, and where the environment may not be set: DEBUGINFOD_URLS of this process is the
  // only way to tell the library; DEBUGINFOD_TIMEOUT is set too where it is not.
  static std::optional<DebuginfodClient> open(const std::string& urls, const Host& host);

  DebuginfodClient(const DebuginfodClient&) = delete;
  DebuginfodClient& operator=(const DebuginfodClient&) = delete;
  DebuginfodClient(DebuginfodClient&& other) noexcept;
  DebuginfodClient& operator=(DebuginfodClient&& other) noexcept;
  ~DebuginfodClient();

  // A descriptor of the debug file with that build-id (lower-case hex), owned by the caller; -1 when no server has it,
  // it could not be fetched, or libdebuginfod is not installed. Cached in ~/.cache/debuginfod_client by the library.
  int find_debug_file(const std::string& build_id);
  void on_progress(Progress progress);
  // libdebuginfod.so.1 was looked for and is not there, or does not work.
  [[nodiscard]] bool library_missing() const;
  [[nodiscard]] bool cancelled() const;

 private:
  struct State;
  explicit DebuginfodClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace stillframe::binary
