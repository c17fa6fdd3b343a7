#include "base/json_read.hpp"
#include "model/csv_export.hpp"
#include "tests/demo_world.hpp"
#include "tests/test_console.hpp"

#include <fstream>
#include <iterator>

namespace mortise::ui::testing {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& file)
{
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

class ListViews : public ::testing::Test {
protected:
    void SetUp() override
    {
        folder = fs::path{::testing::TempDir()}
            / ("mortise-views-" + std::to_string(::testing::UnitTest::GetInstance()->random_seed())
               + ::testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::remove_all(folder);
        fs::create_directories(folder);
        make_world(script);
        begin();
    }
    void TearDown() override { fs::remove_all(folder); }

    void begin()
    {
        console.reset();
        console.emplace([this] { return script.connect(); });
        console->open("list/contact");
    }
    Preferences& preferences() { return console->shell().console().preferences; }

    fs::path folder;
    Script script;
    std::optional<TestConsole> console;
};

TEST_F(ListViews, SavesAFilteredViewWithOneKeyAndItsName)
{
    console->press(Key::right);
    console->press(Key::f); // only persons
    console->settle();
    console->count_anew();
    console->press(Key::v);
    console->type("People");
    console->press(Key::enter);
    console->settle();
    EXPECT_EQ(console->clicks(), 0);
    EXPECT_LE(console->keys(), 2);
    EXPECT_TRUE(console->sees("Saved the view People")) << console->all_seen();
    const auto& view = preferences().get("views/contact", "People");
    ASSERT_EQ(array_at(view, "filters").size(), 1U);
    EXPECT_EQ(text_at(array_at(view, "filters")[0], "field"), "kind");

    console->click("Clear all");
    console->settle();
    EXPECT_FALSE(console->sees("Kind is Person"));
    console->press(Key::v);
    console->click("People");
    console->settle();
    EXPECT_TRUE(console->sees("Kind is Person")) << console->all_seen();
}

TEST_F(ListViews, OpensASavedViewFromThePalette)
{
    preferences().set(
        "views/contact",
        "Rich ones",
        boost::json::object{
            {"filters",
             boost::json::array{
                 boost::json::object{{"field", "revenue"}, {"test", "at least"}, {"value", "100"}}
             }},
            {"columns", boost::json::array{"revenue", "name", "gone_field"}}
        }
    );
    console->press(Key::k, true);
    console->type("rich ones");
    console->settle();
    console->press(Key::enter);
    console->settle();
    EXPECT_EQ(console->shell().place(), "list/contact?@Rich ones");
    EXPECT_TRUE(console->sees("Revenue at least 100")) << console->all_seen();
    EXPECT_LT(console->find("Revenue").min.x, console->find("Name").min.x); // in the order of the view
}

TEST_F(ListViews, BringsAForgottenViewBack)
{
    preferences().set("views/contact", "All", boost::json::object{});
    console->press(Key::v);
    console->click("Forget All");
    console->frames(2);
    EXPECT_TRUE(preferences().get("views/contact", "All").is_null());
    console->click("Undo");
    console->frames(2);
    EXPECT_FALSE(preferences().get("views/contact", "All").is_null());
}

TEST_F(ListViews, WritesExactlyWhatIsShown)
{
    const fs::path file = folder / "out.csv";
    script.send_parts("query.run", [](const boost::json::object& params) {
        const std::string sql{params.at("sql").as_string()};
        boost::json::array rows;
        if (sql.starts_with("SELECT count"))
            rows.push_back(boost::json::array{2});
        else if (sql.starts_with("SELECT t.id"))
            for (const char* const name : {"=1+1", "Zoë, \"Ñandú\""}) {
                boost::json::array row{7, 1};
                const std::size_t end = sql.find(" FROM ");
                for (std::size_t at = sql.find(", ", 18); at < end; at = sql.find(", ", at + 2)) {
                    const std::string column = sql.substr(at + 2, sql.find_first_of(", ", at + 2) - at - 2);
                    if (column == "t.\"name\"")
                        row.emplace_back(name);
                    else
                        row.emplace_back(nullptr);
                }
                rows.push_back(row);
            }
        return std::vector<boost::json::value>{boost::json::object{{"rows", rows}}};
    });
    console->open("list/contact?kind=person");
    console->settle();
    console->click("Export");
    console->press(Key::a, true);
    console->type(file.native());
    console->click("Export 2 rows");
    console->settle();
    EXPECT_TRUE(console->sees("2 rows written into")) << console->all_seen();
    const std::string text = contents(file);
    EXPECT_TRUE(text.starts_with("Name,Kind,")) << text;
    EXPECT_NE(text.find("\r\n'=1+1,"), std::string::npos) << text; // no formula
    EXPECT_NE(text.find("\r\n\"Zoë, \"\"Ñandú\"\"\","), std::string::npos) << text;
    EXPECT_FALSE(fs::exists(file.native() + ".part"));
    const auto params = script.last_params("query.run");
    EXPECT_EQ(std::string_view{params.at("sql").as_string()}.find("LIMIT"), std::string_view::npos);
    EXPECT_NE(std::string_view{params.at("sql").as_string()}.find("WHERE"), std::string_view::npos);

    console->click("Export"); // once more: what is there is not written over unasked
    console->click("Export 2 rows");
    console->settle();
    EXPECT_TRUE(console->sees("is there already"));
    console->click("Replace it");
    console->settle();
    EXPECT_TRUE(console->sees("2 rows written into"));
}

TEST_F(ListViews, LeavesNoFileWhenTheExportFails)
{
    const fs::path file = folder / "out.csv";
    console->click("Export");
    console->press(Key::a, true);
    console->type(file.native());
    script.fail("query.run", {ErrorCode::internal, "the disk is gone", "x", {}, {}});
    console->click("Export 1,000 rows");
    console->settle();
    EXPECT_TRUE(console->sees("the disk is gone"));
    EXPECT_TRUE(fs::is_empty(folder));
    console->click("Done");
    EXPECT_FALSE(console->has_control("File to write"));
}

TEST_F(ListViews, LosesNoKeyThatIsTypedWhileTheFieldOfTheFileOpens)
{
    for (const int frames : {0, 1, 2, 3}) {
        begin();
        const Box box = console->find("Export");
        ImGuiIO& io = ImGui::GetIO();
        put_mouse(io, box.middle());
        console->frames(2);
        put_button(io, 0, true);
        console->frame();
        put_button(io, 0, false);
        console->frame(); // the field is asked for
        console->frames(frames);
        put_key(io, Key::v, true); // elsewhere it shows the views
        io.AddInputCharacter('v');
        console->frame();
        put_key(io, Key::v, false);
        console->frames(3);
        EXPECT_FALSE(console->has_control("Name of the view")) << frames << console->all_seen();
        const auto& seen = console->all_seen();
        EXPECT_NE(seen.find("[File to write]\n v\n"), std::string::npos) << frames << seen;
    }
}

TEST(CsvField, QuotesAndDefusesButLeavesNumbers)
{
    EXPECT_EQ(csv_field("plain"), "plain");
    EXPECT_EQ(csv_field("a\"b"), "\"a\"\"b\"");
    EXPECT_EQ(csv_field("-5", true), "-5");
    EXPECT_EQ(csv_field("-5"), "'-5");
    EXPECT_EQ(csv_field("@x,y"), "\"'@x,y\"");
}

TEST_F(ListViews, KeepsPreferencesInAFileAndPutsAsideWhatIsUnreadable)
{
    const fs::path file = folder / "state/console.json";
    {
        Preferences first{file};
        EXPECT_TRUE(first.set("views/contact", "A", boost::json::object{{"search", "x"}}));
    }
    Preferences second{file};
    EXPECT_EQ(text_at(second.get("views/contact", "A"), "search"), "x");
    EXPECT_TRUE(second.set("views/contact", "A", nullptr));
    EXPECT_TRUE(second.get("views/contact", "A").is_null());
    std::ofstream{file} << "{ broken";
    Preferences third{file};
    EXPECT_TRUE(third.all("views/contact").empty());
    EXPECT_EQ(contents(file.native() + ".unreadable"), "{ broken");
}

} // namespace
} // namespace mortise::ui::testing
