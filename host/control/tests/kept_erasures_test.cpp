#include "control/host.hpp"
#include "control/temporary_folder.hpp"
#include "merging/merging.hpp"
#include "privacy/erasure_ledger.hpp"
#include "records/audit/audit_log.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace mortise::host {
namespace {

CallContext system_context()
{
    CallContext context;
    context.principal = Principal::system();
    return context;
}

/// A host that comes up over a folder whose database or list of erasures is not what it was.
class KeptErasures : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(Host::init(data));
        open();
    }

    void open()
    {
        host.reset();
        auto opened = Host::open({.folder = data});
        ASSERT_TRUE(opened) << opened.error().message;
        host = *std::move(opened);
        database = host->source().substr(std::string_view{"mortise:"}.size());
    }

    ErasedContact contact(const std::string& name)
    {
        UnitOfWork unit;
        unit.changes.push_back(
            {.operation = Operation::create,
             .type = "contact",
             .id = {},
             .version = {},
             .values = {{"kind", "person"}, {"name", name}}}
        );
        const auto made = host->records().commit(system_context(), unit);
        EXPECT_TRUE(made) << made.error().message;
        const auto row = host->records().get(Principal::system(), "contact", made->ids.front());
        EXPECT_TRUE(row) << row.error().message;
        return {made->ids.front(), row->created_at};
    }

    Value name_of(const ErasedContact& contact)
    {
        const auto row = host->records().get(Principal::system(), "contact", contact.id, true);
        EXPECT_TRUE(row) << row.error().message;
        return row ? value_of(*host->records().schema()->find("contact"), *row, "name") : Value{};
    }

    /// While no host has it.
    void name(const ErasedContact& contact)
    {
        host.reset();
        auto ledger = ErasureLedger::open(DataFolder{data}.erasures());
        ASSERT_TRUE(ledger) << ledger.error().message;
        ASSERT_TRUE(ledger->add({{database, {contact}, Instant{1}}}));
    }

    void execute(const std::string& sql)
    {
        ASSERT_TRUE(host->writer().run([&](Connection& connection) { return connection.execute(sql); }));
    }

    TemporaryFolder temporary = *TemporaryFolder::create();
    std::filesystem::path data = temporary.path() / "data";
    std::unique_ptr<Host> host;
    std::string database; ///< its id
};

TEST_F(KeptErasures, AreLookedAtWhenSomethingChangedAndNotAtEachStart)
{
    ErasedContact other = contact("zqxother");
    ++other.created.microseconds; // nobody yet
    name(other);
    open();
    EXPECT_EQ(name_of(other), Value{"zqxother"});
    execute(
        R"(UPDATE "mt$contact" SET created_at = created_at + 1 WHERE id = )" + std::to_string(other.id.number)
    );
    open();
    EXPECT_EQ(name_of(other), Value{"zqxother"}) << "list and erasures are as they were: nobody looks";
    execute(R"(DELETE FROM "mt$meta" WHERE name = 'erasures_together')");
    open();
    EXPECT_EQ(name_of(other), Value{}) << "an older host has left no note";
}

TEST_F(KeptErasures, OfAListThatWasPutThereAreApplied)
{
    const ErasedContact gone = contact("zqxgone");
    const ErasedContact stays = contact("zqxstays");
    open();
    name(gone);
    open();
    EXPECT_EQ(name_of(gone), Value{});
    EXPECT_EQ(name_of(stays), Value{"zqxstays"});
    host.reset();
    std::filesystem::remove(DataFolder{data}.erasures());
    open();
    EXPECT_EQ(read_whole_ledger(DataFolder{data}.erasures())->size(), 1U) << "the database knows";
}

TEST_F(KeptErasures, AreToldInTheTrailWithThoseWhoWentAlong)
{
    const ErasedContact one = contact("zqxone");
    const ErasedContact two = contact("zqxtwo");
    ASSERT_TRUE(host->merging().merge(system_context(), {.survivor = one.id, .losers = {two.id}}));
    name(two);
    open();
    EXPECT_EQ(name_of(one), Value{});
    const ReadLease reader = host->database().read();
    const auto entries = list_audit(*reader, {.kind = "erasures.applied_again"});
    ASSERT_TRUE(entries) << entries.error().message;
    ASSERT_EQ(entries->size(), 1U);
    const boost::json::value detail = boost::json::parse(entries->front().detail);
    EXPECT_EQ(detail.at("applied").as_int64(), 1);
    EXPECT_EQ(detail.at("with_others").at(0).as_string(), std::to_string(one.id.number));
}

} // namespace
} // namespace mortise::host
