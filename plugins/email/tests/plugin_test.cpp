// The built plugin in the test kit: what it does for whoever uses it, through the contract alone.
#include <mortise/testkit.hpp>

#include <gtest/gtest.h>

namespace mortise::testkit {
namespace {

TEST(EmailPlugin, Starts)
{
    Kit kit{MORTISE_PLUGIN_FOLDER};
    const auto answer = kit.call(
        "email.ingest",
        {{"text", "From: Ann <ann@example.com>\nTo: us@example.org\nSubject: Hi\nMessage-ID: <1@x>\n\nHello\n"
        }}
    );
    ASSERT_TRUE(answer);
    EXPECT_EQ((*answer)["result"], Value{"stored"});
    EXPECT_EQ(kit.list("contact").size(), 1U);
}

} // namespace
} // namespace mortise::testkit
