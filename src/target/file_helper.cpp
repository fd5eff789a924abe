#include "target/file_helper.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <string_view>

#include "target/files_in_root.h"
#include "target/proc_files.h"

namespace stillframe::target {
namespace {

// A request: what is wanted, the name of the server, the root and the path, with a zero behind each of them.
constexpr char kOpen = 'o';
constexpr char kOpenHere = 'h';  // on the root's own file system
constexpr char kAsk = 'a';
constexpr std::size_t kLargestRequest = std::size_t{2} * PATH_MAX;
// What /proc/PID/comm of a helper begins with; the server that it is asking stands behind it.
constexpr std::string_view kWaits = "sfwait ";
constexpr std::size_t kLongestComm = 15;  // of a process, TASK_COMM_LEN
// Of larger files only as much is read from both ends: there the headers of ELF files are.
constexpr off_t kRead = off_t{256} << 10U;

using Control = std::array<char, CMSG_SPACE(sizeof(int))>;

// What has been read is kept by the kernel, and is there without the server when it is read once more.
void read_ends(int file) {
  struct stat status{};
  std::array<char, 65536> into;  // NOLINT(cppcoreguidelines-pro-type-member-init): pread fills it
  if (fstat(file, &status) != 0) {
    return;
  }
  const auto read_from = [&](off_t at, off_t end) {
    while (at < end) {
      const ssize_t size = pread(file, into.data(), into.size(), at);
      if (size <= 0) {
        return;
      }
      at += size;
    }
  };
  read_from(0, std::min(status.st_size, kRead));
  read_from(std::max(kRead, status.st_size - kRead), status.st_size);
}

// What a process calls itself while it asks that server.
using WaiterName = std::array<char, kLongestComm + 1>;

WaiterName name_of_waiter(std::string_view server) {
  WaiterName name{};
  std::ranges::copy(kWaits, name.begin());
  std::ranges::copy(server.substr(0, kLongestComm - kWaits.size()), name.begin() + kWaits.size());
  return name;
}

// The process that works for others. It is the child of a process that may have threads, one of which may have held
// malloc's lock when it was forked: nothing is allocated here but where rights cannot be taken (walk_in_root), and
// nothing is called that takes a lock.
class Server {
 public:
  explicit Server(const std::optional<FileIdentity>& identity) {
    if (identity) {
      root_ = FileHandle(::open(identity->root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
      others_ = true;
      if (!take_identity(*identity)) {
        checked_ = &*identity;
      }
    }
  }

  [[nodiscard]] FileHandle open(const char* root, const char* path, Crossing crossing) const {
    if (*root == '\0' && !others_) {
      return open_regular(FileHandle(::open(path, O_PATH | O_CLOEXEC)));
    }
    const FileHandle place = find(root, path, crossing);
    struct stat status{};
    if (checked_ != nullptr && place && (fstat(place.fd(), &status) != 0 || !permits(*checked_, status, 4))) {
      errno = EACCES;
      return {};
    }
    return open_regular(place);
  }

  // Its attributes, and what only the server can tell.
  void ask(const char* root, const char* path) const {
    const FileHandle place = find(root, path, Crossing::allowed);
    struct statx status{};
    struct statfs about{};
    if (place) {
      statx(place.fd(), "", AT_EMPTY_PATH | AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, &status);
      fstatfs(place.fd(), &about);
    }
  }

 private:
  [[nodiscard]] FileHandle find(const char* root, const char* path, Crossing crossing) const {
    if (checked_ != nullptr && crossing == Crossing::refused) {
      errno = EXDEV;
      return {};
    }
    return checked_ != nullptr ? walk_in_root(root_, path, checked_)
           : others_           ? find_in_root(root_, path, crossing)
                               : find_in_root(root, path, crossing);
  }

  bool others_ = false;
  FileHandle root_;                        // of the others
  const FileIdentity* checked_ = nullptr;  // whose rights could not be taken
};

void send_answer(int socket, const FileHandle& file, int error) {
  iovec data{.iov_base = &error, .iov_len = sizeof error};
  alignas(cmsghdr) Control control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (file) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    const int fd = file.fd();
    std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  }
  sendmsg(socket, &message, MSG_NOSIGNAL);
}

// The text that stands up to the next zero; what is behind that comes next.
const char* take_text(const char*& from) {
  const char* const text = from;
  from += std::strlen(from) + 1;
  return text;
}

[[noreturn]] void serve(int socket, const std::optional<FileIdentity>& identity) {
  const int own = fcntl(socket, F_DUPFD, 3);
  // Whoever reads our output waits until nobody has it open any more, and this process may not end for long.
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; fd < 3; ++fd) {
    nothing < 0 ? close(fd) : dup2(nothing, fd);
  }
  if (own < 0 || dup2(own, 3) < 0) {
    _exit(1);
  }
  syscall(SYS_close_range, 4U, ~0U, 0U);
  const Server server(identity);
  prctl(PR_SET_PDEATHSIG, SIGKILL);               // after the rights: to change them forgets it
  std::array<char, kLargestRequest + 3> request;  // NOLINT(cppcoreguidelines-pro-type-member-init): recv fills it
  while (true) {
    const ssize_t size = recv(3, request.data(), kLargestRequest, 0);
    if (size <= 0) {
      _exit(0);
    }
    std::memset(request.data() + size, 0, 3);  // all three texts end, whatever came
    const char* rest = request.data() + 1;
    const char* const waits_for = take_text(rest);
    const char* const root = take_text(rest);
    const char* const path = take_text(rest);
    prctl(PR_SET_NAME, name_of_waiter(waits_for).data());
    if (request.front() == kAsk) {
      server.ask(root, path);
      send_answer(3, {}, 0);
      continue;
    }
    errno = 0;
    const FileHandle file =
        server.open(root, path, request.front() == kOpenHere ? Crossing::refused : Crossing::allowed);
    const int error = errno;
    if (file && *waits_for != '\0') {
      read_ends(file.fd());
    }
    send_answer(3, file, error);
  }
}

// The file of an answer that has come.
FileHandle receive_answer(int socket) {
  int error = EIO;
  iovec data{.iov_base = &error, .iov_len = sizeof error};
  alignas(cmsghdr) Control control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  const cmsghdr* header = size > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  int fd = -1;
  if (header != nullptr && header->cmsg_type == SCM_RIGHTS) {
    std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
  }
  errno = error;
  return FileHandle(fd);
}

}  // namespace

FileHelper::~FileHelper() {
  give_up();
}

bool FileHelper::start() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return false;
  }
  const FileHandle theirs(ends[1]);
  socket_ = FileHandle(ends[0]);
  process_ = fork();
  if (process_ == 0) {
    serve(theirs.fd(), identity_);
  }
  return process_ > 0;
}

