#include <gtest/gtest.h>

#include "diagnose/deaths.h"
#include "diagnose/list.h"

namespace stillframe::diagnose {
namespace {

model::Still sent(std::int32_t signal, std::string name, std::string code, std::int64_t by) {
  model::Still still = died_of(signal, std::move(name), std::move(code));
  still.crash->sender_pid = by;
  still.crash->sender_uid = 1000;
  return still;
}

TEST(Senders, AnotherProcess) {
  const model::Finding finding = only(find_senders, sent(SIGABRT, "SIGABRT", "SI_USER", 77));
  EXPECT_EQ(finding.id, "killed-by");
  EXPECT_EQ(finding.severity, model::Severity::certain);
  EXPECT_EQ(finding.title, "Killed from outside: process 77 of user 1000 sent it SIGABRT");
  EXPECT_NE(only(find_senders, sent(SIGABRT, "SIGABRT", "SI_USER", 0)).title.find("outside of its pid namespace"),
            std::string::npos);
}

TEST(Senders, Itself) {
  EXPECT_EQ(only(find_senders, sent(SIGSEGV, "SIGSEGV", "SI_TKILL", 100)).id, "raised");
  EXPECT_TRUE(found_by(find_senders, sent(SIGABRT, "SIGABRT", "SI_TKILL", 100)).empty())
      << "abort() has words of its own";
}

TEST(Senders, AFaultThatAHandlerRaisedAgainIsAFault) {
  model::Still still = sent(SIGSEGV, "SIGSEGV", "SI_TKILL", 100);
  still.crash->fault = model::Fault{.pc = 0x4000, .address = 0, .handled = true};
  EXPECT_TRUE(found_by(find_senders, still).empty());
  EXPECT_EQ(only(find_faults, still).id, "null-pointer");
}

TEST(Senders, TheKernel) {
  EXPECT_EQ(only(find_senders, died_of(SIGXCPU, "SIGXCPU", "SI_KERNEL")).id, "cpu-limit");
  EXPECT_EQ(only(find_senders, died_of(SIGXFSZ, "SIGXFSZ", "SI_KERNEL")).id, "file-size-limit");
  EXPECT_NE(only(find_senders, died_of(SIGQUIT, "SIGQUIT", "SI_KERNEL")).title.find("Ctrl-\\"), std::string::npos);
  model::Still still = died_of(SIGSYS, "SIGSYS", "SYS_SECCOMP");
  still.crash->system_call = "openat";
  EXPECT_EQ(only(find_senders, still).id, "forbidden-system-call");
  EXPECT_NE(only(find_senders, still).title.find("calling openat()"), std::string::npos);
}

TEST(Senders, AFaultOfWhichNothingIsKnownHasNoSender) {
  EXPECT_TRUE(found_by(find_senders, died_of(SIGSEGV, "SIGSEGV", "SEGV_MAPERR")).empty());
}

TEST(Senders, NothingOfALiveProcess) {
  EXPECT_TRUE(found_by(find_senders, model::Still{}).empty());
}

}  // namespace
}  // namespace stillframe::diagnose
