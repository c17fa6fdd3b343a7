#include "base/json.hpp"
#include "plugins/manifest.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace mortise::host {
namespace {

namespace json = boost::json;

constexpr auto least = R"({ "id": "com.acme.lead-score", "name": "Lead score", "version": "1.2.0",
    "sdk": { "min": "0.1" }, "library": { "linux-x86_64": "a.so", "linux-aarch64": "a.so" } })";

/// The least manifest with `more` in it.
ManifestReading read_with(std::string_view more)
{
    json::value document = json::parse(least);
    const json::value added = json::parse(more);
    for (const auto& [key, value] : added.get_object())
        document.get_object()[key] = value;
    return read_manifest(json::serialize(document));
}

/// "WHERE: MESSAGE" of the first error; "" if there is none.
std::string problem(std::string_view more)
{
    const auto reading = read_with(more);
    return reading.errors.empty() ? "" : reading.errors.front().where + ": " + reading.errors.front().message;
}

TEST(Manifest, ReadsTheLeastThereIs)
{
    const auto reading = read_manifest(least);
    ASSERT_TRUE(reading.errors.empty()) << reading.errors.front().message;
    EXPECT_EQ(reading.manifest.id, "com.acme.lead-score");
    EXPECT_EQ(reading.manifest.version, (Version{1, 2, 0}));
    EXPECT_EQ(reading.manifest.prefix(), "lead_score");
    EXPECT_FALSE(reading.manifest.is_first_party());
}

TEST(Manifest, NamesThePlaceOfWhatTheSchemaRefuses)
{
    EXPECT_EQ(problem(R"({"id":"nodots"})").substr(0, 4), "/id:");
    EXPECT_EQ(problem(R"({"version":"1.2"})").substr(0, 9), "/version:");
    EXPECT_EQ(problem(R"({"hookz":[]})"), "/hookz: \"hookz\" is not known here");
    EXPECT_EQ(read_with(R"({"hookz":[]})").errors.front().hint, "did you mean \"hooks\"?");
    EXPECT_EQ(
        problem(R"({"commands":[{"name":"lead_score.a","title":"A"}]})"), "/commands/0: \"effect\" is missing"
    );
    EXPECT_EQ(read_manifest("{").errors.size(), 1U);
    EXPECT_EQ(read_manifest("[]").errors.front().message, "must be an object, not a list of 0");
}

TEST(Manifest, WantsTheVendorsPrefix)
{
    EXPECT_EQ(
        problem(R"({"events":[{"type":"contact.scored"}]})"),
        "/events/0/type: \"contact.scored\" does not begin with \"lead_score.\""
    );
    EXPECT_EQ(problem(R"({"events":[{"type":"lead_score.changed"}]})"), "");
    EXPECT_EQ(
        problem(R"({"commands":[{"name":"scores.set","title":"Set","effect":"write"}]})"),
        "/commands/0/name: \"scores.set\" does not begin with \"lead_score.\""
    );
    EXPECT_NE(problem(R"({"types":[{"name":"score","fields":[{"name":"n","kind":"int"}]}]})"), "");
    EXPECT_EQ(
        problem(R"({"types":[{"name":"lead_score_entry","fields":[{"name":"n","kind":"int"}]}],
        "events":[{"type":"lead_score_entry.scored"}]})"),
        ""
    );
    EXPECT_NE(
        problem(R"({"types":[{"name":"contact","extends":true,"fields":[{"name":"n","kind":"int"}]}]})"), ""
    );
}

TEST(Manifest, LeavesFirstPartyNamesAlone)
{
    EXPECT_EQ(
        problem(R"({"id":"mortise.pipelines","events":[{"type":"opportunity.won"}],
        "types":[{"name":"opportunity","fields":[{"name":"n","kind":"int"}]}]})"),
        ""
    );
}

