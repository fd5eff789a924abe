#include <gtest/gtest.h>

#include "cpython/every_layout.h"
#include "cpython/values/printer.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

class EveryLayoutIpAddresses : public testing::EveryLayout {
 protected:
  // A class of the module ipaddress whose instances keep their attributes in a __dict__.
  Address instance(std::string_view name, const std::vector<std::pair<Address, Address>>& attributes) {
    const Address of = python.python_class(name);
    python.set(of, layout.type.dict, python.dict({{python.text("__module__"), python.text("ipaddress")}}));
    python.set(of, layout.type.dictoffset, std::int64_t{128});
    const Address at = python.object(of);
    python.memory.put(at + 128, python.dict(attributes));
    return at;
  }
  Address address(std::uint64_t number) {
    return instance("IPv4Address", {{python.text("_ip"), python.integer(number)}});
  }
  std::string written(Address object) {
    const ValueLimits limits;
    const Redaction nothing = Redaction::none();
    return Printer(objects, types, limits, nothing).write(object).text;
  }

  Types types{objects};
};
SF_EVERY_LAYOUT(EveryLayoutIpAddresses);

TEST_P(EveryLayoutIpAddresses, AsReprWritesThem) {
  EXPECT_EQ(written(address(0xC0000201)), "IPv4Address('192.0.2.1')");
  EXPECT_EQ(written(instance("IPv4Interface", {{python.text("_ip"), python.integer(0xFFFFFFFF)},
                                               {python.text("_prefixlen"), python.integer(24)}})),
            "IPv4Interface('255.255.255.255/24')");
  EXPECT_EQ(written(instance("IPv4Network", {{python.text("network_address"), address(0)},
                                             {python.text("_prefixlen"), python.integer(0)}})),
            "IPv4Network('0.0.0.0/0')");
}

TEST_P(EveryLayoutIpAddresses, WhatMakesNoSenseSaysSo) {
  EXPECT_TRUE(written(address(std::uint64_t{1} << 32U)).starts_with("<unreadable: ipaddress.IPv4Address at 0x"));
  EXPECT_TRUE(written(instance("IPv4Address", {})).ends_with("it holds no address>"));
  EXPECT_TRUE(
      written(instance("IPv4Network", {{python.text("network_address"), Address{24}}})).ends_with("no address>"));
  EXPECT_TRUE(written(instance("IPv4Interface", {{python.text("_ip"), python.integer(1)},
                                                 {python.text("_prefixlen"), python.integer(33)}}))
                  .ends_with("it holds no address with a prefix>"));
}

}  // namespace
}  // namespace stillframe::cpython
