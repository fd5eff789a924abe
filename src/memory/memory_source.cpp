#include "memory/memory_source.h"

namespace stillframe::memory {

std::size_t MemorySource::read_many(std::span<Piece> pieces) const {
  std::size_t good = 0;
  for (Piece& piece : pieces) {
    piece.ok = read(piece.address, piece.into).has_value();
    good += piece.ok ? 1 : 0;
  }
  return good;
}

}  // namespace stillframe::memory
