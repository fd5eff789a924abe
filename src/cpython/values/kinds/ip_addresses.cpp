// ipaddress: IPv4Address, IPv4Interface, IPv4Network.
#include <fmt/format.h>

#include "cpython/values/attributes.h"
#include "cpython/values/kind_lists.h"

namespace stillframe::cpython {
namespace {

// An attribute that holds an int, wherever the version keeps it: `_ip` is a slot, `_prefixlen` is in the __dict__.
std::optional<std::uint64_t> number(Printer& out, const Instance& object, std::string_view name) {
  constexpr std::uint64_t kMost = 16;  // there are five
  for (const Attribute& one : attributes_of(out.objects(), object.address, object.type, kMost).list) {
    if (one.name == name) {
      return out.objects().integer(one.value);
    }
  }
  return std::nullopt;
}

// Lib/ipaddress.py, _BaseV4._string_from_ip_int(); nothing for numbers that are no address.
std::optional<std::string> dotted(std::optional<std::uint64_t> ip) {
  if (!ip || *ip > 0xFFFFFFFFU) {
    return std::nullopt;
  }
  return fmt::format("{}.{}.{}.{}", *ip >> 24U, (*ip >> 16U) & 0xFFU, (*ip >> 8U) & 0xFFU, *ip & 0xFFU);
}

// __repr__() names the class that the object has, which may be one of the program's own.
bool write_address(Printer& out, const Instance& object) {
  const auto text = dotted(number(out, object, "_ip"));
  if (!text) {
    return out.fail("it holds no address");
  }
  out.put(fmt::format("{}('{}')", object.type.name, *text));
  return true;
}

bool write_with_prefix(Printer& out, const Instance& object, std::optional<std::uint64_t> ip) {
  const auto text = dotted(ip);
  const auto bits = number(out, object, "_prefixlen");
  if (!text || !bits || *bits > 32) {
    return out.fail("it holds no address with a prefix");
  }
  out.put(fmt::format("{}('{}/{}')", object.type.name, *text, *bits));
  return true;
}

bool write_interface(Printer& out, const Instance& object) {
  return write_with_prefix(out, object, number(out, object, "_ip"));
}

// A network has its address as an object of its own.
bool write_network(Printer& out, const Instance& object) {
  constexpr std::uint64_t kMost = 16;
  for (const Attribute& one : attributes_of(out.objects(), object.address, object.type, kMost).list) {
    const Type* type = one.name == "network_address" ? out.types().of(one.value) : nullptr;
    if (type != nullptr) {
      return write_with_prefix(out, object, number(out, {.address = one.value, .type = *type}, "_ip"));
    }
  }
  return out.fail("it holds no address");
}

constexpr Kind kIpAddressKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "ipaddress.IPv4Address", .write = write_address, .python_repr = true},
    {.name = "ipaddress.IPv4Interface", .write = write_interface, .python_repr = true},
    {.name = "ipaddress.IPv4Network", .write = write_network, .python_repr = true},
};

}  // namespace

std::span<const Kind> ip_address_kinds() {
  return kIpAddressKinds;
}

}  // namespace stillframe::cpython