// Where it sleeps in a system call that nothing can end, it stays behind until the server answers.
void FileHelper::give_up() {
  socket_ = FileHandle();
  if (process_ > 0) {
    kill(process_, SIGKILL);
    // Somebody has to take it from the table of processes; where that cannot be now, init does it after our end.
    pollfd nothing{};
    for (int i = 0; i < 20 && waitpid(process_, nullptr, WNOHANG) == 0; ++i) {
      poll(&nothing, 0, 1);
    }
  }
  process_ = -1;
}

std::optional<FileHandle> FileHelper::open(const std::string& root, const std::string& path, const Errand& errand) {
  if (somebody_waits_for(errand.server)) {
    return std::nullopt;
  }
  if (!send(errand.crossing == Crossing::refused ? kOpenHere : kOpen, root, path, errand.server)) {
    return FileHandle();
  }
  return wait() ? std::optional(receive_answer(socket_.fd())) : std::nullopt;
}

std::optional<bool> FileHelper::ask(const std::string& root, const std::string& path, const std::string& server) {
  if (somebody_waits_for(server)) {
    return false;
  }
  if (!send(kAsk, root, path, server)) {
    return std::nullopt;
  }
  const bool answered = wait();
  if (answered) {
    receive_answer(socket_.fd());
  }
  return answered;
}

bool somebody_waits_for(const std::string& server) {
  if (server.empty()) {
    return false;
  }
  const std::string name = name_of_waiter(server).data();
  for (const std::int64_t pid : list_processes()) {
    const auto status = read_proc_file(fmt::format("/proc/{}/comm", pid)) == name + "\n"
                            ? read_proc_file(fmt::format("/proc/{}/status", pid))
                            : std::nullopt;
    // Anybody may call himself so; and one that is about to be done is none that waits.
    if (status && status_field(*status, "State").value_or("").starts_with('D') &&
        status_number(*status, "Uid") == static_cast<std::int64_t>(getuid())) {
      return true;
    }
  }
  return false;
}

bool FileHelper::send(char what, const std::string& root, const std::string& path, const std::string& server) {
  const std::string request = what + server + '\0' + root + '\0' + path + '\0';
  if (request.size() > kLargestRequest) {
    errno = ENAMETOOLONG;
    return false;
  }
  if (process_ < 0 && !start()) {
    give_up();
    errno = EAGAIN;
    return false;
  }
  if (::send(socket_.fd(), request.data(), request.size(), MSG_NOSIGNAL) < 0) {
    const int error = errno;
    give_up();
    errno = error;
    return false;
  }
  return true;
}

bool FileHelper::wait() {
  const auto deadline = std::chrono::steady_clock::now() + patience_;
  pollfd answer{.fd = socket_.fd(), .events = POLLIN, .revents = 0};
  int ready = -1;
  do {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    ready = poll(&answer, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  } while (ready < 0 && errno == EINTR);
  if (ready <= 0) {
    give_up();
  }
  return ready > 0;
}

}  // namespace stillframe::target
