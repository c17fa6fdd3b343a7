#include "base/collator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace mortise::host {
namespace {

std::vector<std::string> sorted(const Collator& collator, std::vector<std::string> texts)
{
    std::ranges::sort(texts, {}, [&](const std::string& text) { return *collator.sort_key(text); });
    return texts;
}

TEST(Collator, SortsAsPeopleDo)
{
    const auto root = Collator::create("");
    ASSERT_TRUE(root);
    EXPECT_EQ(
        sorted(*root, {"Zebra", "apple", "äpple", "banana", "Apple"}),
        (std::vector<std::string>{"apple", "Apple", "äpple", "banana", "Zebra"})
    );
}

TEST(Collator, FollowsTheLocale)
{
    const auto swedish = Collator::create("sv");
    const auto german = Collator::create("de");
    ASSERT_TRUE(swedish && german);
    EXPECT_EQ(sorted(*swedish, {"ö", "z", "a"}), (std::vector<std::string>{"a", "z", "ö"}));
    EXPECT_EQ(sorted(*german, {"ö", "z", "a"}), (std::vector<std::string>{"a", "ö", "z"}));
    EXPECT_NE(swedish->version(), german->version());
}

TEST(Collator, MakesKeysOfLongTextAndNone)
{
    const auto root = Collator::create("");
    EXPECT_EQ(*root->sort_key(std::string(5000, 'x')), *root->sort_key(std::string(5000, 'x')));
    EXPECT_LT(*root->sort_key(""), *root->sort_key("a"));
    EXPECT_LT(*root->sort_key(std::string(4000, 'x')), *root->sort_key(std::string(4000, 'x') + "y"));
}

TEST(Collator, RefusesBadLocalesAndText)
{
    EXPECT_FALSE(Collator::create("not a locale!"));
    EXPECT_FALSE(Collator::create("../etc"));
    EXPECT_FALSE(Collator::create("")->sort_key("\xff"));
}

} // namespace
} // namespace mortise::host
