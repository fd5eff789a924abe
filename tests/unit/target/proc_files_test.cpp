#include "target/proc_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <string>

namespace stillframe::target {
namespace {

TEST(ParseMaps, ReadsEveryField) {
  const auto mappings = parse_maps(
      "55d0c0a00000-55d0c0a01000 r--p 00001000 fd:01 1234567                    /usr/bin/python3.11\n"
      "7ffd5e7f0000-7ffd5e811000 rw-p 00000000 00:00 0                          [stack]\n"
      "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n");
  ASSERT_EQ(mappings.size(), 3U);
  EXPECT_EQ(mappings[0].begin, 0x55d0c0a00000U);
  EXPECT_EQ(mappings[0].end, 0x55d0c0a01000U);
  EXPECT_EQ(mappings[0].offset, 0x1000U);
  EXPECT_TRUE(mappings[0].readable);
  EXPECT_FALSE(mappings[0].writable);
  EXPECT_EQ(mappings[0].device, 0xfd00000001U);
  EXPECT_EQ(mappings[0].inode, 1234567U);
  EXPECT_EQ(mappings[0].path, "/usr/bin/python3.11");
  EXPECT_TRUE(mappings[1].writable);
  EXPECT_EQ(mappings[1].path, "[stack]");
  EXPECT_FALSE(mappings[2].readable);
  EXPECT_TRUE(mappings[2].executable);
  EXPECT_EQ(mappings[2].end, 0xffffffffff601000U);
}

TEST(ParseMaps, ReadsOddPaths) {
  const auto mappings = parse_maps(
      "1000-2000 r-xp 00000000 08:01 5 /srv/a b (deleted)\n"
      "2000-3000 r-xp 00000000 08:01 6 /srv/line\\012end\n"
      "3000-4000 r-xp 00000000 08:01 7 /srv/\xd0\xbf\xd1\x80\n"
      "4000-5000 rw-p 00000000 00:00 0 \n"
      "5000-6000 rw-p 00000000 00:00 0 [anon: (deleted)\n"
      "6000-7000 rw-s 00000000 00:05 8 /memfd:x (deleted) (deleted)");
  ASSERT_EQ(mappings.size(), 6U);
  EXPECT_TRUE(mappings[0].deleted);
  EXPECT_EQ(mappings[0].path, "/srv/a b");
  EXPECT_EQ(mappings[1].path, "/srv/line\nend");
  EXPECT_EQ(mappings[2].path, "/srv/\xd0\xbf\xd1\x80");
  EXPECT_EQ(mappings[3].path, "");
  EXPECT_FALSE(mappings[4].deleted);
  EXPECT_EQ(mappings[5].path, "/memfd:x (deleted)");
}

TEST(ParseMaps, SurvivesWhatTheKernelNeverWrites) {
  EXPECT_TRUE(parse_maps("").empty());
  EXPECT_TRUE(parse_maps("\n\n").empty());
  for (const char* text : {"x", "1-", "fffffffffffffffff-1 rwxp", "-", "1000-2000", "1000-2000 r", " \t ", "\\"}) {
    EXPECT_EQ(parse_maps(text).size(), 1U) << text;
  }
}

TEST(ParseStat, ReadsPastAnyName) {
  const auto stat = parse_stat(
      "42 (a) b (c)) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 20 18446744073709551615 1 1 0\n");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->name, "a) b (c)");
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->flags, 4194560U);
  EXPECT_EQ(stat->start_ticks, 987654U);
}

TEST(ParseStat, RefusesAndSurvivesTornText) {
  for (const char* text : {"", "42", "42 (", "42 )(", ")", "("}) {
    EXPECT_FALSE(parse_stat(text)) << text;
  }
  EXPECT_EQ(parse_stat("1 (x)")->state, '?');
  EXPECT_EQ(parse_stat("1 (x) R 1 2")->start_ticks, 0U);
}

