// A test that hangs fails by itself, with its name, before the share of tests around it runs into the limit of ctest.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

namespace stillframe::testing {
namespace {

// Seconds. Against hangs alone: under sanitizers on a busy machine the longest test takes some ten.
constexpr unsigned kTimeLimit = 120;

std::array<char, 512> message;

extern "C" void end_hung_test(int /*signal*/) {
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, message.data(), std::strlen(message.data()));
  _exit(1);
}

class TimeLimit : public ::testing::EmptyTestEventListener {
 public:
  TimeLimit() { std::signal(SIGALRM, end_hung_test); }

  void OnTestStart(const ::testing::TestInfo& test) override {
    std::snprintf(message.data(), message.size(), "[  FAILED  ] %s.%s: it still runs after %u seconds\n",
                  test.test_suite_name(), test.name(), kTimeLimit);
    alarm(kTimeLimit);
  }

  void OnTestEnd(const ::testing::TestInfo& /*test*/) override { alarm(0); }
};

// GoogleTest's own main() is kept: it calls what environments do before the first test.
class Installer : public ::testing::Environment {
 public:
  void SetUp() override { ::testing::UnitTest::GetInstance()->listeners().Append(new TimeLimit); }
};

[[maybe_unused]] const auto* const installed = ::testing::AddGlobalTestEnvironment(new Installer);

}  // namespace
}  // namespace stillframe::testing
