#include "cpython/values/redaction.h"

#include <gtest/gtest.h>

namespace stillframe::cpython {
namespace {

TEST(Redaction, HidesTheUsualNamesInAnyCase) {
  const Redaction usual = Redaction::usual();
  for (const char* name : {"password", "DB_PASSWORD", "'api_key'", "authToken", "client_secret", "Authorization"}) {
    EXPECT_TRUE(usual.hides(name)) << name;
  }
  for (const char* name : {"", "user", "pass_count", "key", "tok"}) {
    EXPECT_FALSE(usual.hides(name)) << name;
  }
}

TEST(Redaction, HidesWhatWasAdded) {
  Redaction redaction = Redaction::none();
  EXPECT_FALSE(redaction.hides("iban"));
  redaction.add("IBAN");
  redaction.add("card*number");
  EXPECT_TRUE(redaction.hides("customer_iban"));
  EXPECT_TRUE(redaction.hides("card_number"));
  EXPECT_TRUE(redaction.hides("'credit card serial number'"));
  EXPECT_FALSE(redaction.hides("card"));
  EXPECT_FALSE(redaction.hides("password"));
}

}  // namespace
}  // namespace stillframe::cpython
