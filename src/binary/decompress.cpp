#include "binary/decompress.h"

#include <elf.h>
#include <fmt/format.h>
#include <lz4frame.h>
#include <lzma.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "binary/sparse_file.h"

namespace stillframe::binary {
namespace {

constexpr std::size_t chunk_size = std::size_t{128} * 1024;
// What a decoder may use for its dictionary: as much as `zstd -19 --long` and `xz -9` need, and no more.
constexpr int largest_zstd_window_log = 27;
constexpr std::uint64_t largest_xz_memory = std::uint64_t{160} << 20U;

struct Step {
  std::size_t consumed = 0;
  std::size_t produced = 0;
  bool failed = false;
  bool ended = false;  // at the end of a stream; more streams may follow
};

class StreamDecoder {
 public:
  StreamDecoder() = default;
  StreamDecoder(const StreamDecoder&) = delete;
  StreamDecoder& operator=(const StreamDecoder&) = delete;
  StreamDecoder(StreamDecoder&&) = delete;
  StreamDecoder& operator=(StreamDecoder&&) = delete;
  virtual ~StreamDecoder() = default;
  virtual Step step(std::span<const std::byte> in, std::span<std::byte> out) = 0;
};

class GzipDecoder final : public StreamDecoder {
 public:
  GzipDecoder() { ready_ = inflateInit2(&stream_, MAX_WBITS + gzip_only) == Z_OK; }
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;
  GzipDecoder(GzipDecoder&&) = delete;
  GzipDecoder& operator=(GzipDecoder&&) = delete;
  ~GzipDecoder() override { inflateEnd(&stream_); }

  Step step(std::span<const std::byte> in, std::span<std::byte> out) override {
    if (!ready_) {
      return {.failed = true};
    }
    // zlib's input is not const only because old compilers lacked it.
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(in.data()));  // NOLINT
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    const int status = inflate(&stream_, Z_NO_FLUSH);
    Step step{.consumed = in.size() - stream_.avail_in, .produced = out.size() - stream_.avail_out};
    step.ended = status == Z_STREAM_END;
    step.failed = status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR;
    if (step.ended) {
      inflateReset(&stream_);  // gzip files may be written one behind the other
    }
    return step;
  }

 private:
  static constexpr int gzip_only = 16;
  z_stream stream_{};
  bool ready_ = false;
};

class ZstdDecoder final : public StreamDecoder {
 public:
  ZstdDecoder() : stream_(ZSTD_createDStream()) {
    ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, largest_zstd_window_log);
  }

  Step step(std::span<const std::byte> in, std::span<std::byte> out) override {
    ZSTD_inBuffer input{.src = in.data(), .size = in.size(), .pos = 0};
    ZSTD_outBuffer output{.dst = out.data(), .size = out.size(), .pos = 0};
    const std::size_t left = ZSTD_decompressStream(stream_.get(), &output, &input);
    return {.consumed = input.pos, .produced = output.pos, .failed = ZSTD_isError(left) != 0, .ended = left == 0};
  }

 private:
  struct Free {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
  };
  std::unique_ptr<ZSTD_DStream, Free> stream_;
};

class Lz4Decoder final : public StreamDecoder {
 public:
  Lz4Decoder() { LZ4F_createDecompressionContext(&context_, LZ4F_VERSION); }
  Lz4Decoder(const Lz4Decoder&) = delete;
  Lz4Decoder& operator=(const Lz4Decoder&) = delete;
  Lz4Decoder(Lz4Decoder&&) = delete;
  Lz4Decoder& operator=(Lz4Decoder&&) = delete;
  ~Lz4Decoder() override { LZ4F_freeDecompressionContext(context_); }

  Step step(std::span<const std::byte> in, std::span<std::byte> out) override {
    std::size_t consumed = in.size();
    std::size_t produced = out.size();
    const std::size_t left = LZ4F_decompress(context_, out.data(), &produced, in.data(), &consumed, nullptr);
    if (LZ4F_isError(left) != 0) {
      return {.failed = true};
    }
    return {.consumed = consumed, .produced = produced, .ended = left == 0};
  }