TEST(Status, FindsFields) {
  constexpr std::string_view kStatus = "Name:\tTgid:\nTgid:\t77\nNSpid:\t77\t3\nNS\nEmpty:\n";
  EXPECT_EQ(status_field(kStatus, "Name"), "Tgid:");
  EXPECT_EQ(status_number(kStatus, "Tgid"), 77);
  EXPECT_EQ(status_field(kStatus, "NSpid"), "77\t3");
  EXPECT_EQ(status_field(kStatus, "Empty"), "");
  EXPECT_FALSE(status_field(kStatus, "NS"));
  constexpr std::string_view kStatusText = "Name:\tTgid:\nTgid:\t77\nNSpid:\t77\t3\nNS\nEmpty:\n";
  EXPECT_EQ(status_field(kStatusText, "Name"), "Tgid:");
  EXPECT_EQ(status_number(kStatusText, "Tgid"), 77);
  EXPECT_EQ(status_field(kStatusText, "NSpid"), "77\t3");
  EXPECT_EQ(status_field(kStatusText, "Empty"), "");
  EXPECT_FALSE(status_field(kStatusText, "NS"));
  EXPECT_FALSE(status_field("", "Name"));
}

TEST(RunCount, ReadsTheThirdField) {
  EXPECT_EQ(parse_run_count("123456 789 42\n"), 42U);
  EXPECT_FALSE(parse_run_count("0 0 0\n")) << "a kernel that does not count";
  EXPECT_FALSE(parse_run_count("1 2"));
  EXPECT_FALSE(parse_run_count(""));
}

TEST(ParseSyscall, ReadsNumberArgumentsAndRegisters) {
  const auto call = parse_syscall("202 0x7f01 0x189 0x0 0x0 0x0 0xffffffffffffffff 0x7ffd10 0x7f02\n");
  ASSERT_TRUE(call);
  EXPECT_EQ(call->number, 202);
  EXPECT_EQ(call->arguments[0], 0x7f01U);
  EXPECT_EQ(call->arguments[5], ~std::uint64_t{0});
  EXPECT_EQ(call->sp, 0x7ffd10U);
  EXPECT_EQ(call->pc, 0x7f02U);
}

TEST(ParseSyscall, KnowsWhoIsInNone) {
  EXPECT_FALSE(parse_syscall("running\n"));
  EXPECT_FALSE(parse_syscall("-1 0x7ffd10 0x7f02\n"));
  EXPECT_FALSE(parse_syscall(""));
  EXPECT_EQ(parse_syscall("1")->pc, 0U);
}

TEST(OsStates, KnowsEveryLetter) {
  EXPECT_EQ(os_state('R'), model::OsState::running);
  EXPECT_EQ(os_state('S'), model::OsState::sleeping);
  EXPECT_EQ(os_state('D'), model::OsState::uninterruptible);
  EXPECT_EQ(os_state('T'), model::OsState::stopped);
  EXPECT_EQ(os_state('t'), model::OsState::traced);
  EXPECT_EQ(os_state('Z'), model::OsState::finished);
  EXPECT_EQ(os_state('\0'), model::OsState::unknown);
}

TEST(ProcOfThisProcess, CanBeRead) {
  const auto maps = read_proc_file("/proc/self/maps");
  ASSERT_TRUE(maps);
  const auto mappings = parse_maps(*maps);
  EXPECT_TRUE(std::ranges::is_sorted(mappings, {}, &Mapping::begin));
  EXPECT_TRUE(std::ranges::any_of(mappings, [](const Mapping& one) { return one.path == "[stack]"; }));
  EXPECT_FALSE(read_proc_file("/proc/self/nothing"));
  EXPECT_NE(namespace_of("/proc/self/ns/pid"), 0U);
  EXPECT_EQ(namespace_of("/proc/self/ns/nothing"), 0U);
  EXPECT_EQ(list_threads(getpid()).front(), getpid());
  EXPECT_TRUE(list_threads(0x7fffffff).empty());
}

}  // namespace
}  // namespace stillframe::target
