#include "base/words.hpp"
#include "records/search/search.hpp"
#include "scratch_host.hpp"

#include <fstream>

namespace mortise::host {
namespace {

using Words = std::vector<std::string>;

TEST(SearchWords, AreFoldedAndCut)
{
    EXPECT_EQ(
        words_of("Müller-Lüdenscheidt, O'Brien & Söhne 2"),
        (Words{"muller", "ludenscheidt", "o", "brien", "sohne", "2"})
    );
    EXPECT_EQ(
        joined_words_of("Müller-Lüdenscheidt, O'Brien & Söhne A.B.C."),
        (Words{"mullerludenscheidt", "obrien", "abc"})
    );
    EXPECT_EQ(words_of("山田太郎"), (Words{"山", "田", "太", "郎"}));
    EXPECT_EQ(words_of("  --  "), Words{});
    EXPECT_EQ(words_of("a\" OR {scope} : b* NEAR("), (Words{"a", "or", "scope", "b", "near"}));
}

class Searching : public ::testing::Test {
protected:
    void SetUp() override { open(); }
    void TearDown() override { close(); }

    void open()
    {
        search = std::make_unique<Search>(*host.database, *host.records);
        search->start(file(), host.writer->last_event());
    }
    void close() { search.reset(); }
    std::filesystem::path file() const { return host.database->file().parent_path() / "search.db"; }
    /// Its log included.
    bool file_holds(std::string_view text) const
    {
        for (const char* end : {"", "-wal"}) {
            std::ifstream bytes{file().native() + end, std::ios::binary};
            const std::string all{std::istreambuf_iterator<char>{bytes}, {}};
            if (all.find(text) != std::string::npos) return true;
        }
        return false;
    }

    Id add(Map values, const char* type = "contact")
    {
        const auto made = host.create(type, std::move(values));
        EXPECT_TRUE(made) << made.error().message;
        return made ? made->ids[0] : Id{};
    }

    Words find(const char* text, const Principal& principal = Principal::system(), const char* type = "")
    {
        search->notify(host.writer->last_event());
        const auto answer = search->run(
            principal, {.text = text, .type = type, .limit = 20, .wait = std::chrono::seconds{30}}
        );
        EXPECT_TRUE(answer) << answer.error().message;
        Words titles;
        if (!answer) return titles;
        EXPECT_EQ(answer->status.behind, 0);
        for (const SearchHit& hit : answer->hits)
            titles.push_back(hit.title);
        return titles;
    }

    static Principal person(std::int64_t id)
    {
        return {.user = Id{id}, .user_name = "u", .scope = RowScope::own, .plugin = nullptr};
    }

