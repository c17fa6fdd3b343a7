#include "base/json.hpp"
#include "records/bulk_load.hpp"
#include "records/tests/scratch_host.hpp"

#include <boost/json/value.hpp>

#include <set>

namespace mortise::host {
namespace {

std::set<std::string> indexes(ScratchHost& host)
{
    const ReadLease reader = host.database->read();
    auto select = reader->prepare("SELECT name FROM sqlite_schema WHERE type = 'index'");
    EXPECT_TRUE(select);
    std::set<std::string> names;
    while (*select->step())
        names.emplace(select->text(0));
    return names;
}

void set_aside(ScratchHost& host, const char* type_name)
{
    const TypePointer type = host.records->schema()->find(type_name);
    ASSERT_TRUE(type);
    ASSERT_TRUE(host.writer->run([&](Connection& connection) { return set_indexes_aside(connection, *type); })
    );
}

bool bring_one_back(ScratchHost& host)
{
    bool more = false;
    EXPECT_TRUE(host.writer->run([&](Connection& connection) -> Result<void> {
        MORTISE_TRY(more, bring_back_index(connection));
        return {};
    }));
    return more;
}

bool has_note(ScratchHost& host)
{
    const ReadLease reader = host.database->read();
    const auto noted = has_indexes_aside(*reader);
    EXPECT_TRUE(noted);
    return noted && *noted;
}

Result<void> declare(ScratchHost& host, const std::string& json)
{
    MORTISE_TRY(const auto parsed, parse_json(json, "types"));
    MORTISE_TRY(const auto types, parse_type_declarations(parsed, "/types", ""));
    MORTISE_CHECK(host.records->declare("test.plugin", types));
    return {};
}

TEST(BulkLoad, SetsAsideWhatServesSpeedAlone)
{
    ScratchHost host;
    const std::set<std::string> before = indexes(host);
    set_aside(host, "contact");
    const std::set<std::string> meanwhile = indexes(host);
    for (const char* gone :
         {"mt$contact.name", "mt$contact.name$key", "mt$contact.email", "mt$contact_point.value"}) {
        EXPECT_TRUE(before.contains(gone)) << gone;
        EXPECT_FALSE(meanwhile.contains(gone)) << gone;
    }
    for (const char* kept :
         {"mt$contact.organisation",
          "mt$contact_point.contact",
          "mt$identity.constraint.identity_taken",
          "mt$identity.value"}) {
        EXPECT_TRUE(meanwhile.contains(kept)) << kept;
    }
    EXPECT_TRUE(has_note(host));

    std::size_t made = 0;
    while (bring_one_back(host)) {
        ++made;
        EXPECT_TRUE(has_note(host)) << "until all are there";
    }
    EXPECT_EQ(made, before.size() - meanwhile.size());
    EXPECT_EQ(indexes(host), before);
    EXPECT_FALSE(has_note(host));
    EXPECT_FALSE(bring_one_back(host)) << "nothing is aside";
}

TEST(BulkLoad, NothingIsMissingAfterTheNextStart)
{
    ScratchHost host;
    const std::set<std::string> before = indexes(host);
    ASSERT_TRUE(host.create("contact", {{"name", "Ada"}, {"email", "ada@example.com"}}));
    set_aside(host, "contact");
    ASSERT_TRUE(bring_one_back(host));
    host.close();
    host.open();
    EXPECT_EQ(indexes(host), before);
    EXPECT_FALSE(has_note(host));
    EXPECT_EQ(host.records->find(Principal::system(), "contact", "email", "ada@example.com", 2)->size(), 1U);
}

TEST(BulkLoad, KeepsWhatIsUnique)
{
    ScratchHost host;
    ASSERT_TRUE(declare(
        host, R"([{"name": "thing", "plural": "things", "title_field": "code", "fields": [
        {"name": "code", "kind": "text", "unique": true}, {"name": "colour", "kind": "text", "indexed": true}]}])"
    ));
    set_aside(host, "thing");
    EXPECT_FALSE(indexes(host).contains("mt$thing.colour"));
    ASSERT_TRUE(host.create("thing", {{"code", "a"}, {"colour", "red"}}));
    const auto second = host.create("thing", {{"code", "a"}});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().key, "records.not_unique");
    EXPECT_EQ(host.records->find(Principal::system(), "thing", "colour", "red", 2)->size(), 1U);
}

TEST(BulkLoad, BringsBackWhatIsDeclaredThen)
{
    ScratchHost host;
    const auto thing = [](const char* colour, const char* size) {
        return std::string{R"([{"name": "thing", "plural": "things", "title_field": "colour", "fields": [
            {"name": "colour", "kind": "text", "indexed": )"}
        + colour + R"(}, {"name": "size", "kind": "text", "indexed": )" + size + "}]}]";
    };
    ASSERT_TRUE(declare(host, thing("true", "false")));
    set_aside(host, "thing");
    ASSERT_TRUE(declare(host, thing("false", "true")));
    while (bring_one_back(host)) { }
    EXPECT_FALSE(indexes(host).contains("mt$thing.colour"));
    EXPECT_TRUE(indexes(host).contains("mt$thing.size"));
}

} // namespace
} // namespace mortise::host
