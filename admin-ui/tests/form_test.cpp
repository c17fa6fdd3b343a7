#include "tests/demo_world.hpp"
#include "tests/test_console.hpp"
#include "views/view_screen.hpp"
#include "widgets/form.hpp"

#include <boost/json/parse.hpp>

#include <random>
#include <utility>

namespace mortise::ui::testing {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

/// Any JSON at all, often of the words that schemas and views are made of.
class Maker {
public:
    explicit Maker(unsigned seed) : m_random{seed} { }

    value any(int depth)
    {
        const unsigned pick = roll() % (depth > 4 ? 6 : 9);
        if (pick == 0) return nullptr;
        if (pick == 1) return roll() % 2 == 0;
        if (pick == 2) return static_cast<std::int64_t>(roll() % 100) - 50;
        if (pick == 3) return 0.5 * (roll() % 100);
        if (pick < 6) return word();
        if (pick == 6) {
            array items;
            for (unsigned i = roll() % 4; i > 0; --i)
                items.push_back(any(depth + 1));
            return items;
        }
        object members;
        for (unsigned i = roll() % 6; i > 0; --i)
            members[word().as_string()] = any(depth + 1);
        return members;
    }

    /// A schema that means something, with nonsense strewn in.
    value schema(int depth)
    {
        object made;
        const std::string_view types[]
            = {"string", "integer", "number", "boolean", "object", "array", "null", "what"};
        const std::string_view type = types[roll() % (depth > 3 ? 4 : 8)];
        made["type"] = roll() % 8 == 0 ? value(array{boost::json::string{type}, "null"})
                                       : value(boost::json::string{type});
        if (roll() % 3 == 0) made["title"] = word();
        if (roll() % 4 == 0) made["description"] = word();
        if (roll() % 5 == 0) made["default"] = any(3);
        if (roll() % 6 == 0) made["enum"] = array{1, "a", nullptr};
        if (roll() % 6 == 0) made["format"] = roll() % 2 == 0 ? "date" : "password";
        if (roll() % 5 == 0) made["minimum"] = any(5);
        if (roll() % 5 == 0) made["maxLength"] = any(5);
        if (roll() % 7 == 0 && depth < 3) made["oneOf"] = array{schema(depth + 1), schema(depth + 1)};
        if (type == "object" || depth == 0) {
            object properties;
            for (unsigned i = roll() % 5; i > 0; --i)
                properties[word().as_string()] = roll() % 9 == 0 ? any(2) : schema(depth + 1);
            made["properties"] = std::move(properties);
            if (roll() % 3 == 0) made["required"] = any(3);
        }
        if (type == "array") made["items"] = roll() % 6 == 0 ? any(2) : schema(depth + 1);
        return made;
    }

    value view()
    {
        object made;
        const char* const kinds[]
            = {"table", "board", "record", "tab", "chart", "form", "timeline", "hologram"};
        made["name"] = "any.view";
        made["kind"] = kinds[roll() % 8];
        made["title"] = word();
        object source;
        if (roll() % 2 == 0)
            source["type"] = roll() % 3 == 0 ? word() : value("opportunity");
        else
            source["query"] = roll() % 2 == 0 ? value("pipelines.of") : word();
        if (roll() % 4 == 0) source["sort"] = any(2);
        made["source"] = roll() % 12 == 0 ? any(1) : value(source);
        made["group_by"] = roll() % 2 == 0 ? value("stage") : word();
        made["groups"] = object{{"type", "stage"}};
        for (const char* const key :
             {"columns", "fields", "actions", "chart", "on_drop", "total", "card_title", "empty"})
            if (roll() % 2 == 0) made[key] = any(0);
        if (roll() % 2 == 0)
            made["chart"] = object{{"kind", "bar"}, {"x", "name"}, {"y", array{"deals", word()}}};
        return made;
    }

private:
    value word()
    {
        const std::string_view words[]
            = {"name",
               "type",
               "a",
               "##b",
               "%s",
               "field",
               "amount",
               "id",
               "stage",
               "",
               "kind",
               "properties",
               "x\u202E",
               "deals"};
        return boost::json::string{words[roll() % std::size(words)]};
    }

    unsigned roll() { return static_cast<unsigned>(m_random()); }

    std::mt19937 m_random;
};

TEST(Form, TakesAThousandSchemas)
{
    Offscreen screen{800, 600};
    Theme theme{ThemeName::light, 1};
    theme.apply();
    Ui ui{theme};
    for (unsigned seed = 0; seed < 1'000; ++seed) {
        Maker maker{seed};
        const value schema = seed % 10 == 0 ? maker.any(0) : maker.schema(0);
        SchemaForm form{schema, maker.any(1)};
        for (int i = 0; i < 2; ++i) {
            ImGui::GetIO().DeltaTime = 0.02F;
            ImGui::NewFrame();
            ImGui::SetNextWindowSize({780, 580});
            ImGui::Begin("w");
            ui.begin_frame();
            form.draw(ui);
            ui.end_frame();
            ImGui::End();
            ImGui::Render();
        }
        static_cast<void>(form.problems());
    }
}

TEST(Form, SaysWhatTheSchemaWants)
{
    const value schema = boost::json::parse(R"({"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string", "maxLength": 3}, "days": {"type": "integer", "minimum": 1}}})");
    SchemaForm form{schema, object{{"days", 0}}};
    ASSERT_EQ(form.problems().size(), 2U);
    EXPECT_EQ(form.problems()[0].where, "/name");
    form.set_values(object{{"name", "Zoë"}, {"days", 2}});
    EXPECT_TRUE(form.problems().empty());
    form.set_values(object{{"name", "Zoëy"}, {"days", "x"}});
    EXPECT_EQ(form.problems().size(), 2U);
}

TEST(Views, TakesAThousandDeclarations)
{
    Script script;
    make_world(script);
    TestConsole console{[&] { return script.connect(); }};
    console.settle();
    for (unsigned seed = 0; seed < 1'000; ++seed) {
        Maker maker{seed};
        object list{{"views", array{}}, {"reports", array{}}, {"queries", array{}}};
        list["views"].as_array().push_back(maker.view());
        list["queries"].as_array().push_back(boost::json::parse(
            R"({"name": "pipelines.of", "sql": "SELECT name, deals FROM named", "columns": []})"
        ));
        script.answer("views.list", list);
        console.shell().store().views.refresh();
        console.frames(2);
        console.shell().open("view/any.view");
        console.frames(2);
        console.shell().open("home");
        console.shell().close("view/any.view");
    }
}

} // namespace
} // namespace mortise::ui::testing
