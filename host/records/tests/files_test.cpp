#include "base/hash.hpp"
#include "base/json.hpp"
#include "records/files/file_keeper.hpp"
#include "records/files/file_references.hpp"
#include "records/undo.hpp"
#include "records/views.hpp"
#include "scratch_host.hpp"

#include <boost/json/value.hpp>

#include <array>

namespace mortise::host {
namespace {

constexpr const char* types = R"json([
{ "name": "letter", "title_field": "subject", "fields": [
  { "name": "subject", "kind": "text" },
  { "name": "scan", "kind": "file" } ] },
{ "name": "drawer", "title_field": "label", "fields": [
  { "name": "label", "kind": "text" },
  { "name": "content", "kind": "file", "required": true } ] }
])json";

class FilesTest : public testing::Test {
protected:
    void SetUp() override
    {
        const auto declared = parse_type_declarations(*parse_json(types, "types"), "", "");
        ASSERT_TRUE(declared) << declared.error().message;
        ASSERT_TRUE(m_host.records->declare("com.test.mail", *declared));
        m_files = std::make_unique<FileKeeper>(
            *m_host.database, *m_host.writer, *m_host.records, *m_host.blobs, m_host.clock
        );
    }

    /// What handing in gives.
    Value put(std::string_view contents, const Principal& by, std::string name = "offer.pdf")
    {
        auto writer = m_host.blobs->begin(1'000'000);
        EXPECT_TRUE(writer->write(contents));
        const auto kept = writer->finish(file_claimant(by));
        EXPECT_TRUE(kept) << kept.error().message;
        return Map{
            {"digest", kept->digest}, {"name", std::move(name)}, {"size", 1}, {"type", "Application/PDF"}
        };
    }

    Result<Id> make(const char* type, Map values, const Principal& by)
    {
        CallContext context = ScratchHost::system();
        context.principal = by;
        UnitOfWork unit;
        unit.changes.push_back(
            {.operation = Operation::create,
             .type = type,
             .id = {},
             .version = {},
             .values = std::move(values)}
        );
        MORTISE_TRY(const Commit commit, m_host.records->commit(context, unit));
        return commit.ids.front();
    }
    Result<void> set(Id id, Value scan, const Principal& by)
    {
        CallContext context = ScratchHost::system();
        context.principal = by;
        UnitOfWork unit;
        unit.changes.push_back(
            {.operation = Operation::update,
             .type = "letter",
             .id = id,
             .version = {},
             .values = {{"scan", std::move(scan)}}}
        );
        MORTISE_CHECK(m_host.records->commit(context, unit));
        return {};
    }

    std::string contents(Id id, const Principal& by)
    {
        const auto file = m_files->open(by, "letter", id, "scan");
        if (!file) return file.error().key;
        std::string text(static_cast<std::size_t>(file->size), ' ');
        EXPECT_EQ(*file->contents.read_at(0, text), text.size());
        return text;
    }

    static Principal person(std::int64_t id, RowScope scope)
    {
        return {.user = Id{id}, .user_name = "p" + std::to_string(id), .scope = scope, .plugin = nullptr};
    }
    static Principal plugin(const std::string& id, std::vector<std::string> permissions)
    {
        Principal principal{.user_name = {}, .scope = RowScope::all, .plugin = nullptr};
        principal.plugin = std::make_shared<PluginGrants>(id, std::move(permissions));
        return principal;
    }
    static std::string key(const auto& result) { return result ? "" : result.error().key; }

    ScratchHost m_host;
    std::unique_ptr<FileKeeper> m_files;
    const Principal m_anna = person(7, RowScope::all);
    const Principal m_bert = person(8, RowScope::own);
};

TEST_F(FilesTest, AreReadAsTheyWereHandedIn)
{
    const auto letter = make("letter", {{"subject", "offer"}, {"scan", put("%PDF offer", m_anna)}}, m_anna);
    ASSERT_TRUE(letter) << letter.error().message;
    EXPECT_EQ(contents(*letter, m_anna), "%PDF offer");
    const auto file = m_files->open(m_anna, "letter", *letter, "scan");
    EXPECT_EQ(file->name, "offer.pdf");
    EXPECT_EQ(file->type, "application/pdf");
    const auto row = m_host.records->get(m_anna, "letter", *letter);
    EXPECT_EQ(row->values[1]["size"], 10) << "what the contents have, not what was said";
    Views views{*m_host.database, *m_host.records};
    auto rows = views.query(
        m_anna, {.sql = "SELECT scan, scan_name, scan_size, scan_type FROM letter WHERE scan_size > 5"}
    );
    ASSERT_TRUE(rows) << rows.error().message;
    ASSERT_TRUE(*rows->step());
    EXPECT_EQ(rows->value(0), hex(sha256("%PDF offer")));
    EXPECT_EQ(rows->value(1), "offer.pdf");
    EXPECT_EQ(rows->value(2), 10);
    EXPECT_EQ(rows->value(3), "application/pdf");
    EXPECT_EQ(contents(Id{*letter}, m_bert), "records.not_found") << "the record's rights are the file's";
}

