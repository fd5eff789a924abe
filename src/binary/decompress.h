// Compressed cores (systemd-coredump, log rotation): streamed into a sparse file, in bounded memory.
#pragma once

#include <cstdint>
#include <functional>
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

struct DecompressLimits {
  std::uint64_t most = std::uint64_t{16} << 30U;  // bytes that come out; zeros, which take no room, included
  std::function<void(std::uint64_t bytes)> progress = nullptr;  // told what has come out, every now and then
};

struct Decompressed {
  std::uint64_t size = 0;     // what came out
  bool is_elf = false;        // it begins as an ELF file; decompression stops at once where it does not
  bool whole = true;          // false: the stream ends early or is damaged, and what came before it is there
  std::string why_not_whole;  // "the compressed file ends too early"
  std::string advice;         // what helps against that, where anything does
};

// Decompresses `from` into the empty regular file `into`; pages of zeros become holes. Ends early, and says so, at the
// limit or where the disk would become too full. Fails when `into` cannot be written (`place` is its directory, for the
// message).
Result<Decompressed> decompress(const FileReader& from, Compression compression, int into, const std::string& name,
                                const std::string& place, const DecompressLimits& limits = {});

}  // namespace stillframe::binary
