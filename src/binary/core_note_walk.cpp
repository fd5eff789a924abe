#include "binary/core_note_walk.h"

#include <elf.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace stillframe::binary {
namespace {

constexpr std::uint64_t aligned(std::uint64_t size) {
  return (size + 3U) & ~std::uint64_t{3};
}

}  // namespace

bool CoreNoteWalk::walk(std::uint64_t position, std::uint64_t end, std::uint64_t room,
                        const std::function<void(const Note&)>& take) {
  bool whole = true;
  while (position < end || (position < room && strict(position))) {
    end = std::max(end, std::min(room, position + 1));
    const auto note = note_at(position, room);
    if (!note) {
      whole = whole && room - position < sizeof(Elf64_Nhdr);
      const auto next = find_note(position + 4, room);
      if (!next) {
        break;
      }
      position = *next;
      continue;
    }
    take(*note);
    position = note->next;
    if (position < end && !strict(position)) {
      // This length or the next header is damaged: believe the first thing behind this header that looks like a note.
      const auto next = find_note(note->start + 4, room);
      whole = false;
      if (!next) {
        break;
      }
      position = *next;
    }
  }
  return whole;
}

std::optional<Note> CoreNoteWalk::note_at(std::uint64_t position, std::uint64_t end) {
  const auto header = window_.get<Elf64_Nhdr>(position);
  constexpr std::uint32_t longest_name = 64;
  if (!header || header->n_namesz == 0 || header->n_namesz > longest_name) {
    return std::nullopt;
  }
  Note note{.type = header->n_type, .start = position};
  note.description = position + sizeof(Elf64_Nhdr) + aligned(header->n_namesz);
  note.size = header->n_descsz;
  note.next = note.description + aligned(note.size);
  if (note.description > end || note.size > end - note.description) {
    return std::nullopt;
  }
  return note;
}

// The kernel's two names, and gdb's for its own notes.
bool CoreNoteWalk::strict(std::uint64_t position) {
  const auto header = window_.get<Elf64_Nhdr>(position);
  constexpr std::array<std::string_view, 3> names{"CORE", "LINUX", "GDB"};
  for (const std::string_view name : names) {
    if (!header || header->n_namesz != name.size() + 1) {
      continue;
    }
    const auto text = window_.get<std::array<char, 4>>(position + sizeof(Elf64_Nhdr));
    return text && std::string_view(text->data(), text->size()).starts_with(name.substr(0, text->size()));
  }
  return false;
}

std::optional<std::uint64_t> CoreNoteWalk::find_note(std::uint64_t position, std::uint64_t end) {
  constexpr std::uint64_t furthest = std::uint64_t{1} << 24U;  // notes of one thread are a few KiB
  const std::uint64_t stop = end - position > furthest && end > position ? position + furthest : end;
  for (position = aligned(position); position < stop; position += 4) {
    if (strict(position)) {
      return position;
    }
  }
  return std::nullopt;
}

}  // namespace stillframe::binary
