#include "binary/debuginfod.h"

#include <dlfcn.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

namespace stillframe::binary {
namespace {

// How long a server may take to begin. The library's own default of 90 s is for those who have nothing else to do.
constexpr const char* default_timeout = "30";
constexpr const char* library_name = "libdebuginfod.so.1";
constexpr std::size_t longest_url_list = 65536;
constexpr std::size_t longest_build_id_asked = 128;

// What elfutils/debuginfod.h declares; the header is not needed to build, nor the library to run.
struct Client;
struct Library {
  Client* (*begin)() = nullptr;
  void (*end)(Client*) = nullptr;
  // A descriptor, or a negative errno. A length of 0: the id is text.
  int (*find_debuginfo)(Client*, const unsigned char* id, int length, char** path) = nullptr;
  void (*set_progressfn)(Client*, int (*)(Client*, long, long)) = nullptr;
  void (*set_user_data)(Client*, void*) = nullptr;
};

template <typename Function>
bool load(void* handle, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(handle, name));
  return function != nullptr;
}

std::optional<Library> load_library() {
  // Never unloaded: the HTTP library's own threads and exit handlers would lose their code.
  void* const handle = dlopen(library_name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  Library library;
  if (handle == nullptr || !load(handle, "debuginfod_begin", library.begin) ||
      !load(handle, "debuginfod_end", library.end) ||
      !load(handle, "debuginfod_find_debuginfo", library.find_debuginfo) ||
      !load(handle, "debuginfod_set_progressfn", library.set_progressfn) ||
      !load(handle, "debuginfod_set_user_data", library.set_user_data)) {
    return std::nullopt;
  }
  return library;
}

}  // namespace

struct DebuginfodClient::State {
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  State(State&&) = delete;
  State& operator=(State&&) = delete;
  ~State() {
    if (client != nullptr) {
      library->end(client);
    }
  }

  bool start() {
    if (!std::exchange(sought, true)) {
      library = load_library();
      client = library ? library->begin() : nullptr;
      if (client != nullptr) {
        library->set_user_data(client, this);
        library->set_progressfn(client, report);
      }
    }
    return client != nullptr;
  }

  // The library hands over nothing but the client, and what belongs to it only its own function tells, which is found
  // again here rather than kept in a variable of the whole program.
  static int report(Client* client, long done, long total) {
    void* const handle = dlopen(library_name, RTLD_NOW | RTLD_NOLOAD);
    void* (*get_user_data)(Client*) = nullptr;
    State* const state = handle != nullptr && load(handle, "debuginfod_get_user_data", get_user_data)
                             ? static_cast<State*>(get_user_data(client))
                             : nullptr;
    if (handle != nullptr) {
      dlclose(handle);
    }
    if (state != nullptr && state->progress && !state->progress(std::max(done, 0L), std::max(total, 0L))) {
      state->cancelled = true;
    }
    return state != nullptr && state->cancelled ? 1 : 0;
  }

  std::optional<Library> library;
  Client* client = nullptr;
  Progress progress;
  bool sought = false;
  bool cancelled = false;
};

std::string debuginfod_urls(const std::string& directory) {
  if (const char* const set = std::getenv("DEBUGINFOD_URLS")) {
    return set;
  }
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".urls") {
      files.push_back(entry->path());
    }
  }
  std::ranges::sort(files);
  std::string urls;
  for (const std::filesystem::path& path : files) {
    std::ifstream in(path);
    for (std::string url; urls.size() < longest_url_list && in >> url;) {
      urls += (urls.empty() ? "" : " ") + url;
    }
  }
  return urls;
}

DebuginfodClient::DebuginfodClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
DebuginfodClient::DebuginfodClient(DebuginfodClient&& other) noexcept = default;
DebuginfodClient& DebuginfodClient::operator=(DebuginfodClient&& other) noexcept = default;
DebuginfodClient::~DebuginfodClient() = default;

std::optional<DebuginfodClient> DebuginfodClient::open(const std::string& urls, const Host& host) {
  if (!host.set_environment || urls.find_first_not_of(" \t\n") == std::string::npos ||
      setenv("DEBUGINFOD_URLS", urls.c_str(), 1) != 0 || setenv("DEBUGINFOD_TIMEOUT", default_timeout, 0) != 0) {
    return std::nullopt;
  }
  return DebuginfodClient(std::make_unique<State>());
}

int DebuginfodClient::find_debug_file(const std::string& build_id) {
  const bool hex =
      std::ranges::all_of(build_id, [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; });
  if (build_id.empty() || build_id.size() > longest_build_id_asked || !hex || state_->cancelled || !state_->start()) {
    return -1;
  }
  const int fd = state_->library->find_debuginfo(state_->client,
                                                 reinterpret_cast<const unsigned char*>(build_id.c_str()), 0, nullptr);
  return fd >= 0 ? fd : -1;
}

void DebuginfodClient::on_progress(Progress progress) {
  state_->progress = std::move(progress);
}

bool DebuginfodClient::library_missing() const {
  return state_->sought && state_->client == nullptr;
}

bool DebuginfodClient::cancelled() const {
  return state_->cancelled;
}

}  // namespace stillframe::binary
