#include "plugins/tests/plugins_fixture.hpp"

namespace mortise::host {
namespace {

class ConsentTest : public PluginsTest {
protected:
    void SetUp() override
    {
        PluginsTest::SetUp();
        enable("wire");
        m_contact = create_contact("Anna")->ids.front();
        m_point = create(
            "contact_point", {{"contact", m_contact}, {"kind", "email"}, {"value", "anna@example.com"}}
        );
        create("purpose", {{"name", "newsletter"}, {"legal_basis", "consent"}});
    }
    Id create(const char* type, Map values)
    {
        const auto made = change(
            {.operation = Operation::create,
             .type = type,
             .id = {},
             .version = {},
             .values = std::move(values)}
        );
        EXPECT_TRUE(made) << made.error().message;
        return made->ids.front();
    }
    Result<Value> send(const char* channel = "email")
    {
        return call(
            "wire.send", {{"contact", m_contact.number}, {"point", m_point.number}, {"channel", channel}}
        );
    }

    Id m_contact;
    Id m_point;
};

TEST_F(ConsentTest, APluginSendsWithATicketOnly)
{
    EXPECT_EQ(*send(), "consent.none");
    ASSERT_TRUE(
        call("consents.give", {{"contact", m_contact.number}, {"purpose", "newsletter"}, {"source", "form"}})
    );
    const auto sent = send();
    ASSERT_TRUE(sent) << sent.error().message;
    EXPECT_EQ(*sent, "sent");
    ASSERT_TRUE(call("consents.withdraw", {{"contact", m_contact.number}, {"purpose", "newsletter"}}));
    EXPECT_EQ(*send(), "consent.withdrawn");
}

TEST_F(ConsentTest, AChannelNeedsItsPermission)
{
    EXPECT_EQ(send("sms").error().code, ErrorCode::denied);
    ASSERT_TRUE(m_plugins->revoke("com.test.wire", {"send.email"}));
    const auto denied = send();
    EXPECT_EQ(denied.error().code, ErrorCode::denied);
    EXPECT_NE(denied.error().message.find("send.email"), std::string::npos) << denied.error().message;
}

TEST_F(ConsentTest, ConsentOutlivesTheHost)
{
    ASSERT_TRUE(call("consents.give", {{"contact", m_contact.number}, {"purpose", "newsletter"}}));
    close();
    open();
    EXPECT_EQ(*send(), "sent");
}

} // namespace
} // namespace mortise::host