 private:
  LZ4F_dctx* context_ = nullptr;
};

class XzDecoder final : public StreamDecoder {
 public:
  XzDecoder() { ready_ = lzma_stream_decoder(&stream_, largest_xz_memory, 0) == LZMA_OK; }
  XzDecoder(const XzDecoder&) = delete;
  XzDecoder& operator=(const XzDecoder&) = delete;
  XzDecoder(XzDecoder&&) = delete;
  XzDecoder& operator=(XzDecoder&&) = delete;
  ~XzDecoder() override { lzma_end(&stream_); }

  Step step(std::span<const std::byte> in, std::span<std::byte> out) override {
    if (!ready_) {
      return {.failed = true};
    }
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(in.data());
    stream_.avail_in = in.size();
    stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream_.avail_out = out.size();
    const lzma_ret status = lzma_code(&stream_, LZMA_RUN);
    Step step{.consumed = in.size() - stream_.avail_in, .produced = out.size() - stream_.avail_out};
    step.ended = status == LZMA_STREAM_END;
    step.failed = status != LZMA_OK && status != LZMA_STREAM_END && status != LZMA_BUF_ERROR;
    if (step.ended) {
      ready_ = lzma_stream_decoder(&stream_, largest_xz_memory, 0) == LZMA_OK;
    }
    return step;
  }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool ready_ = false;
};

std::unique_ptr<StreamDecoder> make_decoder(Compression compression) {
  switch (compression) {
    case Compression::gzip:
      return std::make_unique<GzipDecoder>();
    case Compression::zstd:
      return std::make_unique<ZstdDecoder>();
    case Compression::lz4:
      return std::make_unique<Lz4Decoder>();
    case Compression::xz:
      return std::make_unique<XzDecoder>();
  }
  return nullptr;
}

bool begins_as_elf(std::span<const std::byte> bytes) {
  if (bytes.size() < SELFMAG) {
    return false;
  }
  std::size_t alike = 0;
  for (std::size_t i = 0; i < SELFMAG; ++i) {
    alike += static_cast<char>(bytes[i]) == ELFMAG[i] ? 1 : 0;
  }
  return alike + 1 >= SELFMAG;  // one byte may be damaged
}

// One decompression, step by step.
class Unpacking {
 public:
  Unpacking(const FileReader& from, Compression compression, int into, const DecompressLimits& limits)
      : from_(from), decoder_(make_decoder(compression)), sink_(into), room_(into), limits_(limits) {}

  // False when the sink cannot be written; errno says why.
  bool run() {
    std::vector<std::byte> in(chunk_size);
    std::uint64_t position = 0;
    while (!stop_) {
      const std::size_t got = from_.read_some(position, in);
      if (got == 0) {
        end_early(at_border_ ? "" : "the compressed file ends too early");
        break;
      }
      position += got;
      if (!take(std::span(in).first(got))) {
        return false;
      }
    }
    result_.size = sink_.size();
    return sink_.finish();
  }

  [[nodiscard]] std::uint64_t size() const { return sink_.size(); }
  [[nodiscard]] Decompressed result() const { return result_; }

 private:
  void end_early(std::string_view why, std::string_view advice = "") {
    result_.whole = why.empty();
    result_.why_not_whole = why;
    result_.advice = advice;
    stop_ = true;
  }

