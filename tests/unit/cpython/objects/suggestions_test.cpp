#include "cpython/objects/suggestions.h"

#include <gtest/gtest.h>

namespace stillframe::cpython {
namespace {

using Names = std::vector<std::string>;

TEST(NearNames, TheNearestFirst) {
  const Names names{"default", "defaults", "replica", "DEFAULT", "x"};
  EXPECT_EQ(near_names("defalt", names), (Names{"default", "DEFAULT", "defaults"}));
  EXPECT_EQ(near_names("deafult", names).front(), "default");
  EXPECT_EQ(near_names("rep", names), Names{"replica"});
}

TEST(NearNames, NothingInCommonIsNotOffered) {
  EXPECT_TRUE(near_names("cache", Names{"settings", "urls", "views"}).empty());
  EXPECT_TRUE(near_names("", Names{"settings"}).empty());
  EXPECT_TRUE(near_names(std::string(500, 'a'), Names{std::string(500, 'a') + "b"}).empty());
}

TEST(NearNames, OneNameIsOfferedOnce) {
  EXPECT_EQ(near_names("nmae", Names{"name", "name"}), Names{"name"});
}

}  // namespace
}  // namespace stillframe::cpython
