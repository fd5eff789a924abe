#include "binary/decompress.h"

#include <gtest/gtest.h>
#include <lz4frame.h>
#include <lzma.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>

#include "core_builder.h"

namespace stillframe::binary {
namespace {

using testing::MemoryFile;

// Something like a core: an ELF header, pages of zeros, pages that hardly compress.
std::string sample() {
  std::string bytes =
      "\x7f"
      "ELF" +
      std::string(100, '\1');
  bytes.resize(1U << 20U);
  std::uint32_t state = 1;
  for (int i = 0; i < 300'000; ++i) {
    state = state * 1664525U + 1013904223U;
    bytes.push_back(static_cast<char>(state >> 24U));
  }
  return bytes + std::string(5000, '\0');
}

std::string gzip(const std::string& text) {
  std::string out(compressBound(text.size()) + 64, '\0');
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

std::string lz4(const std::string& text) {
  std::string out(LZ4F_compressFrameBound(text.size(), nullptr), '\0');
  out.resize(LZ4F_compressFrame(out.data(), out.size(), text.data(), text.size(), nullptr));
  return out;
}

std::string xz(const std::string& text) {
  std::string out(text.size() + 65536, '\0');
  std::size_t size = 0;
  lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, nullptr, reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                          reinterpret_cast<std::uint8_t*>(out.data()), &size, out.size());
  out.resize(size);
  return out;
}

std::string content(const MemoryFile& file) {
  const FileReader reader(file.fd());
  std::string bytes(reader.size(), '\0');
  EXPECT_TRUE(reader.read(0, std::as_writable_bytes(std::span(bytes))));
  return bytes;
}

struct Case {
  Compression compression;
  std::string (*compress)(const std::string&);
};

class Decompress : public ::testing::TestWithParam<Case> {};

TEST_P(Decompress, GivesBackWhatWasCompressed) {
  const std::string text = sample();
  const MemoryFile in(GetParam().compress(text));
  const FileReader reader(in.fd());
  ASSERT_EQ(detect_compression(reader), GetParam().compression);
  const MemoryFile out("");
  const auto done = decompress(reader, GetParam().compression, out.fd(), "core", "/tmp");
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->whole) << done->why_not_whole;
  EXPECT_TRUE(done->is_elf);
  EXPECT_EQ(content(out), text);
}

TEST_P(Decompress, GoesOnWithASecondStream) {
  const std::string text = sample();
  const MemoryFile in(GetParam().compress(text) + GetParam().compress(text));
  const MemoryFile out("");
  const auto done = decompress(FileReader(in.fd()), GetParam().compression, out.fd(), "core", "/tmp");
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->whole) << done->why_not_whole;
  EXPECT_EQ(content(out), text + text);
}

TEST_P(Decompress, GivesTheBeginningOfACutStream) {
  const std::string text = sample();
  std::string packed = GetParam().compress(text);
  packed.resize(packed.size() * 2 / 3);
  const MemoryFile in(packed);
  const MemoryFile out("");
  const auto done = decompress(FileReader(in.fd()), GetParam().compression, out.fd(), "core", "/tmp");
  ASSERT_TRUE(done);
  EXPECT_FALSE(done->whole);
  const std::string got = content(out);
  EXPECT_GT(got.size(), text.size() / 4);
  EXPECT_EQ(got, text.substr(0, got.size()));
}

TEST_P(Decompress, EndsOnDamagedData) {
  std::string packed = GetParam().compress(sample());
  for (std::size_t at = 10; at < packed.size(); at += 97) {
    packed[at] = static_cast<char>(packed[at] ^ 0x5a);
  }
  const MemoryFile in(packed);
  const MemoryFile out("");
  const auto done = decompress(FileReader(in.fd()), GetParam().compression, out.fd(), "core", "/tmp");
  ASSERT_TRUE(done);
  EXPECT_FALSE(done->whole && done->is_elf);
}

TEST_P(Decompress, EndsAtTheLimit) {
  const std::string text = sample();
  const MemoryFile in(GetParam().compress(text));
  const MemoryFile out("");
  const auto done =
      decompress(FileReader(in.fd()), GetParam().compression, out.fd(), "core", "/tmp", {.most = 500'001});
  ASSERT_TRUE(done);
  EXPECT_FALSE(done->whole);
  EXPECT_EQ(done->why_not_whole, "it is longer than 0 MiB, which is all that is decompressed");
  EXPECT_EQ(done->advice, "--max-core-size raises the limit");
  EXPECT_EQ(content(out), text.substr(0, 500'001));
  const MemoryFile exact("");
  const auto all =
      decompress(FileReader(in.fd()), GetParam().compression, exact.fd(), "core", "/tmp", {.most = text.size()});
  EXPECT_TRUE(all->whole) << "no more than that";
}

TEST_P(Decompress, TellsItsProgress) {
  std::string text = sample();
  text.resize(std::size_t{200} << 20U);
  const MemoryFile in(GetParam().compress(text));
  const MemoryFile out("");
  std::vector<std::uint64_t> told;
  const auto done = decompress(FileReader(in.fd()), GetParam().compression, out.fd(), "core", "/tmp",
                               {.progress = [&](std::uint64_t bytes) { told.push_back(bytes); }});
  ASSERT_TRUE(done);
  EXPECT_EQ(told.size(), 3U);
  EXPECT_TRUE(std::ranges::is_sorted(told));
  struct stat status{};
  ASSERT_EQ(fstat(out.fd(), &status), 0);
  EXPECT_LT(status.st_blocks * 512, std::int64_t{1} << 20U) << "zeros take no room";
}

TEST_P(Decompress, StopsWhereThereIsNoCore) {
  const MemoryFile in(GetParam().compress(std::string(1U << 22U, 'x')));
  const MemoryFile out("");
  const auto done = decompress(FileReader(in.fd()), GetParam().compression, out.fd(), "core", "/tmp");
  ASSERT_TRUE(done);
  EXPECT_FALSE(done->is_elf);
  EXPECT_LT(done->size, 1U << 21U);
}

TEST_P(Decompress, SaysWhenThereIsNoRoom) {
  const MemoryFile in(GetParam().compress(sample()));
  const int full = open("/dev/full", O_RDWR | O_CLOEXEC);
  ASSERT_GE(full, 0);
  const auto done = decompress(FileReader(in.fd()), GetParam().compression, full, "core", "/tmp");
  close(full);
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().stopper.find("No space left"), std::string::npos);
  EXPECT_NE(done.error().advice.find("TMPDIR"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(All, Decompress,
                         ::testing::Values(Case{Compression::gzip, gzip}, Case{Compression::zstd, zstd},
                                           Case{Compression::lz4, lz4}, Case{Compression::xz, xz}),
                         [](const auto& one) { return std::string(compression_name(one.param.compression)); });

}  // namespace
}  // namespace stillframe::binary