TEST_F(FilesTest, AreNobodysByTheirDigestAlone)
{
    const Value annas = put("%PDF offer", m_anna);
    ASSERT_TRUE(make("letter", {{"scan", annas}}, m_anna));
    const auto stolen = make("letter", {{"scan", annas}}, m_bert);
    ASSERT_FALSE(stolen);
    EXPECT_EQ(stolen.error().key, "records.unknown_file");
    EXPECT_EQ(stolen.error().where, "scan");
    Map never = *annas.as<Map>();
    never.set("digest", std::string(64, 'a'));
    const auto made_up = make("letter", {{"scan", never}}, m_bert);
    ASSERT_FALSE(made_up);
    std::string same = made_up.error().message; // does not tell whether there is such a file
    same.replace(same.find(std::string(64, 'a')), 64, std::string{annas["digest"].text()});
    EXPECT_EQ(same, stolen.error().message);
    const Principal other = plugin("com.other", {});
    EXPECT_EQ(key(make("letter", {{"scan", annas}}, other)), "access.permission_missing");
    const Principal writer = plugin("com.writer", {"letters.write"});
    EXPECT_EQ(key(make("letter", {{"scan", annas}}, writer)), "records.unknown_file");
    const Principal reader = plugin("com.reader", {"letters.read", "letters.write"});
    EXPECT_EQ(key(make("letter", {{"scan", annas}}, reader)), "") << "who may read it may refer to it";
    put("%PDF offer", m_bert);
    EXPECT_EQ(key(make("letter", {{"scan", annas}}, m_bert)), "") << "whoever has the same contents";
}

TEST_F(FilesTest, MayBeHadAgainByTheRecordThatHadThem)
{
    const Value first = put("first", m_bert);
    const auto letter = make("letter", {{"scan", first}}, m_bert);
    ASSERT_TRUE(letter);
    const Value second = put("second", m_bert);
    ASSERT_TRUE(set(*letter, second, m_bert));
    m_host.blobs = *BlobStore::open(m_host.path() / "blobs", m_host.path() / "run"); // claims are forgotten
    m_host.records->set_blobs(m_host.blobs.get());
    EXPECT_EQ(key(set(*letter, first, m_bert)), "") << "it was there before";
    const auto other = make("letter", {{"subject", "other"}}, m_bert);
    EXPECT_EQ(key(set(*other, second, m_bert)), "records.unknown_file") << "not in this one";
}

TEST_F(FilesTest, HaveANameATypeAndADigest)
{
    const auto refused = [&](Map changes) {
        Map value = *put("x", m_anna).as<Map>();
        for (const auto& [name, changed] : changes)
            value.set(name, changed);
        const auto made = make("letter", {{"scan", value}}, m_anna);
        return made ? std::string{} : made.error().key + " " + made.error().where;
    };
    EXPECT_EQ(refused({}), "");
    for (const char* name : {"", "a/b", "..", "a\\b", "new\nline"})
        EXPECT_EQ(refused({{"name", name}}), "records.wrong_value scan") << name;
    EXPECT_EQ(refused({{"name", std::string(256, 'n')}}), "records.wrong_value scan");
    for (const char* type : {"pdf", "a/b/c", "text/plain; charset=utf-8", "/"})
        EXPECT_EQ(refused({{"type", type}}), "records.wrong_value scan") << type;
    EXPECT_EQ(refused({{"digest", "ABC"}}), "records.wrong_value scan");
    EXPECT_EQ(refused({{"digest", {}}}), "records.wrong_value scan");
    EXPECT_EQ(key(make("letter", {{"scan", "offer.pdf"}}, m_anna)), "records.wrong_value");
    EXPECT_EQ(key(make("drawer", {{"label", "empty"}}, m_anna)), "records.required");
}

