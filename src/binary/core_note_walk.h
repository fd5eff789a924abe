// Finds the notes of a core file, also where lengths are damaged; what they say is core_notes.cpp's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <vector>

#include "binary/file_reader.h"

namespace stillframe::binary {

// A window of the file that moves with the reading: one system call for many notes.
class NoteWindow {
 public:
  explicit NoteWindow(const FileReader& file) : file_(file) {}

  template <typename T>
  std::optional<T> get(std::uint64_t offset) {
    if (offset < start_ || offset - start_ > bytes_.size() || bytes_.size() - (offset - start_) < sizeof(T)) {
      fill(offset);
      if (bytes_.size() < sizeof(T)) {
        return std::nullopt;
      }
    }
    T value;
    std::memcpy(&value, bytes_.data() + (offset - start_), sizeof(T));
    return value;
  }

 private:
  void fill(std::uint64_t offset) {
    constexpr std::size_t capacity = 32768;
    bytes_.resize(capacity);
    start_ = offset;
    bytes_.resize(file_.read_some(offset, bytes_));
  }

  const FileReader& file_;
  std::uint64_t start_ = 0;
  std::vector<std::byte> bytes_;
};

struct Note {
  std::uint32_t type = 0;
  std::uint64_t start = 0;
  std::uint64_t description = 0;  // offset in the file
  std::uint64_t size = 0;
  std::uint64_t next = 0;
};

// Walks the notes. Where one has a damaged length, the walk goes on at the next thing that looks like a note.
class CoreNoteWalk {
 public:
  // `window` is kept by reference.
  explicit CoreNoteWalk(NoteWindow& window) : window_(window) {}

  // Gives every note from `position` to `end` to `take`, and goes on while notes follow: `end` may be damaged, `room`
  // is where they must end. False: some were damaged or cut off.
  bool walk(std::uint64_t position, std::uint64_t end, std::uint64_t room,
            const std::function<void(const Note&)>& take);

  // Whether a header stands there with one of the names that cores' notes have.
  [[nodiscard]] bool strict(std::uint64_t position);

 private:
  std::optional<Note> note_at(std::uint64_t position, std::uint64_t end);
  std::optional<std::uint64_t> find_note(std::uint64_t position, std::uint64_t end);

  NoteWindow& window_;
};

}  // namespace stillframe::binary
