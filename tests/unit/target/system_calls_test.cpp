#include "target/system_calls.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

namespace stillframe::target {
namespace {

using binary::CoreMachine;

TEST(SystemCallName, KnowsBothMachines) {
  EXPECT_EQ(system_call_name(CoreMachine::x86_64, 202), "futex");
  EXPECT_EQ(system_call_name(CoreMachine::aarch64, 98), "futex");
  EXPECT_EQ(system_call_name(CoreMachine::x86_64, 0), "read");
  EXPECT_EQ(system_call_name(CoreMachine::aarch64, 63), "read");
  EXPECT_EQ(system_call_name(CoreMachine::aarch64, 260), "wait4");
  EXPECT_EQ(system_call_name(CoreMachine::aarch64, 22), "epoll_pwait");
  EXPECT_EQ(system_call_name(CoreMachine::aarch64, 25), "fcntl");
  EXPECT_EQ(system_call_name(CoreMachine::x86_64, 441), "epoll_pwait2");
}

TEST(SystemCallName, AgreesWithThisMachinesHeaders) {
  EXPECT_EQ(system_call_name(kThisMachine, SYS_read), "read");
  EXPECT_EQ(system_call_name(kThisMachine, SYS_ppoll), "ppoll");
  EXPECT_EQ(system_call_name(kThisMachine, SYS_clock_nanosleep), "clock_nanosleep");
  EXPECT_EQ(system_call_name(kThisMachine, SYS_waitid), "waitid");
  EXPECT_EQ(system_call_name(kThisMachine, SYS_io_uring_enter), "io_uring_enter");
}

TEST(SystemCallName, IsEmptyForOtherNumbers) {
  EXPECT_EQ(system_call_name(CoreMachine::x86_64, -1), "");
  EXPECT_EQ(system_call_name(CoreMachine::x86_64, 400), "");
  EXPECT_EQ(system_call_name(CoreMachine::x86_64, 511), "");
  EXPECT_EQ(system_call_name(CoreMachine::x86_64, 1'000'000), "");
}

}  // namespace
}  // namespace stillframe::target
