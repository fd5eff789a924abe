#include "debug_info_fetching.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "binary/debuginfod.h"
#include "command.h"

namespace stillframe::cli {
namespace {

// Set by the handler of SIGINT, which may do nothing else.
volatile std::sig_atomic_t interrupted = 0;

// Ctrl-C is taken note of as long as this lives.
class InterruptWatch {
 public:
  InterruptWatch() {
    struct sigaction action{};
    action.sa_handler = [](int) { interrupted = 1; };
    sigaction(SIGINT, &action, &before_);
  }
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;
  InterruptWatch(InterruptWatch&&) = delete;
  InterruptWatch& operator=(InterruptWatch&&) = delete;
  ~InterruptWatch() { sigaction(SIGINT, &before_, nullptr); }

 private:
  struct sigaction before_{};
};

class Fetcher {
 public:
  explicit Fetcher(binary::DebuginfodClient client)
      : client_(std::move(client)), terminal_(isatty(STDERR_FILENO) == 1) {
    client_.on_progress([this](long done, long total) { return go_on(done, total); });
  }

  int fetch(const std::string& build_id) {
    if (client_.cancelled()) {
      return -1;
    }
    const InterruptWatch watch;
    build_id_ = build_id;
    const int fd = client_.find_debug_file(build_id);
    if (shown_) {
      write("\r\x1b[K");
      shown_ = false;
    }
    if (client_.library_missing() && !told_) {
      told_ = true;
      print(Error{.kind = ErrorKind::not_found,
                  .tried = "fetch debug information from DEBUGINFOD_URLS",
                  .stopper = "libdebuginfod.so.1 is not installed, or does not work",
                  .advice = "apt install libdebuginfod1 (dnf install elfutils-debuginfod-client), or --no-debuginfod"});
    }
    return fd;
  }

 private:
  bool go_on(long done, long total) {
    if (terminal_ && interrupted == 0) {
      constexpr double kMegabyte = 1e6;
      constexpr std::size_t kShownDigits = 12;
      const std::string of = total > 0 ? fmt::format(" of {:.1f}", static_cast<double>(total) / kMegabyte) : "";
      write(fmt::format("\r\x1b[KFetching debug information {}: {:.1f}{} MB (Ctrl-C: go on without)",
                        build_id_.substr(0, kShownDigits), static_cast<double>(done) / kMegabyte, of));
      shown_ = true;
    }
    return interrupted == 0;
  }

  // Where a line of progress cannot be written, nobody misses it.
  static void write(std::string_view text) { static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size())); }

  binary::DebuginfodClient client_;
  std::string build_id_;
  bool terminal_;
  bool shown_ = false;  // a line of progress stands on the screen
  bool told_ = false;
};

}  // namespace

binary::FetchDebugFile fetch_from_servers() {
  auto client = binary::DebuginfodClient::open(binary::debuginfod_urls(), Host::everything());
  if (!client) {
    return {};
  }
  const auto fetcher = std::make_shared<Fetcher>(std::move(*client));
  return [fetcher](const std::string& build_id) { return fetcher->fetch(build_id); };
}

}  // namespace stillframe::cli