TEST(Manifest, RefusesWhatIsThereTwice)
{
    EXPECT_EQ(
        problem(R"({"hooks":[{"on":"contact.create"},{"on":"contact.create"}]})"),
        "/hooks/1/name: \"contact.create\" is declared twice"
    );
    EXPECT_EQ(problem(R"({"hooks":[{"on":"contact.create"},{"name":"second","on":"contact.create"}]})"), "");
    EXPECT_EQ(problem(R"({"jobs":[{"name":"a"},{"name":"a"}]})"), "/jobs/1/name: \"a\" is declared twice");
}

TEST(Manifest, RefusesEventsThatTheHostPublishes)
{
    EXPECT_EQ(
        problem(R"({"events":[{"type":"lead_score.created"}]})"),
        "/events/0/type: \"lead_score.created\" is published by the host"
    );
}

TEST(Manifest, ChecksSchemasThatItCarries)
{
    EXPECT_EQ(
        problem(R"({"commands":[{"name":"lead_score.a","title":"A","effect":"read",
        "arguments":{"type":"object","properties":{"x":{"type":"integr"}}}}]})")
            .substr(0, 43),
        "/commands/0/arguments/properties/x/type: \"i"
    );
    EXPECT_EQ(
        problem(R"({"settings":{"type":"object","properties":{"n":{"type":"integer","default":"x"}}}})"),
        "/settings/properties/n/default: must be a whole number, not \"x\""
    );
    EXPECT_EQ(
        problem(R"({"settings":{"$ref":"#","type":"object"}})"), "/settings: refers to itself without end"
    );
}

TEST(Manifest, ChecksPatternsAndNamesOfSubscriptions)
{
    EXPECT_EQ(
        problem(R"({"subscribes":[{"on":["contact.created","contact.updated"]}]})"),
        "/subscribes/0/name: a subscription to several patterns needs a name"
    );
    EXPECT_EQ(problem(R"({"subscribes":[{"name":"a","on":["contact.*","*"]}]})"), "");
    EXPECT_NE(problem(R"({"subscribes":[{"on":"con*"}]})"), "");
}

TEST(Manifest, ChecksSchedules)
{
    EXPECT_EQ(
        problem(R"({"jobs":[{"name":"a"}],"schedules":[{"name":"s","job":"b","every":"15m"}]})"),
        "/schedules/0/job: there is no job \"b\""
    );
    EXPECT_EQ(
        problem(R"({"jobs":[{"name":"a"}],"schedules":[{"name":"s","job":"a","cron":"0 25 * * *"}]})")
            .substr(0, 19),
        "/schedules/0/cron: "
    );
    const auto reading
        = read_with(R"({"jobs":[{"name":"a"}],"schedules":[{"name":"s","job":"a","every":"15m"}]})");
    ASSERT_TRUE(reading.errors.empty());
    EXPECT_EQ(reading.manifest.schedules.front().every, std::chrono::minutes{15});
}

TEST(Manifest, ChecksWhatViewsDraw)
{
    EXPECT_EQ(
        problem(R"({"views":[{"name":"lead_score.list","kind":"table","title":"Scores",
        "source":{"query":"lead_score.all"}}]})"),
        "/views/0/source/query: there is no query \"lead_score.all\""
    );
}

