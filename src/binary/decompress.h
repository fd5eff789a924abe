// Compressed cores (systemd-coredump, log rotation): streamed into a sparse file, in bounded memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "binary/file_reader.h"
#include "model/result.h"

namespace stillframe::binary {

enum class Compression : std::uint8_t { gzip, zstd, lz4, xz };

// By the first bytes of a file, whatever its name.
std::optional<Compression> detect_compression(const FileReader& file);

std::string_view compression_name(Compression compression);

struct Decompressed {
  std::uint64_t size = 0;     // what came out
  bool is_elf = false;        // it begins as an ELF file; decompression stops at once where it does not
  bool whole = true;          // false: the stream ends early or is damaged, and what came before it is there
  std::string why_not_whole;  // "the compressed file ends too early"
};

// Decompresses `from` into the empty regular file `into`; pages of zeros become holes. Fails when `into` cannot be
// written (`place` is its directory, for the message).
Result<Decompressed> decompress(const FileReader& from, Compression compression, int into, const std::string& name,
                                const std::string& place);

}  // namespace stillframe::binary