    ScratchHost host;
    std::unique_ptr<Search> search;
};

TEST_F(Searching, FindsWordsByTheirBeginningWithoutAccentsAndCase)
{
    add({{"name", "Zoë Kowalska"}});
    add({{"name", "Jean-Luc O'Brien"}});
    for (const char* text : {"zoe", "ZOË", "kow", "kowalska zo", "zoe kowal", "zo"})
        EXPECT_EQ(find(text), (Words{"Zoë Kowalska"})) << text;
    for (const char* text : {"obri", "o'brien", "jeanluc", "luc", "jean-l", "brien jean"})
        EXPECT_EQ(find(text), (Words{"Jean-Luc O'Brien"})) << text;
    for (const char* text : {"owalska", "zoe obrien", "zoex", "\"", "*", "zoe AND"})
        EXPECT_EQ(find(text), Words{}) << text;
}

TEST_F(Searching, PutsTheBestFirst)
{
    add({{"name", "Bert Anders"}});
    add({{"name", "Andersson & Co"}});
    add({{"name", "Someone"}, {"note", "knows Anders well"}});
    add({{"name", "Anders"}});
    add({{"name", "Anders Berg"}});
    EXPECT_EQ(find("anders"), (Words{"Anders", "Anders Berg", "Andersson & Co", "Bert Anders", "Someone"}));
}

TEST_F(Searching, TellsWhereItFound)
{
    add({{"name", "Someone"}, {"note", "knows Anders well"}});
    ASSERT_EQ(find("anders"), (Words{"Someone"}));
    const auto answer = search->run(Principal::system(), {.text = "anders"});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->hits.at(0).field, "note");
    EXPECT_EQ(answer->hits.at(0).text, "knows Anders well");
}

TEST_F(Searching, FollowsChanges)
{
    const Id ada = add({{"name", "Ada Lovelace"}});
    EXPECT_EQ(find("lovel"), (Words{"Ada Lovelace"}));
    ASSERT_TRUE(host.commit(
        {.operation = Operation::update,
         .type = "contact",
         .id = ada,
         .version = {},
         .values = {{"name", "Ada King"}}}
    ));
    EXPECT_EQ(find("lovel"), Words{});
    EXPECT_EQ(find("king"), (Words{"Ada King"}));
    ASSERT_TRUE(host.commit(
        {.operation = Operation::remove, .type = "contact", .id = ada, .version = {}, .values = {}}
    ));
    EXPECT_EQ(find("king"), Words{});
    ASSERT_TRUE(host.commit(
        {.operation = Operation::restore, .type = "contact", .id = ada, .version = {}, .values = {}}
    ));
    EXPECT_EQ(find("king"), (Words{"Ada King"}));
}

TEST_F(Searching, ShowsAScopedPersonNothingOfOthers)
{
    const Id ada = add(
        {{"name", "Ada Lovelace"},
         {"owner", Id{8}},
         {"email", "ada.lovelace@example.com"},
         {"phone", "+436641234567"}}
    );
    add({{"name", "Adam Smith"}, {"owner", Id{7}}, {"email", "adam.smith@example.com"}});
    EXPECT_EQ(find("ada"), (Words{"Ada Lovelace", "Adam Smith"}));
    EXPECT_EQ(find("ada", person(7)), (Words{"Adam Smith"}));
    for (const char* text : {"lovel", "ada.lovelace@example.com", "+43664123", "ada.lo"})
        EXPECT_EQ(find(text, person(7)), Words{}) << text;
    EXPECT_EQ(find("ada.lo", person(8)), (Words{"Ada Lovelace"}));
    ASSERT_TRUE(host.commit(
        {.operation = Operation::update,
         .type = "contact",
         .id = ada,
         .version = {},
         .values = {{"owner", Id{7}}}}
    ));
    EXPECT_EQ(find("lovel", person(8)), Words{});
    EXPECT_EQ(find("lovel", person(7)), (Words{"Ada Lovelace"}));
}

TEST_F(Searching, AnswersAScopedPersonAtOnceFromWhatIsTheirsEvenIfTheIndexIsBehind)
{
    const Id ada = add({{"name", "Ada Lovelace"}, {"owner", Id{7}}});
    ASSERT_EQ(find("lovel", person(7)), (Words{"Ada Lovelace"}));
    search->stop(); // what follows is not indexed
    ASSERT_TRUE(host.commit(
        {.operation = Operation::update,
         .type = "contact",
         .id = ada,
         .version = {},
         .values = {{"owner", Id{8}}}}
    ));
    const auto answer = search->run(person(7), {.text = "lovel"});
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->hits.empty()) << "rights are those of now, not of the index";
}

TEST_F(Searching, ShowsAPluginTheTypesItMayRead)
{
    add({{"name", "Ada"}});
    Principal plugin = Principal::system();
    plugin.plugin = std::make_shared<PluginGrants>("acme.x", std::vector<std::string>{"relations.read"});
    EXPECT_EQ(find("ada", plugin), Words{});
    const auto answer = search->run(plugin, {.text = "ada", .type = "contact"});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::denied);
}

TEST_F(Searching, FindsAddressesAndNumbersByTheirBeginning)
{
    add({{"name", "Ada"}, {"email", "Ada.King99@Example.com"}, {"phone", "+43 664 1234567"}});
    add({{"name", "Other"}, {"email", "other@example.org"}, {"phone", "+43 664 7654321"}});
    for (const char* text : {"ada.king99@ex", "ada.king9", "+43 664 123", "0043 664123", "+436641234567"})
        EXPECT_EQ(find(text), (Words{"Ada"})) << text;
    EXPECT_EQ(find("+43664").size(), 2U);
}

TEST_F(Searching, SearchesOneTypeOrAll)
{
    const TypeDeclaration task{
        .name = "task",
        .plural = "tasks",
        .label = "Task",
        .title_field = "title",
        .extends = false,
        .fields = {Field{.name = "title", .searchable = true}, Field{.name = "hidden"}}
    };
    ASSERT_TRUE(host.records->declare("acme", std::span{&task, 1}));
    add({{"title", "Call Ada"}, {"hidden", "secret"}}, "task");
    add({{"name", "Ada"}});
    EXPECT_EQ(find("ada"), (Words{"Ada", "Call Ada"}));
    EXPECT_EQ(find("ada", Principal::system(), "task"), (Words{"Call Ada"}));
    EXPECT_EQ(find("ada", Principal::system(), "contacts"), (Words{"Ada"}));
    EXPECT_EQ(find("secret"), Words{});
    const auto unsearched = search->run(Principal::system(), {.text = "x", .type = "import"});
    ASSERT_FALSE(unsearched);
    EXPECT_EQ(unsearched.error().key, "search.type");
    EXPECT_FALSE(search->run(Principal::system(), {.text = "   "}));
}

