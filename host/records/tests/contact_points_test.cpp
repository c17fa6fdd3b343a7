#include "records/undo.hpp"
#include "scratch_host.hpp"

#include <array>

namespace mortise::host {
namespace {

class ContactPoints : public ::testing::Test {
protected:
    Commit write(Operation operation, const char* type, Id id, Map values)
    {
        auto done = host.commit(
            {.operation = operation, .type = type, .id = id, .version = {}, .values = std::move(values)}
        );
        EXPECT_TRUE(done) << done.error().message << " " << done.error().where;
        return done ? *std::move(done) : Commit{};
    }

    /// "a@x.com* b@x.com": the live points of the contact, the primary one marked.
    std::string points(Id contact, const char* kind = "email")
    {
        const auto rows
            = host.records->find(Principal::system(), "contact_point", "contact", Value{contact}, 100);
        EXPECT_TRUE(rows);
        const TypePointer type = host.records->schema()->find("contact_point");
        std::string text;
        for (const Row& row : *rows) {
            if (value_of(*type, row, "kind").text() != kind) continue;
            text += (text.empty() ? "" : " ") + std::string{value_of(*type, row, "value").text()};
            if (value_of(*type, row, "is_primary").get_or(false)) text += "*";
        }
        return text;
    }

    Id point(Id contact, std::size_t index)
    {
        const auto rows
            = host.records->find(Principal::system(), "contact_point", "contact", Value{contact}, 100);
        return rows && rows->size() > index ? rows->at(index).id : Id{};
    }

    std::string field(Id contact, const char* name)
    {
        const auto row = host.records->get(Principal::system(), "contact", contact);
        return row ? std::string{value_of(*host.records->schema()->find("contact"), *row, name).text()}
                   : "gone";
    }

    void undo(const Commit& commit)
    {
        Undo undo{*host.database, *host.records};
        const std::array numbers{commit.number};
        const auto done = undo.commits(ScratchHost::system(), numbers, UndoForce::no);
        EXPECT_TRUE(done) << done.error().message;
    }

