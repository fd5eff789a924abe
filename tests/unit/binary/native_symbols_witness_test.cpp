// Names of a real library's addresses, held against what the addr2line of elfutils and that of binutils say of the
// same.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <sstream>

#include "binary/compiled_object.h"

namespace stillframe::binary {
namespace {

using testing::open_symbols;
using testing::Workshop;

// Much is inlined into much here, some of it from the standard library.
constexpr std::string_view program = R"(
#include <algorithm>
#include <map>
#include <string>
#include <vector>
struct Item { std::string name; std::vector<int> counts; };
static int sum(const std::vector<int>& all) { int total = 0; for (int one : all) total += one; return total; }
std::map<std::string, Item>& add(std::map<std::string, Item>& shop, const std::string& name, int count) {
  Item& item = shop[name];
  item.name = name + "!";
  item.counts.push_back(count);
  std::sort(item.counts.begin(), item.counts.end(), [](int a, int b) { return a > b; });
  if (sum(item.counts) > 100) item.counts.erase(std::remove(item.counts.begin(), item.counts.end(), count), item.counts.end());
  return shop;
}
int best(const std::map<std::string, Item>& shop) {
  auto found = std::max_element(shop.begin(), shop.end(), [](auto& a, auto& b) { return sum(a.second.counts) < sum(b.second.counts); });
  return found == shop.end() ? -1 : sum(found->second.counts);
}
)";

using Calls = std::vector<std::pair<std::string, std::string>>;  // function, file:line

// "file:line" of "file:line:column" or "file:line (discriminator 3)".
std::string normal(std::string place) {
  place.resize(std::min(place.find(' '), place.size()));
  auto colon = place.rfind(':');
  if (colon != std::string::npos && colon != 0 && place.find(':') != colon) {
    place.resize(colon);
    colon = place.rfind(':');
  }
  const std::string file = std::filesystem::path(place.substr(0, colon)).lexically_normal().string();
  const std::string line = colon == std::string::npos ? "0" : place.substr(colon + 1);
  return file + ":" + (line == "?" ? "0" : line);
}

// Of `addr2line -a -i -f -C`: an address, then for each call a line with its function and one with its place.
std::map<std::uint64_t, Calls> parse_witness(const std::string& output) {
  std::map<std::uint64_t, Calls> all;
  std::istringstream in(output);
  Calls* calls = nullptr;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("0x")) {
      calls = &all[std::stoull(line, nullptr, 16)];
      continue;
    }
    std::string place;
    if (calls != nullptr && std::getline(in, place)) {
      calls->emplace_back(line.substr(0, line.find(" inlined at ")), normal(place));
    }
  }
  return all;
}

Calls own_calls(NativeSymbols& symbols, std::uint64_t address) {
  Calls calls;
  for (const NativeCall& call : symbols.calls_at(address, false)) {
    calls.emplace_back(call.function,
                       normal(std::string(call.file.value_or("??")) + ":" + std::to_string(call.line.value_or(0))));
  }
  return calls;
}

bool same_places(const Calls& one, const Calls& other) {
  return std::ranges::equal(one, other, {}, &Calls::value_type::second, &Calls::value_type::second);
}

TEST(NativeSymbolsWitness, Addr2lineSaysTheSame) {
  const Workshop shop;
  shop.write("shop.cc", program);
  shop.run("g++ -std=c++20 -g -O2 -shared -fPIC shop.cc -o lib.so");
  const std::string library = shop.path("lib.so");
  const auto symbols = open_symbols(library);
  // Addresses of instructions of our own functions: what lies between functions has no name of its own.
  std::string input;
  std::istringstream listing(
      shop.output_of("objdump -d --no-show-raw-insn -j .text lib.so | grep -oE '^ +[0-9a-f]+:'"));
  std::vector<std::uint64_t> addresses;
  for (std::string word; listing >> word;) {
    addresses.push_back(std::stoull(word, nullptr, 16));
  }
  std::mt19937 random(7);  // NOLINT(bugprone-random-generator-seed): the same every time
  std::ranges::shuffle(addresses, random);
  addresses.resize(std::min<std::size_t>(addresses.size(), 400));
  ASSERT_GT(addresses.size(), 200U);
  std::ostringstream hex;
  for (const std::uint64_t address : addresses) {
    hex << std::hex << address << '\n';
  }
  shop.write("addresses", hex.str());
  const auto witness = parse_witness(shop.output_of("eu-addr2line -a -i -f -C -e lib.so < addresses"));
  const auto other = parse_witness(shop.output_of("addr2line -a -i -f -C -e lib.so < addresses"));
  ASSERT_EQ(witness.size(), addresses.size());
  ASSERT_EQ(other.size(), addresses.size());
  std::size_t compared = 0;
  std::size_t nested = 0;
  std::size_t both = 0;
  for (const auto& [address, expected] : witness) {
    const Calls own = own_calls(*symbols, address);
    if (own.empty() || own.back().first.empty() || expected.back().second.ends_with(":0")) {
      continue;  // padding, and what the C runtime brings
    }
    ++compared;
    nested += own.size() > 2 ? 1 : 0;
    // Compilers let calls overlap, and then each witness chooses in its own way.
    const bool alike = same_places(own, expected);
    EXPECT_TRUE(alike || same_places(own, other.at(address))) << std::hex << address;
    for (std::size_t i = 0; i < own.size() && alike; ++i) {
      // binutils takes the innermost name from the symbol table; elfutils leaves out the namespace where there is no
      // linkage name.
      EXPECT_TRUE(own[i].first == expected[i].first || own[i].first.ends_with("::" + expected[i].first))
          << std::hex << address << ": " << own[i].first << ", not " << expected[i].first;
    }
    both += alike && same_places(own, other.at(address)) ? 1 : 0;
  }
  EXPECT_GT(both * 100, compared * 95);
  EXPECT_GT(compared, 150U);
  EXPECT_GT(nested, 20U);
}

}  // namespace
}  // namespace stillframe::binary
