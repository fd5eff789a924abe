#include "binary/instruction.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

#include "binary/byte_builder.h"

#if defined(__x86_64__)

namespace stillframe::binary {
namespace {

constexpr std::uint64_t kRax = 0;
constexpr std::uint64_t kRcx = 2;
constexpr std::uint64_t kRsi = 4;
constexpr std::uint64_t kRdi = 5;

std::optional<Instruction> decode(std::vector<std::uint8_t> code, const RegisterSet& registers = {}) {
  return decode_instruction(std::as_bytes(std::span(code)), 0x1000, registers);
}

RegisterSet with(std::initializer_list<std::pair<std::uint64_t, std::uint64_t>> values) {
  RegisterSet registers;
  for (const auto& [number, value] : values) {
    registers.set(number, value);
  }
  return registers;
}

TEST(Instruction, Load) {
  const auto load = decode({0x48, 0x8b, 0x47, 0x10}, with({{kRdi, 0x2000}}));  // mov rax, [rdi+0x10]
  ASSERT_TRUE(load);
  EXPECT_EQ(load->text, "mov rax, qword ptr [rdi + 0x10]");
  EXPECT_EQ(load->length, 4U);
  ASSERT_EQ(load->memory.size(), 1U);
  const MemoryOperand& operand = load->memory.front();
  EXPECT_EQ(operand.text, "rdi + 0x10");
  EXPECT_EQ(operand.size, 8U);
  EXPECT_TRUE(operand.read);
  EXPECT_FALSE(operand.written);
  EXPECT_EQ(operand.address, 0x2010U);
  ASSERT_EQ(operand.registers.size(), 1U);
  EXPECT_EQ(operand.registers.front().name, "rdi");
  EXPECT_EQ(operand.registers.front().value, 0x2000U);
}

TEST(Instruction, StoreWithIndexAndNegativeOffset) {
  const auto store = decode({0x89, 0x54, 0x88, 0xfc}, with({{kRax, 0x100}, {kRcx, 3}}));  // mov [rax+rcx*4-4], edx
  ASSERT_TRUE(store);
  ASSERT_EQ(store->memory.size(), 1U);
  EXPECT_EQ(store->memory.front().text, "rax + rcx*4 - 0x4");
  EXPECT_TRUE(store->memory.front().written);
  EXPECT_FALSE(store->memory.front().read);
  EXPECT_EQ(store->memory.front().address, 0x108U);
}

TEST(Instruction, StoresOfVectorsWithAMaskWrite) {
  const auto store = decode({0x62, 0xe1, 0x7f, 0x49, 0x7f, 0x00});  // vmovdqu8 [rax]{k1}, zmm16
  ASSERT_TRUE(store);
  ASSERT_EQ(store->memory.size(), 1U);
  EXPECT_TRUE(store->memory.front().written);
  EXPECT_FALSE(store->memory.front().read);
  EXPECT_TRUE(store->memory.front().masked);
  EXPECT_TRUE(store->wide);
}

TEST(Instruction, ComparisonsIntoMasks) {
  const auto compare = decode({0x62, 0xf3, 0x7d, 0x20, 0x3f, 0x07, 0x00, 0xc5}, with({{kRdi, 0x2000}}));
  ASSERT_TRUE(compare);
  EXPECT_EQ(compare->text, "vpcmpb k0, ymm16, ymmword ptr [rdi], 0");
  EXPECT_EQ(compare->length, 7U);
  EXPECT_TRUE(compare->wide);
  ASSERT_EQ(compare->memory.size(), 1U);
  EXPECT_TRUE(compare->memory.front().read);
  EXPECT_FALSE(compare->memory.front().written);
  EXPECT_FALSE(compare->memory.front().masked);
  EXPECT_EQ(compare->memory.front().size, 32U);
  EXPECT_EQ(compare->memory.front().address, 0x2000U);
  // vpcmpub k1{k2}, zmm1, [rax+rcx*2+0x40], 4: a displacement of one byte counts in operands
  const auto far = decode({0x62, 0xf3, 0x75, 0x4a, 0x3e, 0x4c, 0x48, 0x01, 0x04}, with({{kRax, 0x100}, {kRcx, 8}}));
  ASSERT_TRUE(far && far->memory.size() == 1);
  EXPECT_EQ(far->text, "vpcmpub k1, zmm1, zmmword ptr [rax + rcx*2 + 0x40], 4");
  EXPECT_EQ(far->memory.front().address, 0x150U);
  EXPECT_TRUE(far->memory.front().masked);
  EXPECT_FALSE(decode({0x62, 0xf3, 0x7d, 0x20, 0x3f, 0x07})) << "its last byte is missing";
}

TEST(Instruction, UnknownRegistersGiveNoAddress) {
  const auto load = decode({0x48, 0x8b, 0x47, 0x10});
  ASSERT_TRUE(load && load->memory.size() == 1);
  EXPECT_FALSE(load->memory.front().address);
  const auto local = decode({0x64, 0x48, 0x8b, 0x04, 0x25, 0x10, 0, 0, 0});  // mov rax, fs:[0x10]
  ASSERT_TRUE(local && local->memory.size() == 1);
  EXPECT_FALSE(local->memory.front().address) << "it counts from the thread pointer";
}

TEST(Instruction, CallsAndPushesWriteBelowTheStackPointer) {
  const auto push = decode({0x55}, with({{kStackPointer, 0x8000}}));
  ASSERT_TRUE(push && push->memory.size() == 1);
  EXPECT_EQ(push->memory.front().address, 0x7ff8U);
  EXPECT_TRUE(push->memory.front().written);
  const auto call = decode({0xe8, 0, 0, 0, 0}, with({{kStackPointer, 0x8000}}));
  ASSERT_TRUE(call && call->memory.size() == 1);
  EXPECT_EQ(call->memory.front().address, 0x7ff8U);
}

TEST(Instruction, AddressesThatAreOnlyComputedAreNotTouched) {
  const auto lea = decode({0x48, 0x8d, 0x3d, 0x10, 0, 0, 0});  // lea rdi, [rip+0x10]
  ASSERT_TRUE(lea);
  EXPECT_TRUE(lea->memory.empty());
}

TEST(Instruction, Divisions) {
  const auto divide = decode({0xf7, 0xfe}, with({{kRsi, 0xffffffff00000000}}));  // idiv esi
  ASSERT_TRUE(divide && divide->divisor);
  EXPECT_EQ(divide->divisor->name, "esi");
  EXPECT_EQ(divide->divisor->value, 0U) << "only the low half divides";
}

TEST(Instruction, Traps) {
  EXPECT_TRUE(decode({0x0f, 0x0b})->traps);  // ud2
  EXPECT_TRUE(decode({0xcc})->traps);
  EXPECT_FALSE(decode({0x90})->traps);
  EXPECT_FALSE(decode({0x06})) << "no instruction of x86-64";
  EXPECT_FALSE(decode({}));
}

KnownValues known(std::vector<std::uint8_t> code, std::uint64_t pc, bool called = true) {
  return known_values(std::as_bytes(std::span(code)), 0x1000, pc, called);
}

TEST(KnownValues, ArgumentsThatAreKept) {
  // push rbp; mov rbp, rsi; push rbx; mov rbx, rdi; call 0; nop
  const std::vector<std::uint8_t> code{0x55, 0x48, 0x89, 0xf5, 0x53, 0x48, 0x89, 0xfb, 0xe8, 0, 0, 0, 0, 0x90};
  const auto before = known(code, 0x1008);
  EXPECT_EQ(before[6].argument, 1U);
  EXPECT_EQ(before[3].argument, 0U);
  EXPECT_EQ(before[kRdi].argument, 0U);
  const auto behind = known(code, 0x100d);
  EXPECT_EQ(behind[6].argument, 1U);
  EXPECT_FALSE(behind[kRdi].argument) << "the call may have changed it";
  const auto inside = known(code, 0x1002);
  EXPECT_FALSE(inside[kRdi].argument) << "no instruction begins there";
  EXPECT_FALSE(known(code, 0x1008, false)[kRdi].argument) << "it was jumped into: that may be anything";
}

TEST(KnownValues, AddressesInTheCode) {
  // lea rsi, [rip+0x10]; nop
  EXPECT_EQ(known({0x48, 0x8d, 0x35, 0x10, 0, 0, 0, 0x90}, 0x1007)[kRsi].address, 0x1017U);
  // lea rsi, [rip+0x10]; xor esi, esi; nop
  EXPECT_FALSE(known({0x48, 0x8d, 0x35, 0x10, 0, 0, 0, 0x31, 0xf6, 0x90}, 0x1009)[kRsi].address);
}

TEST(KnownValues, NothingWhereAnotherWayLeads) {
  // je +7; lea rsi, [rip+0x10]; nop: the nop is reached with two values of rsi
  const std::vector<std::uint8_t> code{0x74, 0x07, 0x48, 0x8d, 0x35, 0x10, 0, 0, 0, 0x90, 0x90};
  EXPECT_FALSE(known(code, 0x1009)[kRsi].address);
  EXPECT_FALSE(known(code, 0x100a)[kRsi].address);
  // lea rsi, [rip+0x10]; nop; jmp rax: it may lead to the nop
  EXPECT_FALSE(known({0x48, 0x8d, 0x35, 0x10, 0, 0, 0, 0x90, 0xff, 0xe0}, 0x1007)[kRsi].address);
  // jmp +0; nop
  EXPECT_FALSE(known({0xeb, 0x00, 0x90}, 0x1002)[kRdi].argument);
  EXPECT_FALSE(known({}, 0x1000)[kRdi].address);
}

TEST(Instruction, AnyBytesAreDecodedOrNot) {
  std::mt19937 random(1);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same every time
  RegisterSet registers;
  for (std::uint64_t i = 0; i < kUnwindRegisters; ++i) {
    registers.set(i, i << 60U);
  }
  std::size_t decoded = 0;
  for (std::uint64_t round = 0; round < 20'000; ++round) {
    std::vector<std::uint8_t> code(1 + random() % 15);
    for (auto& byte : code) {
      byte = static_cast<std::uint8_t>(random());
    }
    const auto found = decode(code, registers);
    decoded += found ? 1 : 0;
    EXPECT_TRUE(!found || found->length <= code.size());
    static_cast<void>(known(code, 0x1000 + round % 16));
  }
  EXPECT_GT(decoded, 5'000U);
}

}  // namespace
}  // namespace stillframe::binary

#endif
