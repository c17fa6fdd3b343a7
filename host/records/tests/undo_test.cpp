#include "records/undo.hpp"
#include "scratch_host.hpp"

namespace mortise::host {
namespace {

Change change(Operation operation, Id id, Map values = {})
{
    return {.operation = operation, .type = "contact", .id = id, .version = {}, .values = std::move(values)};
}

std::string name_of_contact(ScratchHost& host, Id id)
{
    const auto row = host.records->get(Principal::system(), "contact", id, true);
    return row ? std::string{value_of(*host.records->schema()->find("contact"), *row, "name").text()} : "";
}

TEST(Undo, TakesBackAnUpdateAndNothingElse)
{
    ScratchHost host;
    Undo undo{*host.database, *host.records};
    const Id id = host.create("contact", {{"name", "Ada"}, {"job_title", "Countess"}})->ids[0];
    const auto renamed = host.commit(change(Operation::update, id, {{"name", "Eve"}}));
    ASSERT_TRUE(host.commit(change(Operation::update, id, {{"job_title", "Programmer"}})));
    const auto outcome = undo.commits(ScratchHost::system(), std::span{&renamed->number, 1}, UndoForce::no);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->records, 1U);
    EXPECT_EQ(name_of_contact(host, id), "Ada");
    const auto row = host.records->get(Principal::system(), "contact", id);
    EXPECT_EQ(value_of(*host.records->schema()->find("contact"), *row, "job_title"), Value{"Programmer"})
        << "a later edit is kept";
}

TEST(Undo, ListsWhatStandsInTheWay)
{
    ScratchHost host;
    Undo undo{*host.database, *host.records};
    const Id id = host.create("contact", {{"name", "Ada"}})->ids[0];
    const auto renamed = host.commit(change(Operation::update, id, {{"name", "Eve"}, {"nickname", "E"}}));
    ASSERT_TRUE(host.commit(change(Operation::update, id, {{"name", "Mallory"}})));
    const auto refused = undo.commits(ScratchHost::system(), std::span{&renamed->number, 1}, UndoForce::no);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    EXPECT_NE(refused.error().details.find("\"name\""), std::string::npos);
    EXPECT_EQ(name_of_contact(host, id), "Mallory");
    const auto forced = undo.commits(ScratchHost::system(), std::span{&renamed->number, 1}, UndoForce::yes);
    ASSERT_TRUE(forced);
    EXPECT_EQ(name_of_contact(host, id), "Mallory");
    const auto row = host.records->get(Principal::system(), "contact", id);
    EXPECT_TRUE(value_of(*host.records->schema()->find("contact"), *row, "nickname").is_null());
}

TEST(Undo, WritesNothingInADryRunAndTellsWhatStandsInTheWay)
{
    ScratchHost host;
    Undo undo{*host.database, *host.records};
    const Id id = host.create("contact", {{"name", "Ada"}})->ids[0];
    const auto renamed = host.commit(change(Operation::update, id, {{"name", "Eve"}, {"nickname", "E"}}));
    CallContext dry = ScratchHost::system();
    dry.dry_run = true;
    const auto free = undo.commits(dry, std::span{&renamed->number, 1}, UndoForce::no);
    ASSERT_TRUE(free) << free.error().message;
    EXPECT_EQ(free->records, 1U);
    EXPECT_TRUE(free->commits.empty());
    EXPECT_EQ(name_of_contact(host, id), "Eve") << "nothing was taken back";
    ASSERT_TRUE(host.commit(change(Operation::update, id, {{"name", "Mallory"}})));
    const auto blocked = undo.commits(dry, std::span{&renamed->number, 1}, UndoForce::no);
    ASSERT_TRUE(blocked) << blocked.error().message;
    ASSERT_EQ(blocked->conflicts.size(), 1U);
    EXPECT_EQ(blocked->conflicts[0].field, "name");
    EXPECT_EQ(name_of_contact(host, id), "Mallory");
}

TEST(Undo, TakesBackCreationsAndDeletions)
{
    ScratchHost host;
    Undo undo{*host.database, *host.records};
    const auto made = host.create("contact", {{"name", "Ada"}});
    const Id id = made->ids[0];
    const auto deleted = host.commit(change(Operation::remove, id));
    ASSERT_TRUE(undo.commits(ScratchHost::system(), std::span{&deleted->number, 1}, UndoForce::no));
    EXPECT_TRUE(host.records->get(Principal::system(), "contact", id));
    const auto not_latest = undo.commits(ScratchHost::system(), std::span{&made->number, 1}, UndoForce::no);
    EXPECT_FALSE(not_latest) << "the record has a history since";
    const auto other = host.create("contact", {{"name", "Eve"}});
    ASSERT_TRUE(undo.commits(ScratchHost::system(), std::span{&other->number, 1}, UndoForce::no));
    EXPECT_FALSE(host.records->get(Principal::system(), "contact", other->ids[0]));
    const std::int64_t unknown = 4711;
    EXPECT_EQ(
        undo.commits(ScratchHost::system(), std::span{&unknown, 1}, UndoForce::no).error().code,
        ErrorCode::not_found
    );
}

TEST(Undo, TakesBackSeveralCommitsOfOneRecord)
{
    ScratchHost host;
    Undo undo{*host.database, *host.records};
    const auto made = host.create("contact", {{"name", "Ada"}});
    const Id id = made->ids[0];
    const auto first = host.commit(change(Operation::update, id, {{"name", "B"}}));
    const auto second = host.commit(change(Operation::update, id, {{"name", "C"}}));
    const std::vector<std::int64_t> both{first->number, second->number};
    ASSERT_TRUE(undo.commits(ScratchHost::system(), both, UndoForce::no));
    EXPECT_EQ(name_of_contact(host, id), "Ada");
}

} // namespace
} // namespace mortise::host
