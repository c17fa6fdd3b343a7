#include "commands/registry.hpp"
#include "consent/consent_book.hpp"
#include "consent/consent_commands.hpp"
#include "events/event_log.hpp"
#include "records/redirects.hpp"
#include "records/restrictions.hpp"
#include "records/tests/scratch_host.hpp"
#include "records/undo.hpp"

#include <set>
#include <thread>

namespace mortise::host {
namespace {

constexpr std::int64_t day = 86'400'000'000;

class ConsentBookTest : public testing::Test {
protected:
    void SetUp() override
    {
        open();
        m_contact = make("contact", {{"name", "Anna"}, {"time_zone", "Europe/Vienna"}});
        m_point = make(
            "contact_point", {{"contact", m_contact}, {"kind", "email"}, {"value", "anna@example.com"}}
        );
        make("purpose", {{"name", "newsletter"}, {"legal_basis", "consent"}, {"valid_days", 365}});
        make("purpose", {{"name", "invoice"}, {"legal_basis", "contract"}});
    }
    void open()
    {
        m_book
            = std::make_unique<ConsentBook>(*m_host.database, *m_host.writer, *m_host.records, m_host.clock);
        const auto opened = m_book->open();
        ASSERT_TRUE(opened) << opened.error().message;
        m_commands = std::make_unique<CommandRegistry>();
        ASSERT_TRUE(add_consent_commands(*m_commands, *m_book));
    }
    Id make(const char* type, Map values)
    {
        const auto made = m_host.create(type, std::move(values));
        EXPECT_TRUE(made) << made.error().where << ": " << made.error().message;
        return made ? made->ids.front() : Id{};
    }
    Result<Value> call(const char* command, Map arguments)
    {
        if (!arguments.contains("contact")) arguments.set("contact", m_contact.number);
        return m_commands->call(command, ScratchHost::system(), arguments);
    }
    void give(Map more = {})
    {
        more.set("purpose", "newsletter");
        const auto given = call("consents.give", std::move(more));
        ASSERT_TRUE(given) << given.error().where << ": " << given.error().message;
    }
    SendAnswer ask(std::string purpose = "newsletter", const char* plugin = "com.test.mail")
    {
        const SendRequest request{m_contact, m_point, "email", std::move(purpose)};
        const auto answers = m_book->ask(plugin, {&request, 1}, false);
        EXPECT_TRUE(answers) << answers.error().message;
        return answers->front();
    }
    std::string refusal(std::string purpose = "newsletter")
    {
        const SendAnswer answer = ask(std::move(purpose));
        EXPECT_NE(answer.refusal.has_value(), answer.ticket != 0);
        return answer.refusal ? answer.refusal->key : "allowed";
    }

