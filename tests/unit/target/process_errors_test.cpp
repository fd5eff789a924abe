#include "target/process_errors.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <limits>
#include <string>

#include "child_process.h"
#include "target/live_target.h"

namespace stillframe::target {
namespace {

using testing::ChildProcess;
using testing::sleep_for_good;
using ::testing::Test;

// A user's own process, on a system without Yama, in no container.
AccessFacts facts_of_a_user(Access access = Access::memory) {
  return {.pid = 4211, .access = access, .error = EPERM, .our_uid = 1000, .their_uid = 1000};
}

AccessFacts facts_of_root() {
  auto facts = facts_of_a_user();
  facts.our_uid = 0;
  facts.our_capability = true;
  return facts;
}

Error explained(const AccessFacts& facts) {
  auto error = explain_refusal(facts, "read the memory of process 4211");
  EXPECT_EQ(error.tried, "read the memory of process 4211");
  EXPECT_EQ(error.kind, ErrorKind::permission);
  EXPECT_FALSE(error.advice.empty());
  return error;
}

bool has(const std::string& text, std::string_view part) {
  return text.contains(part);
}

TEST(ExplainRefusal, AnotherUsersProcess) {
  auto facts = facts_of_a_user();
  facts.their_uid = 33;
  facts.ptrace_scope = 1;  // allowing it would not help
  const auto error = explained(facts);
  EXPECT_EQ(error.stopper, "it belongs to user 33, and you are user 1000");
  EXPECT_TRUE(has(error.advice, "sudo stillframe dump 4211"));
  facts.their_uid = 0;
  EXPECT_EQ(explained(facts).stopper, "it belongs to root, and you are user 1000");
}

TEST(ExplainRefusal, YamaScopeOne) {
  auto facts = facts_of_a_user();
  facts.ptrace_scope = 1;
  const auto error = explained(facts);
  EXPECT_EQ(error.stopper, "Yama allows only its ancestors to look into a process (kernel.yama.ptrace_scope is 1)");
  EXPECT_TRUE(has(error.advice, "sudo sysctl kernel.yama.ptrace_scope=0"));
}

TEST(ExplainRefusal, YamaScopeTwo) {
  auto facts = facts_of_a_user(Access::stop);
  facts.ptrace_scope = 2;
  EXPECT_TRUE(has(explained(facts).stopper, "only processes with CAP_SYS_PTRACE"));
}

TEST(ExplainRefusal, YamaScopeThreeHoldsForRootToo) {
  auto facts = facts_of_root();
  facts.ptrace_scope = 3;
  const auto error = explained(facts);
  EXPECT_TRUE(has(error.stopper, "ptrace_scope is 3"));
  EXPECT_TRUE(has(error.advice, "kill -ABRT 4211"));
  EXPECT_FALSE(has(error.advice, "sysctl")) << "it cannot be set back";
}

TEST(ExplainRefusal, YamaDoesNotJudgeProcFiles) {
  auto facts = facts_of_a_user(Access::look);
  facts.ptrace_scope = 1;
  EXPECT_TRUE(has(explained(facts).stopper, "PR_SET_DUMPABLE"));
}

TEST(ExplainRefusal, YamaSwitchedOff) {
  auto facts = facts_of_a_user();
  facts.ptrace_scope = 0;
  EXPECT_TRUE(has(explained(facts).stopper, "PR_SET_DUMPABLE"));
}

TEST(ExplainRefusal, ContainerWithoutCapability) {
  auto facts = facts_of_a_user();
  facts.in_container = true;
  EXPECT_TRUE(has(explained(facts).stopper, "this container lacks the capability CAP_SYS_PTRACE"));
  facts.our_uid = 0;
  facts.ptrace_scope = 1;
  const auto error = explained(facts);
  EXPECT_TRUE(has(error.stopper, "this container lacks the capability CAP_SYS_PTRACE"));
  EXPECT_TRUE(has(error.advice, "--cap-add=SYS_PTRACE"));
}

TEST(ExplainRefusal, RootWithoutCapability) {
  auto facts = facts_of_root();
  facts.our_capability = false;
  EXPECT_EQ(explained(facts).stopper, "you are root, but without the capability CAP_SYS_PTRACE");
}

TEST(ExplainRefusal, Seccomp) {
  auto facts = facts_of_root();
  facts.access = Access::stop;
  facts.ptrace_filtered = true;
  EXPECT_TRUE(has(explained(facts).stopper, "seccomp"));
  EXPECT_TRUE(has(explained(facts).advice, "seccomp=unconfined"));
  facts = facts_of_a_user();
  facts.error = ENOSYS;
  EXPECT_TRUE(has(explained(facts).stopper, "seccomp"));
}

TEST(ExplainRefusal, SeccompOfPtraceDoesNotExplainMemory) {
  auto facts = facts_of_a_user(Access::memory);
  facts.ptrace_filtered = true;
  EXPECT_FALSE(has(explained(facts).stopper, "seccomp"));
}

TEST(ExplainRefusal, TracedAlready) {
  auto facts = facts_of_root();
  facts.access = Access::stop;
  facts.tracer_pid = 99;
  facts.tracer_name = "gdb";
  EXPECT_EQ(explained(facts).stopper, "process 99 (gdb) traces it already, and only one can");
  facts.access = Access::memory;
  EXPECT_FALSE(has(explained(facts).stopper, "gdb")) << "reading goes beside a tracer";
}

TEST(ExplainRefusal, SecurityModule) {
  const auto error = explained(facts_of_root());
  EXPECT_TRUE(has(error.stopper, "SELinux"));
  EXPECT_TRUE(has(error.advice, "ausearch"));
}

TEST(WhyNot, ImpossiblePids) {
  for (const std::int64_t pid : {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min()}) {
    ASSERT_TRUE(why_not(pid));
    EXPECT_EQ(why_not(pid)->kind, ErrorKind::usage);
  }
}

TEST(WhyNot, NoSuchProcess) {
  for (const std::int64_t pid :
       {std::int64_t{0x7ffffffe}, (std::int64_t{1} << 32) + 1, std::numeric_limits<std::int64_t>::max()}) {
    const auto error = why_not(pid);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind, ErrorKind::not_found);
    EXPECT_EQ(error->stopper, "there is no process with that id");
  }
}

TEST(WhyNot, Zombie) {
  const pid_t child = fork();
  if (child == 0) {
    _exit(0);
  }
  siginfo_t info{};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  const auto error = why_not(child);
  waitpid(child, nullptr, 0);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, ErrorKind::gone);
  EXPECT_TRUE(has(error->stopper, "zombie"));
  EXPECT_TRUE(has(error->advice, std::to_string(getpid())));
}

TEST(WhyNot, KernelThread) {
  // In a container none can be seen: what /proc says of one elsewhere.
  const auto stat = parse_stat("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 14 0 0");
  ASSERT_TRUE(stat);
  const auto error = why_not_in_state(2, *stat);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, ErrorKind::not_python);
  EXPECT_TRUE(has(error->tried, "kthreadd"));
  EXPECT_TRUE(has(error->stopper, "kernel thread"));
}

TEST(WhyNot, ReadableProcess) {
  const ChildProcess child(sleep_for_good);
  EXPECT_FALSE(why_not(child.pid()));
  EXPECT_EQ(living_thread(child.pid()), child.pid());
}

TEST(WhyNot, UndumpableProcess) {
  const ChildProcess child([](const auto& ready) {
    prctl(PR_SET_DUMPABLE, 0);
    sleep_for_good(ready);
  });
  const auto error = why_not(child.pid());
  if (geteuid() == 0) {
    EXPECT_FALSE(error) << "root may look at anything";
    return;
  }
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, ErrorKind::permission);
}

}  // namespace
}  // namespace stillframe::target
