#include "target/core_opening.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "binary/core_headers.h"
#include "binary/decompress.h"
#include "binary/file_reader.h"

namespace stillframe::target {
namespace {

// Whether it is a file that a core can be read from.
Result<void> check_type(const struct stat& status, const std::string& tried) {
  if (S_ISDIR(status.st_mode)) {
    return fail(ErrorKind::usage, tried, "it is a directory", "give the core file in it");
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorKind::usage, tried, "it is not a regular file, and a core must be read back and forth",
                "copy it to a file first");
  }
  return {};
}

Result<FileHandle> open_path(const std::string& path) {
  const std::string tried = fmt::format("open the core file {}", path);
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) {
    return errno == EACCES
               ? fail(ErrorKind::permission, tried, "a directory on its path must not be entered: Permission denied",
                      "run it with sudo, or as the user who owns the core")
               : fail(ErrorKind::not_found, tried, std::strerror(errno),
                      "check the path; `cat /proc/sys/kernel/core_pattern` says where cores go, and `coredumpctl list` "
                      "shows those that systemd keeps");
  }
  if (auto right = check_type(status, tried); !right) {
    return std::unexpected(std::move(right.error()));
  }
  FileHandle file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) {
    return fail(errno == EACCES ? ErrorKind::permission : ErrorKind::io, tried, std::strerror(errno),
                "run it with sudo, or as the user who owns the core");
  }
  return file;
}

std::string temporary_directory() {
  const char* chosen = std::getenv("TMPDIR");
  return chosen != nullptr && *chosen != '\0' ? chosen : "/var/tmp";  // /tmp is often in memory, and a core is large
}

// A file without a name: it is gone when it is closed, whatever happens to us.
FileHandle make_temporary(const std::string& directory) {
  FileHandle file(open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file || (errno != EOPNOTSUPP && errno != EISDIR)) {
    return file;
  }
  std::string path = directory + "/stillframe-XXXXXX";
  file = FileHandle(mkostemp(path.data(), O_CLOEXEC));
  if (file) {
    unlink(path.c_str());
  }
  return file;
}

Result<OpenedCore> open_compressed(FileHandle compressed, binary::Compression compression, const std::string& path,
                                   const binary::DecompressLimits& limits) {
  const std::string directory = temporary_directory();
  const std::string kind(binary::compression_name(compression));
  OpenedCore opened{.file = make_temporary(directory), .name = fmt::format("{} (decompressed)", path)};
  if (!opened.file) {
    return fail(ErrorKind::io, fmt::format("decompress the core file {} into {}", path, directory),
                std::strerror(errno), fmt::format("TMPDIR=/some/dir stillframe core {}", path));
  }
  const auto done =
      binary::decompress(binary::FileReader(compressed.fd()), compression, opened.file.fd(), path, directory, limits);
  if (!done) {
    return std::unexpected(done.error());
  }
  const std::string tried = fmt::format("read the core file {}", path);
  if (done->size == 0) {
    return fail(ErrorKind::damaged, tried,
                fmt::format("it is compressed with {}, and nothing can be decompressed: {}", kind,
                            done->whole ? "it holds nothing" : done->why_not_whole),
                "get another copy of it");
  }
  if (!done->is_elf) {
    return fail(ErrorKind::unsupported, tried,
                fmt::format("it is compressed with {}, and what is in it is not a core but {}", kind,
                            binary::describe_content(binary::FileReader(opened.file.fd()))),
                "give the core file itself; if it is in an archive, unpack it first");
  }
  opened.cut_short = !done->advice.empty();
  if (!done->whole) {
    opened.warnings.push_back(fmt::format("{}, after {} MiB of the core: the memory behind that is missing{}{}",
                                          done->why_not_whole, done->size >> 20U, done->advice.empty() ? "" : "; ",
                                          done->advice));
  }
  return opened;
}

}  // namespace

Result<OpenedCore> open_core_file(FileHandle core, const std::string& name, const binary::DecompressLimits& limits) {
  const std::string tried = fmt::format("open the core file {}", name);
  struct stat status{};
  if (fstat(core.fd(), &status) != 0) {
    return fail(ErrorKind::usage, tried, std::strerror(errno), "give a descriptor that is open for reading");
  }
  if (auto right = check_type(status, tried); !right) {
    return std::unexpected(std::move(right.error()));
  }
  const auto compression = binary::detect_compression(binary::FileReader(core.fd()));
  Result<OpenedCore> opened = compression ? open_compressed(std::move(core), *compression, name, limits)
                                          : OpenedCore{.file = std::move(core), .name = name};
  if (opened) {
    opened->owner = weaker_owner(status);
    opened->written_at =
        static_cast<double>(status.st_mtim.tv_sec) + static_cast<double>(status.st_mtim.tv_nsec) * 1e-9;
  }
  return opened;
}

Result<OpenedCore> open_core_file(const std::string& path, const binary::DecompressLimits& limits) {
  auto file = open_path(path);
  return file ? open_core_file(std::move(*file), path, limits) : std::unexpected(std::move(file.error()));
}

}  // namespace stillframe::target