TEST_F(FilesTest, AreNotDeclaredAsWhatTheyCannotBe)
{
    for (const char* extra : {R"("unique": true)", R"("searchable": true)", R"("default": {})"}) {
        const std::string text
            = R"([{"name": "x", "fields": [{"name": "f", "kind": "file", )" + std::string{extra} + "}]}]";
        EXPECT_FALSE(parse_type_declarations(*parse_json(text, "types"), "", "")) << extra;
    }
}

TEST_F(FilesTest, AreCollectedADayAfterTheLastRecordForgotThem)
{
    const auto day_later = [&] {
        m_host.clock.set(Instant{system_clock_source().now().microseconds + FileKeeper::grace_us + 60'000'000}
        );
    };
    const Value kept = put("kept", m_anna);
    const Value former = put("former", m_anna);
    const Value deleted = put("deleted", m_anna);
    const Value never = put("never", m_anna);
    const auto letter = make("letter", {{"scan", former}}, m_anna);
    ASSERT_TRUE(set(*letter, kept, m_anna));
    const auto gone = make("letter", {{"scan", deleted}}, m_anna);
    ASSERT_TRUE(m_host.commit(
        {.operation = Operation::remove, .type = "letter", .id = *gone, .version = {}, .values = {}}
    ));
    m_host.clock.set(system_clock_source().now());
    EXPECT_EQ(m_files->collect()->files, 0U) << "who hands one in has a day";
    day_later();
    const auto collected = m_files->collect();
    ASSERT_TRUE(collected) << collected.error().message;
    EXPECT_EQ(collected->files, 1U);
    EXPECT_EQ(collected->bytes, 5U);
    const auto is_there
        = [&](const Value& file) { return m_host.blobs->size_of(file["digest"].text()).has_value(); };
    EXPECT_FALSE(is_there(never));
    EXPECT_TRUE(is_there(kept) && is_there(former) && is_there(deleted)) << "undo needs them";
}

TEST_F(FilesTest, AreLookedAtByVerify)
{
    const Value scan = put("%PDF offer", m_anna);
    ASSERT_TRUE(make("letter", {{"scan", scan}}, m_anna));
    put("never used", m_anna);
    const auto check = [&] {
        const ReadLease reader = m_host.database->read();
        auto found = verify_files(*reader, *m_host.records->schema(), *m_host.blobs, {});
        EXPECT_TRUE(found);
        return found ? *std::move(found) : DatabaseCheck{};
    };
    EXPECT_EQ(check().looked_at, 1U);
    EXPECT_EQ(check().wrong, 0U);
    ASSERT_EQ(check().findings.size(), 1U) << "one that nobody refers to";
    const std::string digest{scan["digest"].text()};
    const std::filesystem::path path = m_host.path() / "blobs" / digest.substr(0, 2) / digest;
    std::filesystem::resize_file(path, 3);
    EXPECT_EQ(check().wrong, 1U);
    std::filesystem::remove(path);
    EXPECT_EQ(check().wrong, 1U);
    EXPECT_NE(check().findings.front().find(digest), std::string::npos);
    EXPECT_EQ(
        m_files->open(m_anna, "letter", m_host.records->list(m_anna, "letter", {})->rows[0].id, "scan")
            .error()
            .key,
        "blobs.missing"
    );
}

TEST_F(FilesTest, ComeBackWithAnUndo)
{
    const auto letter = make("letter", {{"scan", put("first", m_bert)}}, m_bert);
    CallContext context = ScratchHost::system();
    context.principal = m_bert;
    UnitOfWork clear;
    clear.changes.push_back(
        {.operation = Operation::update,
         .type = "letter",
         .id = *letter,
         .version = {},
         .values = {{"scan", Value{}}}}
    );
    const auto cleared = m_host.records->commit(context, clear);
    ASSERT_TRUE(cleared) << cleared.error().message;
    EXPECT_EQ(contents(*letter, m_bert), "records.no_file");
    m_host.blobs = *BlobStore::open(m_host.path() / "blobs", m_host.path() / "run"); // claims are forgotten
    m_host.records->set_blobs(m_host.blobs.get());
    m_files = std::make_unique<FileKeeper>(
        *m_host.database, *m_host.writer, *m_host.records, *m_host.blobs, m_host.clock
    );
    Undo undo{*m_host.database, *m_host.records};
    const auto undone = undo.commits(context, std::array{cleared->number}, UndoForce::no);
    ASSERT_TRUE(undone) << undone.error().message;
    EXPECT_EQ(undone->records, 1U);
    EXPECT_EQ(contents(*letter, m_bert), "first");
}

} // namespace
} // namespace mortise::host