TEST_F(Searching, ReadsATypeAnewWhenAFieldBecomesSearchable)
{
    TypeDeclaration task{
        .name = "task",
        .plural = "tasks",
        .label = "Task",
        .title_field = "title",
        .extends = false,
        .fields = {Field{.name = "title", .searchable = true}, Field{.name = "place"}}
    };
    ASSERT_TRUE(host.records->declare("acme", std::span{&task, 1}));
    add({{"title", "Meet"}, {"place", "Vienna"}}, "task");
    EXPECT_EQ(find("vienna"), Words{});
    task.fields[1].searchable = true;
    ASSERT_TRUE(host.records->declare("acme", std::span{&task, 1}));
    EXPECT_EQ(find("vienna"), (Words{"Meet"}));
}

TEST_F(Searching, CatchesUpAfterItWasAway)
{
    add({{"name", "Before"}});
    EXPECT_EQ(find("before"), (Words{"Before"}));
    close();
    add({{"name", "Meanwhile"}});
    open();
    EXPECT_EQ(find("meanw"), (Words{"Meanwhile"}));
    EXPECT_EQ(find("before"), (Words{"Before"}));
}

TEST_F(Searching, IsMadeAnewWhenItsFileIsLostOrDamaged)
{
    add({{"name", "Ada"}});
    EXPECT_EQ(find("ada"), (Words{"Ada"}));
    close();
    std::filesystem::remove(file());
    open();
    EXPECT_EQ(find("ada"), (Words{"Ada"}));
    close();
    std::ofstream{file(), std::ios::binary} << std::string(20'000, 'x');
    open();
    EXPECT_EQ(find("ada"), (Words{"Ada"}));
}

TEST_F(Searching, IsMadeAnewWhenItIsOfAnotherDatabase)
{
    add({{"name", "Ada"}});
    EXPECT_EQ(find("ada"), (Words{"Ada"}));
    close();
    ScratchHost other;
    ASSERT_TRUE(other.create("contact", {{"name", "Eve"}}));
    Search its{*other.database, *other.records};
    its.start(file(), other.writer->last_event());
    const auto answer = its.run(Principal::system(), {.text = "eve", .wait = std::chrono::seconds{30}});
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->hits.size(), 1U);
    EXPECT_TRUE(its.run(Principal::system(), {.text = "ada"})->hits.empty());
    its.stop();
    open();
}

TEST_F(Searching, LeavesNothingInItsFileOfWhatItWasMadeOfBefore)
{
    for (int i = 0; i < 200; ++i)
        add({{"name", "Zqxmarker " + std::to_string(i)}});
    find("zqxmarker");
    close();
    ASSERT_TRUE(file_holds("zqxmarker")) << "planted";
    ScratchHost other;
    Search its{*other.database, *other.records};
    its.start(file(), other.writer->last_event());
    ASSERT_TRUE(its.index().wait_until_fresh(std::chrono::seconds{30}));
    its.stop();
    EXPECT_FALSE(file_holds("zqxmarker"));
    open();
}

TEST_F(Searching, GoesOnForgettingWhenItWasEndedBefore)
{
    add({{"name", "Ada"}});
    find("ada");
    close();
    { // as a process leaves it that ends between taking the words out and writing the file anew
        auto opened = Database::open(file(), {});
        ASSERT_TRUE(opened) << opened.error().message;
        Connection& connection = (*opened)->writer();
        ASSERT_TRUE(connection.execute("PRAGMA secure_delete = OFF; CREATE TABLE gone (word TEXT)"));
        for (int i = 0; i < 200; ++i)
            ASSERT_TRUE(connection.execute("INSERT INTO gone VALUES ('zqxmarker')"));
        ASSERT_TRUE(connection.execute("DROP TABLE gone; INSERT OR REPLACE INTO meta VALUES ('forget', 'yes')"
        ));
    }
    ASSERT_TRUE(file_holds("zqxmarker")) << "planted";
    open();
    ASSERT_TRUE(search->index().wait_until_fresh(std::chrono::seconds{30}));
    EXPECT_EQ(find("ada"), (Words{"Ada"}));
    close();
    EXPECT_FALSE(file_holds("zqxmarker"));
    open();
}

} // namespace
} // namespace mortise::host
