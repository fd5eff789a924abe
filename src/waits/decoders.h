// What the arguments of a system call say of a wait: the parts that several calls share, and the longer ones.
#pragma once

#include <array>
#include <cstdint>

#include "waits/argument_memory.h"
#include "waits/system_call_wait.h"

namespace stillframe::waits {

// A call with its arguments as what they are.
struct Call {
  const std::array<std::uint64_t, 6>& arguments;
  const ArgumentMemory& memory;

  [[nodiscard]] Address address(std::size_t i) const { return arguments.at(i); }
  [[nodiscard]] std::uint64_t number(std::size_t i) const { return arguments.at(i); }
  // The kernel looks at the lower half only.
  [[nodiscard]] int integer(std::size_t i) const {
    return static_cast<int>(static_cast<std::uint32_t>(arguments.at(i)));
  }
};

void add_file(Wait& wait, int fd, bool to_read, bool to_write);
// Milliseconds, snapshot: for ever.
void set_milliseconds(Wait& wait, int value);
void set_timespec(const Call& call, std::size_t argument, Wait& wait);
void set_deadline(const Call& call, std::size_t argument, int clock, Wait& wait);
void decode_poll(const Call& call, Wait& wait);
void decode_select(const Call& call, Wait& wait);
void decode_futex(const Call& call, Wait& wait);
void decode_fcntl(const Call& call, Wait& wait);
void decode_wait4(const Call& call, Wait& wait);
void decode_waitid(const Call& call, Wait& wait);
void decode_clone(std::uint64_t flags, Wait& wait);
void decode_epoll(const Call& call, Wait& wait);
void await_message(std::size_t timeout, const Call& call, Operation operation, Wait& wait);

}  // namespace stillframe::waits