  // A piece of the compressed file.
  bool take(std::span<const std::byte> rest) {
    bool more_output = false;
    while (!stop_ && (!rest.empty() || more_output)) {
      const Step step = decoder_->step(rest, out_);
      rest = rest.subspan(step.consumed);
      more_output = step.produced == out_.size();
      if (!put(std::span<const std::byte>(out_).first(step.produced))) {
        return false;
      }
      at_border_ = step.ended || (at_border_ && step.consumed == 0 && step.produced == 0);
      if (!stop_ && (step.failed || (step.consumed == 0 && step.produced == 0 && !rest.empty()))) {
        // Zeros behind the last stream are padding of the disk, not damage.
        const bool padding =
            at_border_ && std::ranges::all_of(rest, [](std::byte byte) { return byte == std::byte{0}; });
        end_early(padding ? "" : "the compressed data is damaged");
      }
      if (step.produced == 0 && step.consumed == 0) {
        break;
      }
    }
    return true;
  }

  // What has come out of it.
  bool put(std::span<const std::byte> bytes) {
    if (sink_.size() == 0 && !bytes.empty()) {
      result_.is_elf = begins_as_elf(bytes);
      stop_ = !result_.is_elf;
    }
    if (sink_.size() + bytes.size() > limits_.most) {
      bytes = bytes.first(limits_.most - sink_.size());
      end_early(fmt::format("it is longer than {} MiB, which is all that is decompressed", limits_.most >> 20U),
                "--max-core-size raises the limit");
    }
    const std::uint64_t before = sink_.written();
    if (!sink_.append(bytes)) {
      return false;
    }
    if (!stop_ && !room_.allows(sink_.written() - before)) {
      end_early("the disk has no more room to spare", "TMPDIR=/some/dir names another one");
    }
    if (limits_.progress && sink_.size() >= told_ + kTellAfter) {
      told_ = sink_.size();
      limits_.progress(told_);
    }
    return true;
  }

  static constexpr std::uint64_t kTellAfter = std::uint64_t{64} << 20U;

  const FileReader& from_;
  std::unique_ptr<StreamDecoder> decoder_;
  SparseFile sink_;
  DiskRoom room_;
  const DecompressLimits& limits_;
  std::vector<std::byte> out_ = std::vector<std::byte>(chunk_size);
  Decompressed result_;
  std::uint64_t told_ = 0;
  bool at_border_ = false;  // between two streams: the file may end here
  bool stop_ = false;
};

std::unexpected<Error> cannot_write(const std::string& name, const std::string& place, std::uint64_t written) {
  const int why = errno;
  return fail(ErrorKind::io, fmt::format("decompress the core file {} into {}", name, place),
              fmt::format("after {} MiB: {}", written >> 20U, std::strerror(why)),
              fmt::format("give it a directory with room: TMPDIR=/some/dir stillframe core {}", name));
}

}  // namespace

std::optional<Compression> detect_compression(const FileReader& file) {
  struct Magic {
    Compression compression;
    std::string_view bytes;
  };
  using namespace std::string_view_literals;
  constexpr std::array magics{Magic{Compression::gzip, "\x1f\x8b\x08"sv},
                              Magic{Compression::zstd, "\x28\xb5\x2f\xfd"sv},
                              Magic{Compression::lz4, "\x04\x22\x4d\x18"sv},
                              Magic{Compression::xz,
                                    "\xfd"
                                    "7zXZ\0"sv}};
  std::array<std::byte, 8> head{};
  const std::size_t size = file.read_some(0, head);
  const std::string_view text(reinterpret_cast<const char*>(head.data()), size);
  for (const Magic& magic : magics) {
    if (text.starts_with(magic.bytes)) {
      return magic.compression;
    }
  }
  return std::nullopt;
}

std::string_view compression_name(Compression compression) {
  switch (compression) {
    case Compression::gzip:
      return "gzip";
    case Compression::zstd:
      return "zstd";
    case Compression::lz4:
      return "lz4";
    case Compression::xz:
      return "xz";
  }
  return "";
}

Result<Decompressed> decompress(const FileReader& from, Compression compression, int into, const std::string& name,
                                const std::string& place, const DecompressLimits& limits) {
  Unpacking unpacking(from, compression, into, limits);
  if (!unpacking.run()) {
    return cannot_write(name, place, unpacking.size());
  }
  return unpacking.result();
}

}  // namespace stillframe::binary
