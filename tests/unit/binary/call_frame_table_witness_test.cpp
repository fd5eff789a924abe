// What libdw says of real libraries is what must be said here.
#include <dlfcn.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>

#include "binary/call_frame_table.h"
#include "binary/loaded_file.h"

namespace stillframe::binary {
namespace {

constexpr Address kWitnessBase = testing::LoadedFile::kBase;

// With what libdw knows of it.
class LibdwFile : public testing::LoadedFile {
 public:
  explicit LibdwFile(const std::string& path) : LoadedFile(path), cfi_(dwarf_getcfi_elf(elf())) {}
  LibdwFile(const LibdwFile&) = delete;
  LibdwFile& operator=(const LibdwFile&) = delete;
  LibdwFile(LibdwFile&&) = delete;
  LibdwFile& operator=(LibdwFile&&) = delete;
  ~LibdwFile() { dwarf_cfi_end(cfi_); }

  // libdw's row at an address as linked; null where it has none.
  [[nodiscard]] std::unique_ptr<Dwarf_Frame, decltype(&free)> frame_at(Address linked) const {
    Dwarf_Frame* frame = nullptr;
    if (dwarf_cfi_addrframe(cfi_, linked, &frame) != 0) {
      frame = nullptr;
    }
    return {frame, &free};
  }

  [[nodiscard]] bool usable() const { return elf() != nullptr && cfi_ != nullptr && code_end > code_begin; }

 private:
  Dwarf_CFI* cfi_;
};

void expect_same_cfa(const UnwindRow& row, Dwarf_Frame* frame) {
  Dwarf_Op* ops = nullptr;
  std::size_t count = 0;
  ASSERT_EQ(dwarf_frame_cfa(frame, &ops, &count), 0);
  if (row.cfa_is_expression) {
    ASSERT_GE(count, 1U);
    EXPECT_EQ(ops[0].atom, std::to_integer<unsigned>(row.cfa_expression[0]));
    return;
  }
  ASSERT_EQ(count, 1U);
  ASSERT_EQ(ops[0].atom, DW_OP_bregx);
  EXPECT_EQ(ops[0].number, row.cfa_register);
  EXPECT_EQ(static_cast<std::int64_t>(ops[0].number2), row.cfa_offset);
}

void expect_same_rule(const RegisterRule& rule, Dwarf_Frame* frame, std::size_t number) {
  std::array<Dwarf_Op, 3> memory{};
  Dwarf_Op* ops = nullptr;
  std::size_t count = 0;
  ASSERT_EQ(dwarf_frame_register(frame, static_cast<int>(number), memory.data(), &ops, &count), 0);
  switch (rule.kind) {
    case RuleKind::unspecified:
      // libdw adds the convention: the caller's stack pointer is the CFA, others are lost or the same.
      EXPECT_TRUE(count == 0 || number == kStackPointer);
      break;
    case RuleKind::undefined:
      EXPECT_TRUE(count == 0 && ops != nullptr);
      break;
    case RuleKind::same_value:
      EXPECT_TRUE(count == 0 && ops == nullptr);
      break;
    case RuleKind::at_offset:
      ASSERT_GE(count, 1U);
      EXPECT_EQ(ops[0].atom, DW_OP_call_frame_cfa);
      EXPECT_EQ(count == 1 ? 0 : static_cast<std::int64_t>(ops[1].number), rule.value);
      break;
    default:
      EXPECT_GE(count, 1U);
  }
}

// Compares some thousand addresses; returns how many of them had a row.
int compare(const std::string& path) {
  const LibdwFile file(path);
  EXPECT_TRUE(file.usable()) << path;
  const auto image = ElfImage::at(file.memory, kWitnessBase);
  const auto table = image ? CallFrameTable::in_image(file.memory, *image) : nullptr;
  if (!file.usable() || !table) {
    return 0;
  }
  constexpr Address kPlaces = 4000;
  int found = 0;
  const Address step = (file.code_end - file.code_begin) / kPlaces | 1U;
  for (Address linked = file.code_begin; linked < file.code_end && !::testing::Test::HasFailure(); linked += step) {
    SCOPED_TRACE(path + " at " + std::to_string(linked));
    const auto row = table->row_at(kWitnessBase + linked);
    const auto frame = file.frame_at(linked);
    EXPECT_EQ(row.has_value(), frame != nullptr);
    if (!row || !frame) {
      continue;
    }
    ++found;
    Dwarf_Addr begin = 0;
    Dwarf_Addr end = 0;
    bool signal = false;
    EXPECT_EQ(dwarf_frame_info(frame.get(), &begin, &end, &signal), static_cast<int>(row->return_register));
    EXPECT_EQ(row->signal_frame, signal);
    expect_same_cfa(*row, frame.get());
    for (std::size_t number = 0; number < kUnwindRegisters; ++number) {
      expect_same_rule(row->registers[number], frame.get(), number);
    }
  }
  return found;
}

std::string path_of(const void* function) {
  Dl_info info{};
  return dladdr(function, &info) != 0 ? info.dli_fname : "";
}

TEST(CallFrameTableWitness, AgreesWithLibdwAboutLibc) {
  EXPECT_GT(compare(path_of(reinterpret_cast<const void*>(&getppid))), 2000);
}

TEST(CallFrameTableWitness, AgreesWithLibdwAboutPython) {
#if defined(__x86_64__)
  EXPECT_GT(compare("/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0"), 2000);
#else
  EXPECT_GT(compare("/usr/lib/aarch64-linux-gnu/libpython3.11.so.1.0"), 2000);
#endif
}

// The kernel's frame of a signal handler has rules that are expressions.
TEST(CallFrameTableWitness, AgreesWithLibdwAboutEverySignalFrameOfLibc) {
  const LibdwFile file(path_of(reinterpret_cast<const void*>(&getppid)));
  ASSERT_TRUE(file.usable());
  const auto table = CallFrameTable::in_image(file.memory, *ElfImage::at(file.memory, kWitnessBase));
  int signals = 0;
  for (Address linked = file.code_begin; linked < file.code_end; linked += 4) {
    const auto row = table->row_at(kWitnessBase + linked);
    if (row && row->signal_frame) {
      ++signals;
      expect_same_cfa(*row, file.frame_at(linked).get());
    }
  }
#if defined(__x86_64__)
  EXPECT_GT(signals, 0);  // aarch64 has it in the vDSO
#endif
}

}  // namespace
}  // namespace stillframe::binary
