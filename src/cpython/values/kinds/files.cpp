// The files of _io (Modules/_io), the buffers in memory that pass for files, and file of 2.7. To what repr() says, the
// file descriptor is added, or that the file is closed.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "cpython/values/c_members.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/quoted.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kMostFileBytes = std::uint64_t{1} << 47U;

bool is_a(const Type& type, std::string_view name) {
  return type.name == name || std::ranges::any_of(type.mro, [&](const Type* base) { return base->name == name; });
}

// fileio in Modules/_io/fileio.c: fd, then bits.
struct FileMembers {
  std::int32_t fd;
  std::uint32_t bits;
};

struct FileBits {
  bool created, readable, writable, appending, truncated, close_fd;
};

FileBits bits_of(const FileMembers& file, const FileIoBits& places) {
  const std::uint32_t bits = file.bits << places.missing_first;
  return {.created = (bits & 1U) != 0,
          .readable = (bits & 2U) != 0,
          .writable = (bits & 4U) != 0,
          .appending = (bits & 8U) != 0,
          .truncated = (bits & places.truncated) != 0,
          .close_fd = (bits & places.close_fd) != 0};
}

std::string_view mode_of(const FileBits& bits) {
  if (bits.created) {
    return bits.readable ? "xb+" : "xb";
  }
  if (bits.appending) {
    return bits.readable ? "ab+" : "ab";
  }
  if (bits.truncated) {
    return bits.readable ? "wb+" : "wb";
  }
  if (bits.readable) {
    return bits.writable ? "rb+" : "rb";
  }
  return "wb";
}

// What is behind a file of several layers: text, buffer, the file itself.
struct Chain {
  Address last = 0;
  std::optional<std::int32_t> fd;  // of a FileIO at its end
  bool detached = false;
};

struct TextMembers {  // textio in Modules/_io/textio.c
  std::int32_t ok, detached;
  std::int64_t chunk_size;
  Address buffer, encoding;
};
struct BufferMembers {  // buffered in Modules/_io/bufferedio.c
  Address raw;
  std::int32_t ok, detached;
};

Chain follow(Printer& out, Address at) {
  constexpr int kMostLayers = 4;
  Chain chain{.last = at};
  for (int i = 0; i < kMostLayers; ++i) {
    const Type* type = out.types().of(chain.last);
    if (type == nullptr) {
      return chain;
    }
    const Instance layer{.address = chain.last, .type = *type};
    if (is_a(*type, "_io.FileIO")) {
      const auto file = members_of<FileMembers>(out, layer);
      chain.fd = file ? std::optional(file->fd) : std::nullopt;
      return chain;
    }
    Address next = 0;
    bool detached = false;
    if (is_a(*type, "_io.TextIOWrapper")) {
      const auto text = members_of<TextMembers>(out, layer);
      next = text ? text->buffer : 0;
      detached = text && text->detached != 0;
    } else if (is_a(*type, "_io.BufferedReader") || is_a(*type, "_io.BufferedWriter") ||
               is_a(*type, "_io.BufferedRandom")) {
      const auto buffer = members_of<BufferMembers>(out, layer);
      next = buffer ? buffer->raw : 0;
      detached = buffer && buffer->detached != 0;
    }
    chain.detached = chain.detached || detached;
    if (next == 0 || detached) {
      return chain;
    }
    chain.last = next;
  }
  return chain;
}

void put_name(Printer& out, const Chain& chain) {
  if (const auto name = chain.detached ? std::nullopt : out.objects().instance_attribute(chain.last, "name")) {
    out.put(" ");
    out.attribute("name", *name);
  }
}

void put_state(Printer& out, const Chain& chain) {
  if (chain.detached) {
    out.put(" detached");
  } else if (chain.fd) {
    out.put(*chain.fd < 0 ? " closed" : fmt::format(" fd={}", *chain.fd));
  }
  out.put(">");
}

bool write_file_io(Printer& out, const Instance& object) {
  const auto file = members_of<FileMembers>(out, object);
  if (!file) {
    return out.fail("it cannot be read");
  }
  if (file->fd < 0) {
    out.put(fmt::format("<{} [closed]>", object.type.name));
    return true;
  }
  const Chain chain{.last = object.address, .fd = file->fd};
  const FileBits bits = bits_of(*file, out.objects().dialect().library.file_io);
  out.put("<" + object.type.name);
  put_name(out, chain);
  out.put(fmt::format(" mode='{}'", mode_of(bits)));
  if (out.objects().dialect().reprs.files_tell_close_fd) {
    out.put(fmt::format(" closefd={}", bits.close_fd ? "True" : "False"));
  }
  put_state(out, chain);
  return true;
}

bool write_buffered(Printer& out, const Instance& object) {
  const Chain chain = follow(out, object.address);
  out.put("<" + object.type.name);
  put_name(out, chain);
  put_state(out, chain);
  return true;
}

bool write_text_wrapper(Printer& out, const Instance& object) {
  const auto text = members_of<TextMembers>(out, object);
  if (!text) {
    return out.fail("it cannot be read");
  }
  const Chain chain = follow(out, object.address);
  out.put("<" + object.type.name);
  put_name(out, chain);
  const bool tells_mode = out.objects().dialect().reprs.text_files_tell_mode;
  if (const auto mode = tells_mode ? out.objects().instance_attribute(object.address, "mode") : std::nullopt) {
    out.put(" ");
    out.attribute("mode", *mode);
  }
  if (text->encoding != 0) {
    out.put(" ");
    out.attribute("encoding", text->encoding);
  }
  put_state(out, chain);
  return true;
}

