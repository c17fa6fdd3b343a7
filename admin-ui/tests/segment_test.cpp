#include "base/json_read.hpp"
#include "tests/demo_world.hpp"
#include "tests/test_console.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace mortise::ui::testing {
namespace {

using boost::json::parse;

class Segments : public ::testing::Test {
protected:
    void SetUp() override
    {
        make_world(script);
        script.answer(
            "commands.call",
            [this](const boost::json::object& params) -> Result<boost::json::value> {
                const std::string name{params.at("name").as_string()};
                if (name == "segmentation.preview") {
                    if (wrong) return *wrong;
                    return parse(R"({"count": 193, "sample": [{"contact": "21", "name": "Stonegate GmbH"}]})"
                    );
                }
                if (name == "segmentation.explain")
                    return parse(R"({"holds": true, "clause": "all of these", "parts": [
                    {"at": "/all/0", "holds": true, "clause": "country eq", "wanted": "AT", "found": "AT"}]})"
                    );
                return parse(R"({"segment": "77", "transaction": "9"})");
            }
        );
        console.emplace([this] { return script.connect(); });
        console->open("segment/new");
    }

    boost::json::value asked()
    {
        for (auto params = script.all_params("commands.call"); !params.empty(); params.pop_back())
            if (params.back().at("name").as_string() == "segmentation.preview")
                return at(params.back().at("arguments"), "definition");
        return nullptr;
    }
    boost::json::object sent(std::string_view command)
    {
        for (const auto& params : script.all_params("commands.call"))
            if (params.at("name").as_string() == command) return params.at("arguments").as_object();
        return {};
    }

    Script script;
    std::optional<Error> wrong;
    std::optional<TestConsole> console;
};

TEST_F(Segments, CountsWhileTheConditionIsWritten)
{
    EXPECT_EQ(asked(), parse(R"({"all": []})"));
    console->click("Event rule");
    console->settle();
    EXPECT_EQ(
        asked(),
        parse(R"({"all": [{"events": "note.logged", "within": {"last": {"count": 30, "unit": "day"}}}]})")
    ) << boost::json::serialize(asked());
    EXPECT_TRUE(console->sees("193")) << console->all_seen();
    EXPECT_TRUE(console->sees("Stonegate GmbH"));
    console->click("Remove this rule");
    console->settle();
    EXPECT_EQ(asked(), parse(R"({"all": []})"));
}

TEST_F(Segments, BuildsAFieldRuleWithItsValue)
{
    console->click("Field rule");
    console->settle();
    console->click("Field"); // the choice of the field
    console->frames(2);
    console->click("E-mail");
    console->settle();
    console->click("Test");
    console->frames(2);
    console->click("contains");
    console->settle();
    console->click("Value");
    console->type("gmbh");
    console->settle();
    EXPECT_EQ(asked(), parse(R"({"all": [{"field": "email", "is": "contains", "value": "gmbh"}]})"))
        << boost::json::serialize(asked());
}

TEST_F(Segments, MarksTheRuleThatIsWrongAndDoesNotSaveIt)
{
    wrong = Error{
        ErrorCode::invalid, "contact has no field country", "segmentation.unknown", "/all/0/field", {}
    };
    console->type("Austrians");
    console->click("Field rule");
    console->settle();
    EXPECT_TRUE(console->sees("contact has no field country"));
    EXPECT_TRUE(console->sees("/all/0/field"));
    console->press(Key::s, true);
    console->settle();
    EXPECT_TRUE(sent("segmentation.create_segment").empty());
}

TEST_F(Segments, CreatesTheSegmentAndOpensIt)
{
    console->type("Austrians");
    console->click("Segment rule");
    console->settle();
    console->press(Key::s, true);
    console->settle();
    const auto arguments = sent("segmentation.create_segment");
    EXPECT_EQ(arguments.at("name").as_string(), "Austrians");
    EXPECT_EQ(console->shell().place(), "segment/77");
}

TEST_F(Segments, ExplainsWhySomebodyIsIn)
{
    console->click("Why?");
    console->settle();
    EXPECT_TRUE(console->sees("Why Stonegate GmbH")) << console->all_seen();
    EXPECT_TRUE(console->sees("country eq AT, found AT  (holds)"));
}

TEST_F(Segments, KeepsWhatItHasNoRowFor)
{
    const auto definition = parse(R"({"any": [
        {"related": "opportunity", "by": "stage", "where": {"field": "status", "is": "eq", "value": "won"}, "measure": {"of": "sum", "field": "amount", "is": "ge", "value": "100 EUR"}},
        {"something": "new"}, {"not": {"field": "name", "is": "is_set"}}]})");
    script.answer(
        "records.get",
        boost::json::object{
            {"id", "7"}, {"name", "Old"}, {"kind", "dynamic"}, {"definition", definition}, {"version", 1}
        }
    );
    console->open("segment/7");
    EXPECT_TRUE(console->sees("Old"));
    const auto now = asked();
    EXPECT_EQ(array_at(now, "any").size(), 3U);
    EXPECT_EQ(array_at(now, "any")[0], array_at(definition, "any")[0]);
    EXPECT_EQ(array_at(now, "any")[1], array_at(definition, "any")[1]);
}

TEST_F(Segments, SaysThatThePluginIsOff)
{
    script.answer("commands.list", boost::json::object{{"commands", boost::json::array{}}});
    console.reset();
    console.emplace([this] { return script.connect(); });
    console->open("segment/new");
    EXPECT_TRUE(console->sees("Segments need the plugin Segmentation")) << console->all_seen();
}

} // namespace
} // namespace mortise::ui::testing
