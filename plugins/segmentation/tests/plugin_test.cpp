// The built plugin in the test kit: what it does for whoever uses it, through the contract alone.
#include <mortise/testkit.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace mortise::testkit {
namespace {

using namespace std::chrono_literals;

class SegmentationPlugin : public testing::Test {
protected:
    Id person(const std::string& name, const char* country)
    {
        return kit.create("contact", {{"name", name}, {"kind", "person"}, {"country", country}}).value();
    }
    Id segment(const char* name, const char* country)
    {
        return made("segmentation.create_segment", {{"name", name}, {"definition", in(country)}});
    }
    static Map in(const char* country) { return {{"field", "country"}, {"is", "eq"}, {"value", country}}; }
    Id made(std::string_view command, Map arguments)
    {
        return kit.call(command, std::move(arguments)).value()["segment"].get_or(Id{});
    }
    std::size_t size_of(Id which) const
    {
        return kit.list("segment_membership", {{"segment", which}, {"left_at", nullptr}}).size();
    }
    std::string refusal(std::string_view command, Map arguments)
    {
        const auto answer = kit.call(command, std::move(arguments));
        return answer ? "it was done" : answer.error().key;
    }

    Kit kit{MORTISE_PLUGIN_FOLDER};
};

TEST_F(SegmentationPlugin, RebuildsASegmentWhenAsked)
{
    const Id anna = person("Anna", "AT");
    const Id austrians = segment("Austrians", "AT");
    EXPECT_EQ(size_of(austrians), 1U);
    // As after a disaster: a membership is gone, and nothing changed that would tell.
    const auto stay = kit.list("segment_membership", {{"segment", austrians}}).front()["id"].get_or(Id{});
    ASSERT_TRUE(kit.remove("segment_membership", stay));
    EXPECT_EQ(size_of(austrians), 0U);
    const Value moved = kit.call("segmentation.rebuild", {{"segment", "Austrians"}}).value();
    EXPECT_EQ(moved["entered"], Value{1});
    EXPECT_EQ(size_of(austrians), 1U);
    EXPECT_EQ(kit.field("segment", austrians, "state"), Value{"ready"});
    EXPECT_EQ(kit.events("segment.entered", anna).size(), 2U);
    EXPECT_EQ(kit.call("segmentation.rebuild", {{"segment", austrians}}).value()["entered"], Value{0});
}

TEST_F(SegmentationPlugin, RebuildsOnlyWhatADefinitionDecides)
{
    const Id anna = person("Anna", "AT");
    made("segmentation.create_segment", {{"name", "Chosen"}, {"kind", "static"}, {"contacts", List{anna}}});
    EXPECT_EQ(refusal("segmentation.rebuild", {{"segment", "Chosen"}}), "segmentation.by_hand");
    const Id austrians = segment("Austrians", "AT");
    ASSERT_TRUE(kit.update("segment", austrians, {{"active", false}}));
    EXPECT_EQ(refusal("segmentation.rebuild", {{"segment", "Austrians"}}), "segmentation.not_active");
    EXPECT_EQ(size_of(austrians), 1U) << "it keeps its members";
    EXPECT_EQ(refusal("segmentation.rebuild", {{"segment", "Nobody"}}), "segmentation.no_segment");
}

TEST_F(SegmentationPlugin, ADefinitionDoesNotThrowOutWhatWasChosen)
{
    const Id anna = person("Anna", "AT");
    const Id chosen = made(
        "segmentation.create_segment", {{"name", "Chosen"}, {"kind", "static"}, {"contacts", List{anna}}}
    );
    EXPECT_EQ(
        refusal("segmentation.define_segment", {{"segment", "Chosen"}, {"definition", in("DE")}}),
        "segmentation.not_dynamic"
    );
    EXPECT_EQ(size_of(chosen), 1U);
}

TEST_F(SegmentationPlugin, CopiesTheMembersOfThatMomentOnce)
{
    const Id anna = person("Anna", "AT");
    person("Bert", "AT");
    const Id austrians = segment("Austrians", "AT");
    const Id copy
        = made("segmentation.take_snapshot", {{"segment", "Austrians"}, {"name", "Austrians in January"}});
    EXPECT_EQ(size_of(copy), 2U);
    EXPECT_EQ(kit.field("segment", copy, "state"), Value{"ready"});
    kit.advance(24h);
    ASSERT_TRUE(kit.update("contact", anna, {{"country", "DE"}}));
    EXPECT_EQ(size_of(austrians), 1U);
    // The step that ran already is asked for again, as after a restart: nobody comes twice.
    const Map step{{"from", austrians}, {"to", copy}};
    EXPECT_EQ(kit.call("segmentation.copy_members", step).value()["copied"], Value{0});
    // One that was broken off goes on with who is missing, as of the moment of the snapshot.
    for (const Map& stay : kit.list("segment_membership", {{"segment", copy}})) {
        const bool is_kept = stay["contact"] == Value{anna};
        ASSERT_TRUE(is_kept || kit.remove("segment_membership", stay["id"].get_or(Id{})));
    }
    ASSERT_TRUE(kit.update("segment", copy, {{"state", "building"}}));
    EXPECT_EQ(kit.call("segmentation.copy_members", step).value()["copied"], Value{1});
    EXPECT_EQ(size_of(copy), 2U);
    EXPECT_EQ(kit.field("segment", copy, "state"), Value{"ready"});
}

TEST_F(SegmentationPlugin, CopiesIntoSnapshotsAlone)
{
    person("Anna", "AT");
    const Id austrians = segment("Austrians", "AT");
    const Id germans = segment("Germans", "DE");
    EXPECT_EQ(
        refusal("segmentation.copy_members", {{"from", austrians}, {"to", germans}}),
        "segmentation.no_snapshot"
    );
    EXPECT_EQ(size_of(germans), 0U);
}

TEST_F(SegmentationPlugin, FollowsWhatPeopleAgreeTo)
{
    ASSERT_TRUE(kit.create(
        "purpose", {{"name", "newsletter"}, {"legal_basis", "consent"}, {"text", "News"}, {"valid_days", 30}}
    ));
    const Id anna
        = kit.create("contact", {{"name", "Anna"}, {"kind", "person"}, {"email", "anna@example.com"}})
              .value();
    const List valid{
        Map{{"field", "expires"}, {"is", "is_not_set"}},
        Map{{"field", "expires"}, {"is", "within_next"}, {"value", Map{{"count", 100}, {"unit", "year"}}}}
    };
    const List clauses{
        Map{{"field", "purpose.name"}, {"is", "eq"}, {"value", "newsletter"}},
        Map{{"field", "state"}, {"is", "eq"}, {"value", "given"}},
        Map{{"any", valid}}
    };
    const Map definition{{"related", "consent"}, {"by", "contact"}, {"where", Map{{"all", clauses}}}};
    const Id readers = made("segmentation.create_segment", {{"name", "Readers"}, {"definition", definition}});
    EXPECT_EQ(size_of(readers), 0U);
    const Map word{{"contact", anna}, {"purpose", "newsletter"}, {"channel", "email"}, {"source", "form"}};
    ASSERT_TRUE(kit.call("consents.give", word));
    EXPECT_EQ(size_of(readers), 1U);
    ASSERT_TRUE(kit.call("consents.withdraw", word));
    EXPECT_EQ(size_of(readers), 0U);
    ASSERT_TRUE(kit.call("consents.give", word));
    EXPECT_EQ(size_of(readers), 1U);
    kit.advance(31 * 24h);
    kit.run_jobs();
    EXPECT_EQ(size_of(readers), 0U) << "it has expired, and nobody had to look";
}

TEST_F(SegmentationPlugin, ExplainsNothingByAReadThatFailed)
{
    const Id acme
        = kit.create("contact", {{"name", "Acme"}, {"kind", "organisation"}, {"country", "AT"}}).value();
    const Id anna = person("Anna", "AT");
    ASSERT_TRUE(kit.update("contact", anna, {{"organisation", acme}}));
    const Map definition{{"field", "organisation.country"}, {"is", "eq"}, {"value", "AT"}};
    const Map question{{"contact", anna}, {"definition", definition}};
    EXPECT_EQ(kit.call("segmentation.explain", question).value()["found"], Value{"AT"});
    kit.fail_next("mortise.records/1.get", {.code = ErrorCode::io, .after = 2}); // the organisation
    const auto failed = kit.call("segmentation.explain", question);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::io);
}

TEST_F(SegmentationPlugin, IsWokenWhenAClauseFlips)
{
    person("Anna", "AT");
    const Map soon{
        {"field", "created_at"}, {"is", "before_last"}, {"value", Map{{"count", 1}, {"unit", "hour"}}}
    };
    const Id old = made("segmentation.create_segment", {{"name", "Old"}, {"definition", soon}});
    EXPECT_EQ(size_of(old), 0U);
    kit.advance(1h + 2s);
    const auto jobs = kit.run_jobs();
    EXPECT_TRUE(std::ranges::any_of(jobs, [](const SeenJob& job) { return job.name == "segmentation.wake"; })
    );
    EXPECT_EQ(size_of(old), 1U);
}

} // namespace
} // namespace mortise::testkit
