#include <gtest/gtest.h>

#include <algorithm>

#include "diagnose/death.h"
#include "diagnose/deaths.h"
#include "diagnose/list.h"

namespace stillframe::diagnose {
namespace {

using model::AccessKind;
using model::Severity;

model::Still segfault(model::Fault fault, std::string code = "SEGV_MAPERR") {
  model::Still still = died_of(SIGSEGV, "SIGSEGV", std::move(code));
  fault.pc = 0x4000;
  still.crash->fault_address = fault.address;
  still.crash->fault = std::move(fault);
  return still;
}

bool has_evidence(const model::Finding& finding, std::string_view text) {
  return std::ranges::any_of(finding.evidence, [&](const std::string& one) { return one.contains(text); });
}

TEST(Faults, NullPointer) {
  const model::Finding finding = only(find_faults, segfault({.address = 0x18,
                                                             .access = AccessKind::read,
                                                             .bytes = 8,
                                                             .instruction = "mov rax, qword ptr [rdi + 0x18]",
                                                             .operand = "rdi + 0x18",
                                                             .registers = {{.name = "rdi", .value = 0}}}));
  EXPECT_EQ(finding.id, "null-pointer");
  EXPECT_EQ(finding.severity, Severity::certain);
  EXPECT_EQ(finding.title,
            "Thread 101 \"Worker\" died reading 8 bytes at address 0x18, a field at offset 0x18 of a null pointer, in "
            "strlen in libc.so.6, called from /srv/app.py:12 in work");
  EXPECT_EQ(finding.tids, (std::vector<std::int64_t>{101}));
  EXPECT_TRUE(has_evidence(finding, "mov rax, qword ptr [rdi + 0x18], rdi is 0x0"));
  EXPECT_TRUE(has_evidence(finding, "SIGSEGV (SEGV_MAPERR)"));
}

TEST(Faults, WithoutWhatTheInstructionSays) {
  const model::Finding finding = only(find_faults, segfault({.address = 0}));
  EXPECT_EQ(finding.id, "null-pointer");
  EXPECT_NE(finding.title.find("touching memory at address 0x0, a null pointer,"), std::string::npos) << finding.title;
}

TEST(Faults, NothingOfALiveProcessOrAnotherDeath) {
  model::Still still;
  EXPECT_TRUE(found_by(find_faults, still).empty());
  EXPECT_TRUE(found_by(find_faults, died_of(SIGABRT, "SIGABRT", "SI_TKILL")).empty());
}

TEST(Faults, PointerOutOfNowhere) {
  const model::Finding finding = only(find_faults, segfault({.address = 0x7f0000001000, .access = AccessKind::write}));
  EXPECT_EQ(finding.id, "bad-pointer");
  EXPECT_NE(finding.title.find("died writing at address 0x7f0000001000, where nothing is mapped"), std::string::npos)
      << finding.title;
}

TEST(Faults, PointerThatIsText) {
  const model::Finding finding =
      only(find_faults, segfault({.address = 0x72656d6f74737563,
                                  .access = AccessKind::read,
                                  .bytes = 1,
                                  .operand = "rdi",
                                  .registers = {{.name = "rdi", .value = 0x72656d6f74737563}}},
                                 "SI_KERNEL"));
  EXPECT_EQ(finding.id, "bad-pointer");
  EXPECT_NE(finding.title.find("which no address can be"), std::string::npos);
  EXPECT_TRUE(has_evidence(finding, "rdi holds the text \"customer\""));
}

TEST(Faults, FreedMemoryOfADebugBuildIsLikely) {
  const model::Finding finding =
      only(find_faults, segfault({.address = 0xdddddddddddddde5,
                                  .access = AccessKind::read,
                                  .bytes = 8,
                                  .operand = "rax + 8",
                                  .registers = {{.name = "rax", .value = 0xdddddddddddddddd}}},
                                 "SI_KERNEL"));
  EXPECT_EQ(finding.id, "use-after-free");
  EXPECT_EQ(finding.severity, Severity::likely);
  EXPECT_NE(finding.detail.find("0xdd"), std::string::npos);
  EXPECT_EQ(finding.title.find("fault"), std::string::npos);
}

TEST(Faults, WriteToReadOnlyMemory) {
  const model::Finding finding =
      only(find_faults, segfault({.address = 0x2000,
                                  .access = AccessKind::write,
                                  .area = model::MemoryArea{.begin = 0x20000, .end = 0x30000, .readable = true}},
                                 "SEGV_ACCERR"));
  EXPECT_EQ(finding.id, "null-pointer") << "the first pages are nobody's, whatever the area says";
  const model::Finding constant = only(
      find_faults,
      segfault({.address = 0x20010,
                .access = AccessKind::write,
                .area = model::MemoryArea{.begin = 0x20000, .end = 0x30000, .readable = true, .path = "/lib/libx.so"}},
               "SEGV_ACCERR"));
  EXPECT_EQ(constant.id, "write-to-read-only");
  EXPECT_TRUE(has_evidence(constant, "the mapping of /lib/libx.so (0x20000 to 0x30000, r--)"));
}

TEST(Faults, Jumps) {
  EXPECT_EQ(only(find_faults, segfault({.address = 0, .access = AccessKind::execute})).id, "null-call");
  EXPECT_EQ(only(find_faults, segfault({.address = 0x70000000, .access = AccessKind::execute})).id, "bad-jump");
}

TEST(Faults, StackOverflowWithItsRecursion) {
  model::Still still = segfault({.address = 0x10000f80, .access = AccessKind::write, .bytes = 8});
  still.crash->stack = model::StackArea{.begin = 0x10001000, .end = 0x10801000, .sp = 0x10000f90, .guard = 0x10000000};
  auto& frames = still.crash->frames;
  frames = {python_frame("/srv/app.py", 3, "<module>")};
  for (int i = 0; i < 400; ++i) {
    frames.push_back(python_frame("/srv/app.py", 12, "walk"));
    frames.push_back(native_frame("list_repr", "/lib/libpython3.12.so", 0x7000));
  }
  frames.push_back(native_frame("memcpy", "/lib/libc.so.6", 0x4000));
  const model::Finding finding = only(find_faults, still);
  EXPECT_EQ(finding.id, "stack-overflow");
  EXPECT_EQ(finding.severity, Severity::certain);
  EXPECT_EQ(finding.title,
            "Thread 101 \"Worker\" died of a stack overflow: its 8192 KiB are used up by 400 calls of walk "
            "(/srv/app.py:12) and list_repr in libpython3.12.so");
  EXPECT_TRUE(has_evidence(finding, "lies 128 bytes below the stack"));
  EXPECT_TRUE(has_evidence(finding, "it died in memcpy in libc.so.6, called from /srv/app.py:12 in walk"));
}

TEST(Faults, APointerFarFromTheStackIsNoOverflow) {
  model::Still still = segfault({.address = 0x10000f80, .access = AccessKind::write, .bytes = 8});
  still.crash->stack = model::StackArea{.begin = 0x10001000, .end = 0x10801000, .sp = 0x10700000, .guard = 0x10000000};
  EXPECT_EQ(only(find_faults, still).id, "bad-pointer");
}

TEST(Faults, FileThatBecameShorter) {
  model::Still still = died_of(SIGBUS, "SIGBUS", "BUS_ADRERR");
  still.crash->fault = model::Fault{.pc = 0x4000,
                                    .address = 0x30002000,
                                    .access = AccessKind::read,
                                    .bytes = 1,
                                    .area = model::MemoryArea{.begin = 0x30000000,
                                                              .end = 0x30004000,
                                                              .readable = true,
                                                              .path = "/data/index",
                                                              .file_offset = 0x1000,
                                                              .file_size = 4096}};
  const model::Finding finding = only(find_faults, still);
  EXPECT_EQ(finding.id, "truncated-file");
  EXPECT_EQ(finding.severity, Severity::certain);
  EXPECT_NE(finding.title.find("reading 1 byte at offset 0x3000 of the mapped file /data/index"), std::string::npos)
      << finding.title;
  still.crash->fault->area->file_size = 0x10000;
  EXPECT_EQ(only(find_faults, still).severity, Severity::likely) << "it is long enough now: something else may be true";
  still.crash->fault->area->file_size.reset();
  EXPECT_FALSE(only(find_faults, still).detail.empty());
  still.crash->fault->area->path.reset();
  EXPECT_EQ(only(find_faults, still).id, "bad-pointer");
}

TEST(Faults, Division) {
  model::Still still = died_of(SIGFPE, "SIGFPE", "FPE_INTDIV");
  still.crash->fault = model::Fault{.pc = 0x4000, .registers = {{.name = "esi", .value = 0}}};
  EXPECT_NE(only(find_faults, still).title.find("died dividing an integer by zero, in strlen"), std::string::npos);
  still.crash->fault->registers.front().value = 0xffffffff;
  EXPECT_NE(only(find_faults, still).title.find("whose result does not fit"), std::string::npos);
}

TEST(Faults, Instructions) {
  model::Still still = died_of(SIGILL, "SIGILL", "ILL_ILLOPN");
  still.crash->fault = model::Fault{.pc = 0x4000, .instruction = "ud2", .trap = true};
  EXPECT_EQ(only(find_faults, still).id, "trap");
  still.crash->fault = model::Fault{.pc = 0x4000, .instruction = "vaddpd zmm0, zmm1, zmm2", .wide = true};
  EXPECT_EQ(only(find_faults, still).id, "illegal-instruction");
  EXPECT_NE(only(find_faults, still).advice.front().find("newer processor"), std::string::npos);
}

}  // namespace
}  // namespace stillframe::diagnose
