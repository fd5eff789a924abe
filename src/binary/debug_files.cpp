#include "binary/debug_files.h"

#include <fmt/format.h>
#include <lzma.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "binary/file_reader.h"

namespace stillframe::binary {
namespace {

constexpr std::uint64_t largest_debug_data = std::uint64_t{64} << 20U;
constexpr std::uint64_t most_decoder_memory = std::uint64_t{128} << 20U;

class OwnedFile {
 public:
  explicit OwnedFile(int fd) : fd_(fd) {}
  OwnedFile(const OwnedFile&) = delete;
  OwnedFile& operator=(const OwnedFile&) = delete;
  OwnedFile(OwnedFile&&) = delete;
  OwnedFile& operator=(OwnedFile&&) = delete;
  ~OwnedFile() {
    if (fd_ >= 0) {
      close(fd_);
    }
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

std::string path_of_build_id(std::string_view directory, const std::string& id) {
  return fmt::format("{}/{}/{}.debug", directory, id.substr(0, 2), id.substr(2));
}

struct DebugLink {
  std::string name;
  std::uint32_t checksum = 0;
};

// A file name, padding to four bytes, a CRC-32.
std::optional<DebugLink> debug_link(const SymbolImage& image) {
  const ImageSection* section = image.section(".gnu_debuglink");
  if (section == nullptr || (section->flags & SHF_COMPRESSED) != 0) {
    return std::nullopt;
  }
  const auto content = image.content(*section);
  const std::string_view name = text_at(content, 0);
  const auto checksum = value_at<std::uint32_t>(content, (name.size() + 4) / 4 * 4);
  if (name.empty() || name.contains('/') || !checksum) {
    return std::nullopt;
  }
  return DebugLink{.name = std::string(name), .checksum = *checksum};
}

std::unique_ptr<SymbolImage> open_with_id(int fd, const std::string& id, FileAccess access) {
  const OwnedFile file(fd);
  auto image = fd < 0 ? nullptr : SymbolImage::open(fd, access);
  return image != nullptr && image->build_id() == id ? std::move(image) : nullptr;
}

std::unique_ptr<SymbolImage> open_linked(int fd, const std::string& place, const std::string& id,
                                         std::uint32_t checksum, FileBudget& budget, FileAccess access) {
  const OwnedFile file(fd);
  auto image = fd < 0 ? nullptr : SymbolImage::open(fd, access);
  if (image == nullptr) {
    return nullptr;
  }
  const std::string own = image->build_id();
  const bool same = !id.empty() && !own.empty() ? own == id : budget.checksum(fd, place) == checksum;
  return same ? std::move(image) : nullptr;
}

}  // namespace

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
}

std::string place_of_build_id(const std::string& id) {
  return path_of_build_id("/usr/lib/debug/.build-id", id);
}

std::vector<std::string> places_of_debug_link(const std::string& path, const std::string& name) {
  const std::string directory = directory_of(path);
  std::vector<std::string> places{directory + name, directory + ".debug/" + name, "/usr/lib/debug" + directory + name};
  // Where /lib is a link to /usr/lib, a package may have put the file under either name.
  if (directory.starts_with("/usr/")) {
    places.push_back("/usr/lib/debug" + directory.substr(4) + name);
  } else if (directory.starts_with("/lib")) {
    places.push_back("/usr/lib/debug/usr" + directory + name);
  }
  return places;
}

std::unique_ptr<SymbolImage> find_debug_file(const SymbolImage& image, const std::string& path,
                                             const OpenFile& open_file, FileBudget& budget) {
  if (!open_file) {
    return nullptr;
  }
  const std::string id = image.build_id();
  if (id.size() > 2) {
    if (auto found = open_with_id(open_file(place_of_build_id(id)), id, image.access())) {
      return found;
    }
  }
  const auto link = debug_link(image);
  if (!link) {
    return nullptr;
  }
  for (const std::string& place : places_of_debug_link(path, link->name)) {
    // A file may name itself: then there is nothing new in it.
    if (place == path) {
      continue;
    }
    if (auto found = open_linked(open_file(place), place, id, link->checksum, budget, image.access())) {
      return found;
    }
  }
  return nullptr;
}

std::unique_ptr<SymbolImage> fetch_debug_file(const SymbolImage& image, const FetchDebugFile& fetch) {
  const std::string id = image.build_id();
  return fetch && id.size() > 2 ? open_with_id(fetch(id), id, image.access()) : nullptr;
}

std::unique_ptr<SymbolImage> find_shared_debug_file(const SymbolImage& image, const std::string& path,
                                                    const OpenFile& open_file, const FetchDebugFile& fetch) {
  const ImageSection* section = image.section(".gnu_debugaltlink");
  if (section == nullptr || (section->flags & SHF_COMPRESSED) != 0) {
    return nullptr;
  }
  // A path, its NUL, and the bytes of a build-id.
  const auto content = image.content(*section);
  const std::string name(text_at(content, 0));
  if (name.empty() || content.size() <= name.size() + 1 || content.size() > name.size() + 1 + 64) {
    return nullptr;
  }
  std::string id;
  for (const std::byte byte : content.subspan(name.size() + 1)) {
    id += fmt::format("{:02x}", static_cast<unsigned>(byte));
  }
  if (open_file) {
    const std::array<std::string, 4> places{
        name.starts_with('/') ? name : directory_of(path) + name, path_of_build_id("/usr/lib/debug/.build-id", id),
        "/usr/lib/debug/.dwz/" + name.substr(name.rfind('/') + 1), path_of_build_id("/usr/lib/debug/.dwz", id)};
    for (const std::string& place : places) {
      if (auto found = open_with_id(open_file(place), id, image.access())) {
        return found;
      }
    }
  }
  return fetch ? open_with_id(fetch(id), id, image.access()) : nullptr;
}

std::unique_ptr<SymbolImage> open_debug_data(const SymbolImage& image) {
  const ImageSection* section = image.section(".gnu_debugdata");
  if (section == nullptr) {
    return nullptr;
  }
  const auto packed = image.content(*section);
  lzma_stream stream = LZMA_STREAM_INIT;
  if (packed.empty() || lzma_stream_decoder(&stream, most_decoder_memory, 0) != LZMA_OK) {
    return nullptr;
  }
  std::vector<std::byte> out(std::min<std::uint64_t>(packed.size() * 4 + 4096, largest_debug_data));
  stream.next_in = reinterpret_cast<const std::uint8_t*>(packed.data());
  stream.avail_in = packed.size();
  lzma_ret status = LZMA_OK;
  while (status == LZMA_OK) {
    if (stream.total_out == out.size()) {
      if (out.size() == largest_debug_data) {
        break;
      }
      out.resize(std::min<std::uint64_t>(out.size() * 2, largest_debug_data));
    }
    stream.next_out = reinterpret_cast<std::uint8_t*>(out.data()) + stream.total_out;
    stream.avail_out = out.size() - stream.total_out;
    status = lzma_code(&stream, LZMA_RUN);
  }
  const std::uint64_t size = stream.total_out;
  lzma_end(&stream);
  return status == LZMA_STREAM_END ? SymbolImage::copy_of(std::span(out).first(size)) : nullptr;
}

}  // namespace stillframe::binary
