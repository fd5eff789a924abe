#include "postmortem/abort_message.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "target/live_target.h"

#if defined(__x86_64__) && defined(__GLIBC__)

namespace stillframe::postmortem {
namespace {

using memory::Address;

Address own_thread_pointer() {
  Address value = 0;
  asm("mov %%fs:0, %0" : "=r"(value));  // NOLINT(hicpp-no-assembler): tcbhead_t begins with its own address
  return value;
}

struct OddError : std::domain_error {
  using std::domain_error::domain_error;
  int more = 7;
};
struct Other {
  virtual ~Other() = default;
  long number = 1;
};
struct SecondBase : Other, std::runtime_error {
  SecondBase() : std::runtime_error("of the second base") {}
};
struct WithoutMessage : std::exception {};

// What is found of an exception in the middle of its handling, which is how std::terminate() leaves one.
template <typename Thrown>
std::optional<InFlight> seen_while_handling(const Thrown& thrown) {
  const auto target = target::open_process(getpid());
  EXPECT_TRUE(target);
  try {
    throw thrown;
  } catch (...) {
    return cpp_exception(**target, (*target)->memory(), own_thread_pointer());
  }
}

TEST(CppException, TypesAndMessages) {
  const auto plain = seen_while_handling(std::runtime_error("out of paper"));
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->type, "std::runtime_error");
  EXPECT_EQ(plain->what, "out of paper");
  const auto derived = seen_while_handling(OddError("too odd"));
  ASSERT_TRUE(derived);
  EXPECT_EQ(derived->type, "stillframe::postmortem::(anonymous namespace)::OddError");
  EXPECT_EQ(derived->what, "too odd");
  EXPECT_EQ(seen_while_handling(SecondBase())->what, "of the second base");
  EXPECT_EQ(seen_while_handling(std::string("only a string"))->what, "only a string");
  EXPECT_EQ(seen_while_handling(static_cast<const char*>("a text"))->what, "a text");
  EXPECT_EQ(seen_while_handling(-3)->what, "-3");
  const auto silent = seen_while_handling(WithoutMessage());
  ASSERT_TRUE(silent);
  EXPECT_FALSE(silent->what) << "its what() is code, which nobody runs";
}

TEST(CppException, ThrownAgainByPointer) {
  const auto target = target::open_process(getpid());
  ASSERT_TRUE(target);
  try {
    std::rethrow_exception(std::make_exception_ptr(std::logic_error("kept")));
  } catch (...) {
    const auto found = cpp_exception(**target, (*target)->memory(), own_thread_pointer());
    ASSERT_TRUE(found);
    EXPECT_EQ(found->type, "std::logic_error");
    EXPECT_EQ(found->what, "kept");
  }
}

TEST(CppException, NoneInFlight) {
  const auto target = target::open_process(getpid());
  ASSERT_TRUE(target);
  EXPECT_FALSE(cpp_exception(**target, (*target)->memory(), own_thread_pointer()));
  EXPECT_FALSE(cpp_exception(**target, (*target)->memory(), 0));
}

TEST(AbortMessage, NoneOfAProcessThatIsWell) {
  const auto target = target::open_process(getpid());
  ASSERT_TRUE(target);
  EXPECT_FALSE(abort_message(**target, (*target)->memory()));
}

// Memory in which one read of many gives nonsense or nothing.
class TornMemory : public memory::MemorySource {
 public:
  TornMemory(const memory::MemorySource& real, std::size_t torn, std::uint8_t with)
      : real_(real), torn_(torn), with_(with) {}

  [[nodiscard]] memory::Read<void> read(Address address, std::span<std::byte> into) const override {
    auto done = real_.read(address, into);
    if (count_++ == torn_) {
      std::ranges::fill(into, std::byte{with_});
    }
    return done;
  }
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  const memory::MemorySource& real_;
  std::size_t torn_;
  std::uint8_t with_;
  mutable std::size_t count_ = 0;
};

TEST(CppException, AnyReadMayLie) {
  const auto target = target::open_process(getpid());
  ASSERT_TRUE(target);
  try {
    throw OddError("too odd");
  } catch (const OddError&) {
    const TornMemory whole((*target)->memory(), ~std::size_t{0}, 0);
    ASSERT_TRUE(cpp_exception(**target, whole, own_thread_pointer()));
    for (std::size_t torn = 0; torn < whole.count(); torn += 1 + whole.count() / 400) {
      for (const auto with : std::to_array<std::uint8_t>({0x00, 0x01, 0x7f, 0xff})) {
        const TornMemory lying((*target)->memory(), torn, with);
        static_cast<void>(cpp_exception(**target, lying, own_thread_pointer()));
        EXPECT_LT(lying.count(), 100'000U);
      }
    }
  }
}

}  // namespace
}  // namespace stillframe::postmortem

#endif