TEST(Manifest, RefusesConditionsThatNameNoOption)
{
    const auto with_condition = [](const std::string& when) {
        return R"({"types":[{"name":"lead_score_deal","fields":[{"name":"state","kind":"enum","options":["open",
        {"value":"won","label":"Won"}]},{"name":"note","kind":"text"}]}],
        "commands":[{"name":"lead_score.win","title":"Win","effect":"write"}],
        "views":[{"name":"lead_score.deals","kind":"table","title":"Deals","source":{"type":"lead_score_deal"},
        "actions":[{"command":"lead_score.win"},{"command":"lead_score.win","when":)"
            + when + "}]}]}";
    };
    EXPECT_EQ(problem(with_condition(R"({"state":["open","won"],"note":"lost"})")), "");
    EXPECT_EQ(problem(with_condition(R"({"state":null})")), "");
    EXPECT_EQ(
        problem(with_condition(R"({"state":"opened"})")),
        "/views/0/actions/1/when/state: \"opened\" is no option of the field \"state\""
    );
    EXPECT_EQ(
        problem(with_condition(R"({"state":["open","lost"]})")),
        "/views/0/actions/1/when/state/1: \"lost\" is no option of the field \"state\""
    );
    EXPECT_EQ(
        read_with(with_condition(R"({"state":true})")).errors.front().hint, "its options are open, won"
    );
    EXPECT_EQ(problem(with_condition(R"({"elsewhere":"lost"})")), "");
}

TEST(Manifest, KnowsTheFieldThatAColumnOfAQueryNames)
{
    const auto with = [](const std::string& field, const std::string& when) {
        return R"({"types":[{"name":"lead_score_deal","fields":[{"name":"state","kind":"enum","options":["open"]}]}],
        "commands":[{"name":"lead_score.win","title":"Win","effect":"write"}],
        "queries":[{"name":"lead_score.all","sql":"SELECT state AS now FROM lead_score_deal",
        "columns":[{"name":"now","kind":"text","field":")"
            + field + R"("}]}],
        "views":[{"name":"lead_score.deals","kind":"table","title":"Deals","source":{"query":"lead_score.all"},
        "actions":[{"command":"lead_score.win","when":{"now":")"
            + when + R"("}}]}]})";
    };
    EXPECT_EQ(problem(with("lead_score_deal.state", "open")), "");
    EXPECT_EQ(problem(with("contact.kind", "open")), "") << "another's type";
    EXPECT_EQ(problem(with("lead_score_deal.created_at", "open")), "");
    EXPECT_EQ(
        problem(with("lead_score_deal.stat", "open")),
        "/queries/0/columns/0/field: there is no field \"lead_score_deal.stat\""
    );
    EXPECT_EQ(
        problem(with("lead_score_deal.state", "shut")),
        "/views/0/actions/0/when/now: \"shut\" is no option of the field \"state\""
    );
}

TEST(Manifest, TellsWhichHostItNeeds)
{
    EXPECT_EQ(
        problem(R"({"sdk":{"min":"0.9"}})"),
        "/sdk/min: needs the contract of Mortise 0.9, and this is Mortise 0.1"
    );
    EXPECT_EQ(
        read_with(R"({"library":{"linux-aarch64":"a.so"}})").errors.empty(),
        this_platform() == "linux-aarch64"
    );
}

TEST(Manifest, TellsEverythingThatIsWrong)
{
    EXPECT_EQ(
        read_with(R"({"sdk":{"min":"0.9"},"events":[{"type":"a.b"},{"type":"c.d"}]})").errors.size(), 3U
    );
}

TEST(Manifest, ReadsHooks)
{
    const auto reading
        = read_with(R"({"hooks":[{"on":"contact.delete","priority":-5,"budget_ms":20,"on_failure":"skip",
        "reads":["organisation"]}]})");
    ASSERT_TRUE(reading.errors.empty());
    const HookDeclaration& hook = reading.manifest.hooks.front();
    EXPECT_EQ(hook.type, "contact");
    EXPECT_EQ(hook.operation, Operation::remove);
    EXPECT_EQ(hook.point(), "contact.delete");
    EXPECT_EQ(hook.priority, -5);
    EXPECT_EQ(hook.budget, std::chrono::milliseconds{20});
    EXPECT_EQ(hook.on_failure, OnFailure::skip);
    EXPECT_EQ(
        problem(R"({"hooks":[{"on":"contact.create","fields":["name"]}]})").substr(0, 16), "/hooks/0/fields:"
    );
}

} // namespace
} // namespace mortise::host