    ScratchHost host;
};

TEST_F(ContactPoints, FollowTheAddressOfAContact)
{
    const Commit made = write(
        Operation::create,
        "contact",
        {},
        {{"name", "Ada"}, {"email", "Ada@Example.com"}, {"phone", "+43 664 1234567"}}
    );
    const Id ada = made.ids.at(0);
    EXPECT_EQ(made.ids.size(), 1U) << "what follows is not answered for";
    EXPECT_EQ(points(ada), "ada@example.com*");
    EXPECT_EQ(points(ada, "phone"), "+436641234567*");

    const Commit changed = write(Operation::update, "contact", ada, {{"email", "king@example.com"}});
    EXPECT_EQ(points(ada), "king@example.com*");
    const auto history = host.records->history(Principal::system(), "contact_point", point(ada, 0));
    ASSERT_TRUE(history);
    ASSERT_EQ(history->size(), 2U) << "the point has a history of its own";
    EXPECT_EQ(history->at(1).since, changed.number) << "of the same transaction";

    undo(changed);
    EXPECT_EQ(field(ada, "email"), "ada@example.com");
    EXPECT_EQ(points(ada), "ada@example.com*");

    write(Operation::update, "contact", ada, {{"email", nullptr}});
    EXPECT_EQ(points(ada), "");
    EXPECT_EQ(points(ada, "phone"), "+436641234567*");
    undo(made.number != 0 ? write(Operation::update, "contact", ada, {{"phone", "+43 664 7654321"}}) : made);
    EXPECT_EQ(points(ada, "phone"), "+436641234567*");
}

TEST_F(ContactPoints, GiveTheContactItsAddress)
{
    const Id ada = write(Operation::create, "contact", {}, {{"name", "Ada"}}).ids.at(0);
    write(
        Operation::create,
        "contact_point",
        {},
        {{"contact", ada}, {"kind", "email"}, {"value", "Work@Example.com"}}
    );
    EXPECT_EQ(points(ada), "work@example.com*") << "the first is the primary one";
    EXPECT_EQ(field(ada, "email"), "work@example.com");

    const Commit second = write(
        Operation::create,
        "contact_point",
        {},
        {{"contact", ada}, {"kind", "email"}, {"value", "home@example.com"}}
    );
    EXPECT_EQ(points(ada), "work@example.com* home@example.com");
    const Commit marked = write(Operation::update, "contact_point", second.ids.at(0), {{"is_primary", true}});
    EXPECT_EQ(points(ada), "work@example.com home@example.com*");
    EXPECT_EQ(field(ada, "email"), "home@example.com");
    undo(marked);
    EXPECT_EQ(points(ada), "work@example.com* home@example.com");
    EXPECT_EQ(field(ada, "email"), "work@example.com");

    write(Operation::update, "contact_point", point(ada, 0), {{"value", "office@example.com"}});
    EXPECT_EQ(field(ada, "email"), "office@example.com");
    const Commit removed = write(Operation::remove, "contact_point", point(ada, 0), {});
    EXPECT_EQ(points(ada), "home@example.com*") << "the next one follows";
    EXPECT_EQ(field(ada, "email"), "home@example.com");
    undo(removed);
    EXPECT_EQ(field(ada, "email"), "office@example.com");
    write(Operation::remove, "contact_point", point(ada, 0), {});
    write(Operation::remove, "contact_point", point(ada, 0), {});
    EXPECT_EQ(field(ada, "email"), "");
}

TEST_F(ContactPoints, KeepAnAddressThatTheContactHasAlready)
{
    const Id ada
        = write(Operation::create, "contact", {}, {{"name", "Ada"}, {"email", "a@example.com"}}).ids.at(0);
    write(
        Operation::create,
        "contact_point",
        {},
        {{"contact", ada}, {"kind", "email"}, {"value", "b@example.com"}}
    );
    write(Operation::update, "contact", ada, {{"email", "b@example.com"}});
    EXPECT_EQ(points(ada), "a@example.com b@example.com*");
}

TEST_F(ContactPoints, OfOneUnitAreTakenTogether)
{
    const auto id = host.records->reserve(1);
    UnitOfWork unit;
    unit.changes.push_back(
        {.operation = Operation::create,
         .type = "contact",
         .id = *id,
         .version = {},
         .values = {{"name", "Ada"}, {"email", "a@example.com"}}}
    );
    for (const char* address : {"b@example.com", "A@Example.com"})
        unit.changes.push_back(
            {.operation = Operation::create,
             .type = "contact_point",
             .id = {},
             .version = {},
             .values = {{"contact", *id}, {"kind", "email"}, {"value", address}}}
        );
    const auto done = host.records->commit(ScratchHost::system(), std::move(unit));
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->ids.size(), 3U);
    EXPECT_EQ(points(*id), "b@example.com a@example.com*") << "the same address is no second point";
    EXPECT_EQ(field(*id, "email"), "a@example.com");
}

TEST_F(ContactPoints, GoAndComeBackWithTheirContact)
{
    const Id ada
        = write(Operation::create, "contact", {}, {{"name", "Ada"}, {"email", "a@example.com"}}).ids.at(0);
    const Id gone = write(
                        Operation::create,
                        "contact_point",
                        {},
                        {{"contact", ada}, {"kind", "email"}, {"value", "gone@example.com"}}
    )
                        .ids.at(0);
    write(Operation::remove, "contact_point", gone, {});
    host.clock.advance(Duration{1'000'000});
    const Commit removed = write(Operation::remove, "contact", ada, {});
    EXPECT_EQ(points(ada), "");
    undo(removed);
    EXPECT_EQ(points(ada), "a@example.com*") << "and not what was deleted before";
    write(Operation::update, "contact", ada, {{"owner", Id{7}}});
    EXPECT_EQ(host.records->get(Principal::system(), "contact_point", point(ada, 0))->owner, Id{7});
}

TEST_F(ContactPoints, GoWithTheirContactsWhenMuchIsUndone)
{
    UnitOfWork unit;
    for (int i = 0; i < 400; ++i) {
        const auto id = host.records->reserve(1);
        const std::string name = "c" + std::to_string(i);
        unit.changes.push_back(
            {.operation = Operation::create,
             .type = "contact",
             .id = *id,
             .version = {},
             .values = {{"name", name}, {"email", name + "@example.com"}}}
        );
        for (const char* at : {"@example.com", "@example.org", "@example.net"})
            unit.changes.push_back(
                {.operation = Operation::create,
                 .type = "contact_point",
                 .id = {},
                 .version = {},
                 .values = {{"contact", *id}, {"kind", "email"}, {"value", name + at}}}
            );
    }
    const auto made = host.records->commit(ScratchHost::system(), std::move(unit));
    ASSERT_TRUE(made) << made.error().message;
    undo(*made);
    for (const char* type : {"contact", "contact_point"})
        EXPECT_TRUE(host.records->list(Principal::system(), type, {})->rows.empty()) << type;
}

TEST_F(ContactPoints, AreNormalisedAndChecked)
{
    const Id ada = write(Operation::create, "contact", {}, {{"name", "Ada"}}).ids.at(0);
    write(
        Operation::create,
        "contact_point",
        {},
        {{"contact", ada}, {"kind", "phone"}, {"value", "+43 664 / 123 45 67"}}
    );
    EXPECT_EQ(field(ada, "phone"), "+436641234567");
    const auto wrong
        = host.create("contact_point", {{"contact", ada}, {"kind", "email"}, {"value", "not an address"}});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().where, "value");
    write(
        Operation::create,
        "contact_point",
        {},
        {{"contact", ada}, {"kind", "email"}, {"value", "ada@bücher.example"}}
    );
    EXPECT_EQ(field(ada, "email"), "ada@xn--bcher-kva.example");
}

TEST_F(ContactPoints, HaveNoEventOfTheirOwnWhenTheContactTellsIt)
{
    const std::int64_t before = host.writer->last_event();
    write(Operation::create, "contact", {}, {{"name", "Ada"}, {"email", "a@example.com"}});
    EXPECT_EQ(host.writer->last_event(), before + 1);
}

} // namespace
} // namespace mortise::host