    ScratchHost m_host;
    std::unique_ptr<ConsentBook> m_book;
    std::unique_ptr<CommandRegistry> m_commands;
    Id m_contact;
    Id m_point;
};

TEST_F(ConsentBookTest, LeavesTheNameTicketToARecordType)
{
    ASSERT_TRUE(m_host.writer->run([](Connection& connection) {
        return connection.execute(R"(ALTER TABLE "mt$send_ticket$" RENAME TO "mt$ticket")"
        ); // as it was called once
    }));
    open();
    TypeDeclaration ticket;
    ticket.name = "ticket";
    ticket.plural = "tickets";
    ticket.label = "Ticket";
    ticket.title_field = "title";
    ticket.fields.push_back({.name = "title", .label = "Title"});
    const auto declared = m_host.records->declare("com.test", std::vector{ticket});
    ASSERT_TRUE(declared) << declared.error().message;
    make("ticket", {{"title", "It does not print"}});
    open();
    EXPECT_EQ(refusal("invoice"), "allowed");
}

TEST_F(ConsentBookTest, GivingAndWithdrawing)
{
    EXPECT_EQ(refusal(), "consent.none");
    EXPECT_EQ(refusal("invoice"), "allowed");
    EXPECT_EQ(refusal("unheard"), "consent.no_purpose");
    give({{"pending", true}});
    EXPECT_EQ(refusal(), "consent.pending");
    give({{"source", "form"}, {"proof", Map{{"ip", "192.0.2.1"}}}});
    EXPECT_EQ(refusal(), "allowed");
    ASSERT_TRUE(call("consents.withdraw", {{"purpose", "newsletter"}}));
    EXPECT_EQ(refusal(), "consent.withdrawn");
    EXPECT_EQ(call("consents.give", {{"purpose", "unheard"}}).error().key, "consent.no_purpose");
    EXPECT_FALSE(call("consents.give", {{"purpose", "newsletter"}, {"contact", "x"}}));
}

TEST_F(ConsentBookTest, NothingIsSentToSomebodyWhoIsRestricted)
{
    const SendAnswer before = ask("invoice");
    ASSERT_NE(before.ticket, 0);
    ASSERT_TRUE(m_host.writer->run([&](Connection& connection) {
        return add_restriction(connection, {m_contact, "disputed", "user:anna", m_host.clock.now()});
    }));
    EXPECT_EQ(refusal("invoice"), "consent.restricted");
    EXPECT_NE(ask("invoice").refusal->message.find("user:anna"), std::string::npos);
    const auto redeemed = m_book->redeem("com.test.mail", before.ticket);
    ASSERT_FALSE(redeemed) << "nor with a ticket from before";
    EXPECT_EQ(redeemed.error().key, "consent.restricted");
    ASSERT_TRUE(m_host.writer->run([&](Connection& connection) {
        return remove_restriction(connection, m_contact);
    }));
    EXPECT_EQ(refusal("invoice"), "allowed");
    EXPECT_TRUE(m_book->redeem("com.test.mail", before.ticket));
}

TEST_F(ConsentBookTest, NothingIsSentToWhoWasMergedIntoSomebodyWhoIsRestricted)
{
    const SendAnswer before = ask("invoice");
    ASSERT_NE(before.ticket, 0);
    const Id survivor = make("contact", {{"name", "Anna B."}});
    ASSERT_TRUE(m_host.writer->run([&](Connection& connection) -> Result<void> {
        MORTISE_CHECK(add_redirect(connection, m_contact, survivor, Id{1}));
        return add_restriction(connection, {survivor, "disputed", "user:anna", m_host.clock.now()});
    }));
    const auto redeemed = m_book->redeem("com.test.mail", before.ticket);
    ASSERT_FALSE(redeemed);
    EXPECT_EQ(redeemed.error().key, "consent.restricted");
    EXPECT_EQ(refusal("invoice"), "consent.restricted");
}

TEST_F(ConsentBookTest, OneWordReplacesTheOtherAndStaysInTheHistory)
{
    give({{"source", "form"}, {"proof", Map{{"ip", "192.0.2.1"}}}});
    ASSERT_TRUE(call("consents.withdraw", {{"purpose", "newsletter"}, {"source", "phone"}}));
    const auto shown = call("consents.show", {});
    ASSERT_TRUE(shown) << shown.error().message;
    const auto* consents = (*shown)["consents"].as<List>();
    ASSERT_EQ(consents->size(), 1U);
    EXPECT_EQ(consents->front()["purpose_name"], "newsletter");
    EXPECT_EQ(consents->front()["state"], "withdrawn");
    const auto history
        = m_host.records->history(Principal::system(), "consent", *consents->front()["id"].as<Id>());
    ASSERT_EQ(history->size(), 2U);
    const auto type = m_host.records->schema()->find("consent");
    EXPECT_EQ(value_of(*type, history->front(), "state"), "given");
    EXPECT_EQ(value_of(*type, history->front(), "proof")["ip"], "192.0.2.1");
    EXPECT_TRUE(value_of(*type, history->back(), "proof").is_null());
}

TEST_F(ConsentBookTest, AWordCanBeTakenBack)
{
    give();
    ASSERT_TRUE(call("consents.withdraw", {{"purpose", "newsletter"}}));
    EXPECT_EQ(refusal(), "consent.withdrawn");
    EventLog log{*m_host.database};
    ASSERT_TRUE(log.open());
    Undo undo{*m_host.database, *m_host.records};
    const std::int64_t last = log.last();
    const auto undone = undo.commits(ScratchHost::system(), {&last, 1}, UndoForce::no);
    ASSERT_TRUE(undone) << undone.error().message << undone.error().details;
    EXPECT_EQ(refusal(), "allowed");
}

TEST_F(ConsentBookTest, ATimelineTellsWhatWasSaid)
{
    give();
    ASSERT_TRUE(call("consents.withdraw", {{"purpose", "newsletter"}}));
    EventLog log{*m_host.database};
    ASSERT_TRUE(log.open());
    for (const char* type : {"consent.given", "consent.withdrawn"}) {
        const auto events = log.list(Principal::system(), {.subject = m_contact, .type = type});
        ASSERT_TRUE(events) << events.error().message;
        ASSERT_EQ(events->size(), 1U) << type;
        EXPECT_EQ(Value{events->front().data}["purpose"], "newsletter");
    }
}

TEST_F(ConsentBookTest, AConsentExpires)
{
    give();
    m_host.clock.advance(Duration{365 * day - 1});
    EXPECT_EQ(refusal(), "allowed");
    m_host.clock.advance(Duration{1});
    EXPECT_EQ(refusal(), "consent.expired");
    give({{"expires", "2030-01-01T00:00:00Z"}});
    EXPECT_EQ(refusal(), "allowed");
}

TEST_F(ConsentBookTest, SuppressedAndBouncedAddressesGetNothing)
{
    EXPECT_EQ(refusal("invoice"), "allowed");
    const Id suppression = make(
        "suppression",
        {{"address", "anna@example.com"},
         {"channel", "email"},
         {"reason", "complaint"},
         {"ends", Instant{m_host.clock.now().microseconds + day}}}
    );
    EXPECT_EQ(refusal("invoice"), "consent.suppressed");
    EXPECT_EQ((*call("consents.show", {}))["suppressions"].as<List>()->front()["id"], suppression);
    m_host.clock.advance(Duration{day});
    EXPECT_EQ(refusal("invoice"), "allowed");
    ASSERT_TRUE(m_host.commit(
        {.operation = Operation::update,
         .type = "contact_point",
         .id = m_point,
         .version = {},
         .values = {{"state", "bounced"}}}
    ));
    EXPECT_EQ(refusal("invoice"), "consent.bad_point");
}

TEST_F(ConsentBookTest, APointIsOneOfTheContactForTheChannel)
{
    const Id other = make("contact", {{"name", "Bert"}});
    for (const SendRequest& request :
         {SendRequest{other, m_point, "email", "invoice"},
          SendRequest{m_contact, m_point, "sms", "invoice"},
          SendRequest{m_contact, Id{4711}, "email", "invoice"}})
        EXPECT_EQ(m_book->ask("x", {&request, 1}, false)->front().refusal->key, "consent.no_point");
    const SendRequest nobody{Id{4711}, m_point, "email", "invoice"};
    EXPECT_EQ(m_book->ask("x", {&nobody, 1}, false)->front().refusal->key, "consent.no_contact");
    EXPECT_EQ(
        call("consents.give", {{"purpose", "newsletter"}, {"channel", "sms"}, {"point", m_point.number}})
            .error()
            .key,
        "consent.no_point"
    );
}

TEST_F(ConsentBookTest, ATicketIsGoodOnceForItsPluginForAMinute)
{
    const std::int64_t ticket = ask("invoice").ticket;
    EXPECT_EQ(m_book->redeem("com.test.other", ticket).error().key, "consent.no_ticket");
    EXPECT_TRUE(m_book->redeem("com.test.mail", ticket));
    EXPECT_EQ(m_book->redeem("com.test.mail", ticket).error().key, "consent.used");
    const std::int64_t late = ask("invoice").ticket;
    m_host.clock.advance(Duration{60'000'001});
    EXPECT_EQ(m_book->redeem("com.test.mail", late).error().key, "consent.too_late");
    static_cast<void>(ask("invoice")); // sweeps
    EXPECT_EQ(m_book->redeem("com.test.mail", late).error().key, "consent.no_ticket");
}

TEST_F(ConsentBookTest, OfManyWhoRedeemATicketOneSucceeds)
{
    const std::int64_t ticket = ask("invoice").ticket;
    std::atomic<int> succeeded{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            if (m_book->redeem("com.test.mail", ticket)) ++succeeded;
        });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(succeeded, 1);
}

TEST_F(ConsentBookTest, ACapCountsWhatWasSentAndWhatMayStillBe)
{
    make(
        "purpose",
        {{"name", "offers"}, {"legal_basis", "legitimate_interest"}, {"most_messages", 2}, {"within_days", 7}}
    );
    const std::vector<SendRequest> three(3, SendRequest{m_contact, m_point, "email", "offers"});
    const auto answers = m_book->ask("com.test.mail", three, false);
    ASSERT_TRUE(answers);
    EXPECT_NE((*answers)[0].ticket, 0);
    EXPECT_NE((*answers)[1].ticket, 0);
    ASSERT_TRUE((*answers)[2].refusal);
    EXPECT_EQ((*answers)[2].refusal->key, "consent.frequency");
    ASSERT_TRUE(m_book->redeem("com.test.mail", (*answers)[0].ticket));
    m_host.clock.advance(Duration{60'000'001}); // the second lapses
    const std::int64_t second = ask("offers").ticket;
    ASSERT_TRUE(m_book->redeem("com.test.mail", second));
    m_host.clock.advance(Duration{60'000'001});
    const SendAnswer full = ask("offers");
    ASSERT_TRUE(full.refusal);
    EXPECT_EQ(
        full.refusal->again.microseconds, 1'767'225'600'000'000 + 7 * day
    ); // when the first is a week old
    m_host.clock.set(full.refusal->again);
    EXPECT_EQ(refusal("offers"), "allowed");
}

TEST_F(ConsentBookTest, AskingAloneMakesNoTicket)
{
    const auto answer = call(
        "consents.may_send", {{"point", m_point.number}, {"channel", "email"}, {"purpose", "newsletter"}}
    );
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ((*answer)["may_send"], false);
    EXPECT_EQ((*answer)["key"], "consent.none");
    give();
    EXPECT_EQ(
        (*call(
            "consents.may_send", {{"point", m_point.number}, {"channel", "email"}, {"purpose", "newsletter"}}
        ))["may_send"],
        true
    );
    EXPECT_FALSE(
        call("consents.may_send", {{"point", m_point.number}, {"channel", "fax"}, {"purpose", "newsletter"}})
    );
    const std::vector<SendRequest> many(1001, SendRequest{m_contact, m_point, "email", "invoice"});
    EXPECT_EQ(m_book->ask("x", many, true).error().key, "consent.too_many");
}

} // namespace
} // namespace mortise::host
