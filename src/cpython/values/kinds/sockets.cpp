// Sockets and select.epoll. The addresses of a socket are the kernel's business, not in the process's memory.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "cpython/values/attributes.h"
#include "cpython/values/c_members.h"
#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/machine_numbers.h"

namespace stillframe::cpython {
namespace {

// PySocketSockObject in Modules/socketmodule.h.
struct SocketMembers {
  std::int32_t fd, family, type, protocol;
  Address error_handler;
  std::int64_t timeout;  // nanoseconds; 2.7: a double, seconds; below zero: none
};

using Name = std::pair<std::int32_t, std::string_view>;
constexpr std::array<Name, 12> kFamilies{{{0, "AF_UNSPEC"},
                                          {1, "AF_UNIX"},
                                          {2, "AF_INET"},
                                          {4, "AF_IPX"},
                                          {5, "AF_APPLETALK"},
                                          {10, "AF_INET6"},
                                          {16, "AF_NETLINK"},
                                          {17, "AF_PACKET"},
                                          {29, "AF_CAN"},
                                          {31, "AF_BLUETOOTH"},
                                          {38, "AF_ALG"},
                                          {40, "AF_VSOCK"}}};
constexpr std::array<Name, 5> kTypes{
    {{1, "SOCK_STREAM"}, {2, "SOCK_DGRAM"}, {3, "SOCK_RAW"}, {4, "SOCK_RDM"}, {5, "SOCK_SEQPACKET"}}};

// As str() of an enum's member: its name to 3.10, its number from 3.11 on.
std::string text_of(Printer& out, std::span<const Name> names, std::string_view of, std::int32_t number) {
  const auto found = std::ranges::find(names, number, &Name::first);
  if (found == names.end() || !out.objects().dialect().reprs.socket_enums_by_names) {
    return fmt::format("{}", number);
  }
  return fmt::format("{}.{}", of, found->second);
}

std::optional<double> timeout_of(const Printer& out, const SocketMembers& socket) {
  const double seconds = out.objects().dialect().library.timeout_is_double ? std::bit_cast<double>(socket.timeout)
                                                                           : static_cast<double>(socket.timeout) / 1e9;
  return seconds >= 0 ? std::optional(seconds) : std::nullopt;
}

// socket_repr() of Lib/socket.py.
void put_python_socket(Printer& out, const Instance& object, const SocketMembers& socket) {
  const bool closed = Fields(out, object).truth("_closed").value_or(false);
  out.put(fmt::format("<{}{} fd={}, family={}, type={}, proto={}", object.type.qualified, closed ? " [closed]" : "",
                      socket.fd, text_of(out, kFamilies, "AddressFamily", socket.family),
                      text_of(out, kTypes, "SocketKind", socket.type), socket.protocol));
}

bool write_socket(Printer& out, const Instance& object) {
  const auto socket = members_of<SocketMembers>(out, object);
  if (!socket || socket->fd < -1) {
    return out.fail("it cannot be read");
  }
  if (object.type.is_heap() && object.type.name != "_socket.socket" &&
      out.objects().dialect().reprs.socket_class_in_python) {
    put_python_socket(out, object, *socket);
  } else {
    out.put(fmt::format("<socket object, fd={}, family={}, type={}, {}={}", socket->fd, socket->family, socket->type,
                        out.objects().dialect().reprs.socket_protocol, socket->protocol));
  }
  if (const auto timeout = socket->fd < 0 ? std::nullopt : timeout_of(out, *socket)) {
    out.put(", timeout=" + float_text(*timeout));
  }
  out.put(">");
  return true;
}

// pyEpoll_Object in Modules/selectmodule.c.
bool write_epoll(Printer& out, const Instance& object) {
  const auto fd = members_of<std::int32_t>(out, object);
  if (!fd) {
    return out.fail("it cannot be read");
  }
  out.head(object);
  out.put(*fd < 0 ? " closed>" : fmt::format(" fd={}>", *fd));
  return true;
}

constexpr Kind kSocketKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "_socket.socket", .write = write_socket},
    {.name = "socket.socket", .write = write_socket, .python_repr = true},
    {.name = "select.epoll", .write = write_epoll},
};

}  // namespace

std::span<const Kind> socket_kinds() {
  return kSocketKinds;
}

}  // namespace stillframe::cpython
