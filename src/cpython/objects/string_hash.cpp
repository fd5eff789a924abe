#include "cpython/objects/string_hash.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace stillframe::cpython {
namespace {

// SipHash, by Aumasson and Bernstein: "SipHash: a fast short-input PRF", 2012.
class SipHash {
 public:
  SipHash(const HashSecret& secret, int rounds)
      : a_(secret.first ^ 0x736f6d6570736575U),
        b_(secret.second ^ 0x646f72616e646f6dU),
        c_(secret.first ^ 0x6c7967656e657261U),
        d_(secret.second ^ 0x7465646279746573U),
        rounds_(rounds) {}

  void take(std::uint64_t word) {
    d_ ^= word;
    mix(rounds_);
    a_ ^= word;
  }

  std::uint64_t finish() {
    c_ ^= 0xffU;
    mix(rounds_ + 2);
    return a_ ^ b_ ^ c_ ^ d_;
  }

 private:
  void mix(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      a_ += b_;
      c_ += d_;
      b_ = std::rotl(b_, 13) ^ a_;
      d_ = std::rotl(d_, 16) ^ c_;
      a_ = std::rotl(a_, 32) + d_;
      c_ += b_;
      d_ = std::rotl(d_, 21) ^ a_;
      b_ = std::rotl(b_, 17) ^ c_;
      c_ = std::rotl(c_, 32);
    }
  }

  std::uint64_t a_;
  std::uint64_t b_;
  std::uint64_t c_;
  std::uint64_t d_;
  int rounds_;
};

}  // namespace

std::uint64_t string_hash(std::string_view characters, const HashSecret& secret, bool one_round) {
  if (characters.empty()) {
    return 0;
  }
  SipHash hash(secret, one_round ? 1 : 2);
  const std::uint64_t length = characters.size();
  std::uint64_t word = 0;
  while (characters.size() >= sizeof word) {
    std::memcpy(&word, characters.data(), sizeof word);
    hash.take(word);
    characters.remove_prefix(sizeof word);
  }
  word = 0;
  std::memcpy(&word, characters.data(), characters.size());
  hash.take(word | length << 56U);
  const std::uint64_t found = hash.finish();
  return found == ~std::uint64_t{0} ? found - 1 : found;  // -1 is an error there
}

}  // namespace stillframe::cpython