// bytesio and stringio begin alike.
struct MemoryMembers {
  Address buffer;
  std::uint64_t position, size, allocated;
};

void put_counts(Printer& out, const Instance& object, const MemoryMembers& members) {
  out.head(object);
  out.put(fmt::format(" size={} position={}", members.size, members.position));
}

void put_content(Printer& out, Address data, std::uint64_t length, std::uint32_t width, bool bytes) {
  out.put(" ");
  if (!(bytes ? put_bytes_at(out, data, length) : put_characters_at(out, data, length, width))) {
    out.unreadable("its content");
  }
}

// bytesio in Modules/_io/bytesio.c; the buffer of 3.x is a bytes object.
bool write_bytes_io(Printer& out, const Instance& object) {
  const auto members = members_of<MemoryMembers>(out, object);
  if (!members || members->size > kMostFileBytes) {
    return out.fail("it cannot be read");
  }
  if (members->buffer == 0) {
    out.head(object);
    out.put(" closed>");
    return true;
  }
  put_counts(out, object, *members);
  const Layout& layout = out.objects().layout();
  const Address in_object = out.objects().dialect().library.bytes_io_holds_bytes ? layout.bytes.data.value() : 0;
  put_content(out, members->buffer + in_object, members->size, 1, true);
  out.put(">");
  return true;
}

// Behind the first members of stringio in Modules/_io/stringio.c: its state, and the writer in which text is gathered
// as long as it is only appended.
struct WriterMembers {
  Address buffer, data;
  std::int32_t kind;
};

bool write_string_io(Printer& out, const Instance& object) {
  const auto members = members_of<MemoryMembers>(out, object);
  const Address behind = members_at(out, object) + sizeof(MemoryMembers);
  const LibraryDialect& dialect = out.objects().dialect().library;
  if (!members || members->size > kMostFileBytes) {
    return out.fail("it cannot be read");
  }
  const auto closed = read_at<std::uint8_t>(out, behind + dialect.string_io_closed);
  if (!closed || *closed > 1) {
    return out.fail("it cannot be read");
  }
  if (*closed == 1) {
    out.head(object);
    out.put(" closed>");
    return true;
  }
  put_counts(out, object, *members);
  constexpr std::int32_t kGathering = 2;
  const bool gathers = dialect.string_io != StringIoWriter::none;
  const auto state = !gathers ? 1 : read_at<std::int32_t>(out, behind).value_or(0);
  if (members->size == 0) {
    put_content(out, 0, 0, 1, false);
  } else if (state != kGathering && gathers) {
    put_content(out, members->buffer, members->size, 4, false);
  } else if (dialect.string_io == StringIoWriter::in_object || dialect.string_io == StringIoWriter::apart) {
    const auto writer_at =
        dialect.string_io == StringIoWriter::apart ? read_at<Address>(out, behind + 8) : std::optional(behind + 8);
    const auto writer = writer_at ? read_at<WriterMembers>(out, *writer_at) : std::nullopt;
    if (writer && (writer->kind == 1 || writer->kind == 2 || writer->kind == 4)) {
      put_content(out, writer->data, members->size, static_cast<std::uint32_t>(writer->kind), false);
    }
  }
  out.put(">");
  return true;
}

// PyFileObject in Include/fileobject.h of 2.7.
bool write_file(Printer& out, const Instance& object) {
  struct Members {
    Address stream, name, mode;
  };
  const auto file = members_of<Members>(out, object);
  if (!file) {
    return out.fail("it cannot be read");
  }
  out.put(file->stream == 0 ? "<closed file " : "<open file ");
  out.item(file->name, "name");
  out.put(", mode ");
  out.item(file->mode, "mode");
  out.put(fmt::format(" at {:#x}", object.address));
  // _IO_FILE of the GNU C library: its first word has a magic number, and _fileno stands at byte 112. Another library's
  // FILE is not looked into.
  const auto magic = file->stream == 0 ? std::nullopt : read_at<std::uint32_t>(out, file->stream);
  if (magic && (*magic & 0xFFFF0000U) == 0xFBAD0000U) {
    if (const auto fd = read_at<std::int32_t>(out, file->stream + 112)) {
      out.put(fmt::format(" fd={}", *fd));
    }
  }
  out.put(">");
  return true;
}

constexpr Kind kFileKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "_io.FileIO", .write = write_file_io},
    {.name = "_io.BufferedReader", .write = write_buffered},
    {.name = "_io.BufferedWriter", .write = write_buffered},
    {.name = "_io.BufferedRandom", .write = write_buffered},
    {.name = "_io.TextIOWrapper", .write = write_text_wrapper},
    {.name = "_io.BytesIO", .write = write_bytes_io},
    {.name = "_io.StringIO", .write = write_string_io},
    {.name = "file", .write = write_file},
};

}  // namespace

std::span<const Kind> file_kinds() {
  return kFileKinds;
}

}  // namespace stillframe::cpython
