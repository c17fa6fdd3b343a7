#include "model/record_rows.hpp"
#include "tests/demo_world.hpp"
#include "tests/test_console.hpp"

namespace mortise::ui::testing {
namespace {

class List : public ::testing::Test {
protected:
    void SetUp() override
    {
        make_world(script);
        console.emplace([this] { return script.connect(); });
        console->open("list/contact");
    }

    std::string last_sql() { return std::string{script.last_params("query.run").at("sql").as_string()}; }

    Script script;
    std::optional<TestConsole> console;
};

TEST_F(List, SearchesAtEachKeyAndTellsWhatItHides)
{
    console->press(Key::slash);
    console->type("an");
    console->settle();
    EXPECT_TRUE(console->sees("100 of 1,000 contacts, 900 hidden by the filter")) << console->all_seen();
    bool was_asked = false;
    for (const auto& params : script.all_params("query.run"))
        was_asked = was_asked
            || std::string_view{params.at("sql").as_string()}.find("LIKE fold(:p0)")
                != std::string_view::npos;
    EXPECT_TRUE(was_asked);
}

TEST_F(List, FiltersByTheValueUnderTheCursor)
{
    console->press(Key::right);
    console->press(Key::f);
    console->settle();
    EXPECT_TRUE(console->sees("Kind is Person")) << console->all_seen();
    console->click("Clear all");
    console->settle();
    EXPECT_FALSE(console->sees("Kind is Person"));
}

TEST_F(List, AsksBeforeItDeletesAndNamesWhat)
{
    console->press(Key::x);
    console->click("Delete");
    EXPECT_TRUE(console->sees("Delete 1 contact?"));
    EXPECT_TRUE(console->sees("Person 0"));
    console->press(Key::enter); // what is dangerous is never the default
    console->settle();
    EXPECT_EQ(script.calls("records.delete"), 0);
    console->click("Delete");
    console->click("Delete 1 contact");
    console->settle();
    EXPECT_EQ(script.calls("records.delete"), 1);
}

TEST_F(List, ChangesAFieldOfAllThatIsMarked)
{
    for (int i = 0; i < 3; ++i) {
        console->press(Key::x);
        console->press(Key::down);
    }
    console->press(Key::b);
    EXPECT_TRUE(console->sees("Change 3 rows")) << console->all_seen();
    console->click("Change 3 rows");
    console->settle();
    EXPECT_EQ(script.calls("records.update"), 3);
}

TEST_F(List, HidesAndShowsColumns)
{
    EXPECT_FALSE(console->sees("Note"));
    console->click("Columns");
    console->click("Note");
    console->click("Done");
    console->settle();
    EXPECT_TRUE(console->sees("Note"));
}

TEST_F(List, MakesAContactByKeysAlone)
{
    console->count_anew();
    console->press(Key::n, true, true);
    EXPECT_TRUE(console->sees("New contact"));
    console->type("Ada");
    console->press(Key::enter, true);
    console->settle();
    EXPECT_EQ(console->clicks(), 0);
    EXPECT_LE(console->keys(), 3);
    const auto params = script.last_params("records.create");
    EXPECT_EQ(params.at("values").as_object().at("name").as_string(), "Ada");
    EXPECT_EQ(params.at("values").as_object().at("kind").as_string(), "person");
    EXPECT_EQ(console->shell().place(), "record/contact/8");
}

TEST_F(List, TellsNothingYetFromTheFilterHidesAll)
{
    script.send_parts("query.run", [](const boost::json::object& params) {
        const bool is_filtered
            = std::string_view{params.at("sql").as_string()}.find("WHERE") != std::string_view::npos;
        boost::json::array row{is_filtered ? 0 : 5};
        boost::json::array rows;
        rows.push_back(row);
        return std::vector<boost::json::value>{boost::json::object{{"rows", rows}}};
    });
    console->press(Key::slash);
    console->type("zz");
    console->settle();
    EXPECT_TRUE(console->sees("The filter hides all"));
    console->click("Clear the filter");
    console->settle();
    EXPECT_FALSE(console->sees("The filter hides all"));
}

} // namespace
} // namespace mortise::ui::testing
