#include "rules/opportunity_rules.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>

namespace mortise::plugins::pipelines {
namespace {

constexpr Money ten_dollars{10'00, 840, 2};

Decimal percent(std::int64_t whole)
{
    return {whole * 100, probability_scale};
}

Map run(SampleDraft& draft, const Map& settings = {})
{
    check_opportunity(sample_settings(settings), SampleBook{}, draft.draft());
    EXPECT_EQ(draft.refusal(), "");
    return draft.result();
}

std::string refusal_of(const Map& values, const Map& settings = {})
{
    SampleDraft draft{values};
    check_opportunity(sample_settings(settings), SampleBook{}, draft.draft());
    return draft.refusal();
}

/// An open opportunity in Prospecting since the day before.
Map open_one()
{
    return {
        {"name", "Deal"},
        {"pipeline", Id{10}},
        {"stage", Id{11}},
        {"status", "open"},
        {"amount", ten_dollars},
        {"probability", percent(10)},
        {"probability_manual", false},
        {"close_date", Date{today.days + 30}},
        {"stage_since", Instant{noon.microseconds - 86'400'000'000}},
    };
}

Map lost_one()
{
    Map record = open_one();
    record.set("stage", Id{15});
    record.set("status", "lost");
    record.set("probability", percent(0));
    record.set("close_date", Date{today.days - 3});
    record.set("closed_at", Instant{(today.days - 3) * 86'400'000'000});
    record.set("lost_reason", "price");
    return record;
}

TEST(OpportunityRules, PutANewOneIntoTheFirstOpenStageOfTheDefaultPipeline)
{
    SampleDraft draft{Map{{"name", "Deal"}}};
    const Map record = run(draft);
    EXPECT_EQ(record["pipeline"], Value{Id{10}});
    EXPECT_EQ(record["stage"], Value{Id{11}});
    EXPECT_EQ(record["status"], Value{"open"});
    EXPECT_EQ(record["probability"], Value{percent(10)});
    EXPECT_EQ(record["stage_since"], Value{noon});
    EXPECT_TRUE(record["closed_at"].is_null());
}

TEST(OpportunityRules, TakeThePipelineFromTheStage)
{
    SampleDraft draft{Map{{"name", "Deal"}, {"stage", Id{12}}}};
    EXPECT_EQ(run(draft)["pipeline"], Value{Id{10}});
}

TEST(OpportunityRules, RefuseAStageOfAnotherPipeline)
{
    EXPECT_EQ(
        refusal_of({{"name", "Deal"}, {"pipeline", Id{10}}, {"stage", Id{21}}}),
        "pipelines.stage_of_other_pipeline"
    );
}

TEST(OpportunityRules, RefuseAStageThatIsNotThere)
{
    EXPECT_EQ(refusal_of({{"name", "Deal"}, {"stage", Id{4711}}}), "pipelines.unknown_stage");
}

TEST(OpportunityRules, RefuseToLeaveEveryStage)
{
    SampleDraft draft{open_one(), Map{{"stage", {}}}};
    check_opportunity(sample_settings(), SampleBook{}, draft.draft());
    EXPECT_EQ(draft.refusal(), "pipelines.unknown_stage");
    EXPECT_EQ(draft.refused_field(), "stage");
}

TEST(OpportunityRules, RefuseNewOnesInAPipelineThatIsNotActive)
{
    EXPECT_EQ(refusal_of({{"name", "Deal"}, {"stage", Id{21}}}), "pipelines.inactive_pipeline");
}

TEST(OpportunityRules, SayThatAPipelineIsNeededFirst)
{
    SampleBook book;
    book.pipelines.clear();
    SampleDraft draft{Map{{"name", "Deal"}}};
    check_opportunity(sample_settings(), book, draft.draft());
    EXPECT_EQ(draft.refusal(), "pipelines.no_pipeline");
}

TEST(OpportunityRules, RefuseANegativeAmountButNotZero)
{
    EXPECT_EQ(refusal_of({{"name", "Deal"}, {"amount", Money{-1, 840, 2}}}), "pipelines.negative_amount");
    EXPECT_EQ(refusal_of({{"name", "Deal"}, {"amount", Money{0, 840, 2}}}), "");
}

TEST(OpportunityRules, NameADealByProductAndOrganisation)
{
    const Map related{{"product", Map{{"name", "GTX Pro"}}}, {"organisation", Map{{"name", "Cancity"}}}};
    SampleDraft both{Map{{"external_id", "X1"}, {"related_records", related}}};
    EXPECT_EQ(run(both)["name"], Value{"GTX Pro, Cancity"});
    SampleDraft neither{Map{{"external_id", "X1"}}};
    EXPECT_EQ(run(neither)["name"], Value{"X1"});
    SampleDraft named{Map{{"name", "Mine"}, {"related_records", related}}};
    EXPECT_EQ(run(named)["name"], Value{"Mine"});
}

TEST(OpportunityRules, ClosesToday)
{
    SampleDraft draft{open_one(), Map{{"stage", Id{14}}}};
    const Map record = run(draft);
    EXPECT_EQ(record["status"], Value{"won"});
    EXPECT_EQ(record["probability"], Value{certain});
    EXPECT_EQ(record["close_date"], Value{today});
    EXPECT_EQ(record["closed_at"], Value{noon});
}

TEST(OpportunityRules, ClosesOnTheDayThatIsGiven)
{
    SampleDraft draft{open_one(), Map{{"stage", Id{14}}, {"close_date", Date{today.days - 1}}}};
    const Map record = run(draft);
    EXPECT_EQ(record["close_date"], Value{Date{today.days - 1}});
    EXPECT_EQ(record["closed_at"], Value{Instant{(today.days - 1) * 86'400'000'000}});
}

TEST(OpportunityRules, KeepWhenAnImportedOneWasClosed)
{
    SampleDraft draft{Map{{"name", "Old"}, {"stage", Id{15}}, {"close_date", Date{17'000}}}};
    const Map record = run(draft);
    EXPECT_EQ(record["status"], Value{"lost"});
    EXPECT_EQ(record["close_date"], Value{Date{17'000}});
    EXPECT_EQ(record["closed_at"], Value{Instant{17'000 * 86'400'000'000}});
}

TEST(OpportunityRules, ForgetTheClosingWhenItIsReopened)
{
    SampleDraft draft{lost_one(), Map{{"stage", Id{12}}}};
    const Map record = run(draft);
    EXPECT_EQ(record["status"], Value{"open"});
    EXPECT_TRUE(record["closed_at"].is_null());
    EXPECT_TRUE(record["close_date"].is_null());
    EXPECT_TRUE(record["lost_reason"].is_null());
    EXPECT_EQ(record["probability"], Value{percent(50)});
}

TEST(OpportunityRules, AskForTheReasonOnlyIfTheSettingSaysSo)
{
    const Map required{{"lost_reason_required", true}};
    const Map lost{{"name", "Deal"}, {"stage", Id{15}}};
    EXPECT_EQ(refusal_of(lost), "");
    EXPECT_EQ(refusal_of(lost, required), "pipelines.lost_reason_needed");
    EXPECT_EQ(refusal_of({{"name", "Deal"}, {"stage", Id{15}}, {"lost_reason", "price"}}, required), "");
}

TEST(OpportunityRules, LetOneThatWasLostWithoutAReasonBeEdited)
{
    Map before = lost_one();
    before.set("lost_reason", {});
    SampleDraft draft{before, Map{{"name", "Other"}}};
    run(draft, {{"lost_reason_required", true}});
}

TEST(OpportunityRules, KeepAnOwnProbabilityThroughMoves)
{
    SampleDraft given{open_one(), Map{{"probability", percent(35)}}};
    Map record = run(given);
    EXPECT_EQ(record["probability_manual"], Value{true});
    SampleDraft moved{record, Map{{"stage", Id{12}}}};
    record = run(moved);
    EXPECT_EQ(record["probability"], Value{percent(35)});
    SampleDraft given_back{record, Map{{"probability_manual", false}}};
    EXPECT_EQ(run(given_back)["probability"], Value{percent(50)});
}

TEST(OpportunityRules, FollowTheProbabilityOfTheStageOtherwise)
{
    SampleDraft moved{open_one(), Map{{"stage", Id{12}}}};
    EXPECT_EQ(run(moved)["probability"], Value{percent(50)});
    Map before = open_one();
    before.set("probability", percent(11)); // the stage had another one when it came in
    SampleDraft renamed{before, Map{{"name", "Other"}}};
    EXPECT_EQ(run(renamed)["probability"], Value{percent(11)});
}

TEST(OpportunityRules, RefuseCertaintyForOpenOnes)
{
    for (const std::int64_t whole : {0, 100, 120})
        EXPECT_EQ(
            refusal_of({{"name", "Deal"}, {"probability", percent(whole)}}), "pipelines.probability_of_open"
        ) << whole;
}

TEST(OpportunityRules, CountOnesOnHoldAsOpen)
{
    SampleDraft draft{open_one(), Map{{"stage", Id{13}}}};
    EXPECT_EQ(run(draft)["status"], Value{"open"});
}

TEST(OpportunityRules, IgnoreAStatusThatSomebodySets)
{
    SampleDraft draft{open_one(), Map{{"status", "won"}}};
    EXPECT_EQ(run(draft)["status"], Value{"open"});
}

TEST(OpportunityRules, NoteWhatAMoveWas)
{
    SampleDraft draft{open_one(), Map{{"stage", Id{12}}, {"amount", Money{20'00, 840, 2}}}};
    const Map record = run(draft);
    const Value& move = record["last_move"];
    EXPECT_EQ(move["from"], Value{Id{11}});
    EXPECT_EQ(move["to"], Value{Id{12}});
    EXPECT_EQ(move["seconds"], Value{86'400});
    EXPECT_EQ(move["amount_before"], Value{ten_dollars});
    EXPECT_EQ(move["amount_after"], Value(Money{20'00, 840, 2}));
    EXPECT_EQ(record["stage_since"], Value{noon});
}

TEST(OpportunityRules, LetNobodyWriteTheLastMove)
{
    SampleDraft changed{open_one(), Map{{"last_move", Map{{"from", "1"}}}}};
    EXPECT_TRUE(run(changed)["last_move"].is_null());
    SampleDraft made{Map{{"name", "Deal"}, {"last_move", Map{{"from", "1"}}}}};
    EXPECT_TRUE(run(made)["last_move"].is_null());
}

} // namespace
} // namespace mortise::plugins::pipelines
