#include "rules/stage_rules.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>

namespace mortise::plugins::pipelines {
namespace {

Map made(const Map& values)
{
    SampleDraft draft{values};
    check_stage(SampleBook{}, draft.draft());
    EXPECT_EQ(draft.refusal(), "");
    return draft.result();
}

std::string refusal_of(const Map& values)
{
    SampleDraft draft{values};
    check_stage(SampleBook{}, draft.draft());
    return draft.refusal();
}

Value percent(std::int64_t whole)
{
    return Decimal{whole * 100, probability_scale};
}

const Map proposal{
    {"pipeline", Id{10}}, {"name", "Proposal"}, {"kind", "open"}, {"key", "sales/proposal"}, {"position", 20}
};

TEST(StageRules, CompleteANewStage)
{
    const Map stage = made({{"pipeline", Id{10}}, {"name", "Signed & sealed"}, {"kind", "won"}});
    EXPECT_EQ(stage["key"], Value{"sales/signed-sealed"});
    EXPECT_EQ(stage["position"], Value{60});
    EXPECT_EQ(stage["probability"], Value{certain});
    EXPECT_EQ(stage["forecast_category"], Value{"closed"});
}

TEST(StageRules, KeepWhatIsGiven)
{
    const Map stage = made(
        {{"pipeline", Id{10}},
         {"name", "Demo"},
         {"kind", "open"},
         {"key", "demo"},
         {"position", 15},
         {"probability", percent(40)}}
    );
    EXPECT_EQ(stage["key"], Value{"demo"});
    EXPECT_EQ(stage["position"], Value{15});
    EXPECT_EQ(stage["probability"], percent(40));
    EXPECT_EQ(stage["forecast_category"], Value{"pipeline"});
}

TEST(StageRules, KeepCertaintyForClosedStages)
{
    const auto with = [](const char* kind, std::int64_t whole) {
        return refusal_of(
            {{"pipeline", Id{10}}, {"name", "A"}, {"kind", kind}, {"probability", percent(whole)}}
        );
    };
    EXPECT_EQ(with("open", 0), "pipelines.probability_of_stage");
    EXPECT_EQ(with("open", 100), "pipelines.probability_of_stage");
    EXPECT_EQ(with("hold", 100), "pipelines.probability_of_stage");
    EXPECT_EQ(with("won", 99), "pipelines.probability_of_stage");
    EXPECT_EQ(with("lost", 1), "pipelines.probability_of_stage");
    EXPECT_EQ(with("open", 1), "");
    EXPECT_EQ(with("won", 100), "");
    EXPECT_EQ(with("lost", 0), "");
}

TEST(StageRules, RefuseToChangeTheKindOfAStageInUse)
{
    SampleBook book;
    book.used = {Id{99}};
    SampleDraft won{proposal, Map{{"kind", "won"}}};
    check_stage(book, won.draft());
    EXPECT_EQ(won.refusal(), "pipelines.stage_in_use");
    SampleDraft held{proposal, Map{{"kind", "hold"}}}; // its opportunities stay open
    check_stage(book, held.draft());
    EXPECT_EQ(held.refusal(), "");
    SampleDraft renamed{proposal, Map{{"name", "Offer"}}};
    check_stage(book, renamed.draft());
    EXPECT_EQ(renamed.refusal(), "");
}

TEST(StageRules, GiveAnEmptyStageTheProbabilityOfItsNewKind)
{
    Map before = proposal;
    before.set("probability", percent(50));
    SampleDraft draft{before, Map{{"kind", "lost"}}};
    check_stage(SampleBook{}, draft.draft());
    EXPECT_EQ(draft.refusal(), "");
    EXPECT_EQ(draft.result()["probability"], Value{impossible});
}

TEST(StageRules, RefuseToDeleteAStageInUse)
{
    SampleBook book;
    auto unused = SampleDraft::removal({12}, proposal);
    check_stage_removal(book, unused.draft());
    EXPECT_EQ(unused.refusal(), "");
    book.used = {Id{12}};
    auto used = SampleDraft::removal({12}, proposal);
    check_stage_removal(book, used.draft());
    EXPECT_EQ(used.refusal(), "pipelines.stage_in_use");
}

TEST(PipelineRules, GiveAPipelineTheUsualCurrency)
{
    SampleDraft draft{Map{{"name", "Partners"}}};
    check_pipeline(sample_settings({{"default_currency", "EUR"}}), draft.draft());
    EXPECT_EQ(draft.result()["currency"], Value{"EUR"});
}

TEST(PipelineRules, KnowCurrencies)
{
    SampleDraft small{Map{{"name", "Partners"}, {"currency", "chf"}}};
    check_pipeline(sample_settings(), small.draft());
    EXPECT_EQ(small.result()["currency"], Value{"CHF"});
    SampleDraft unknown{Map{{"name", "Partners"}, {"currency", "ABC"}}};
    check_pipeline(sample_settings(), unknown.draft());
    EXPECT_EQ(unknown.refusal(), "pipelines.unknown_currency");
}

TEST(PipelineRules, RefuseToDeleteAPipelineWithStages)
{
    auto used = SampleDraft::removal({10}, Map{{"name", "Sales"}});
    check_pipeline_removal(SampleBook{}, used.draft());
    EXPECT_EQ(used.refusal(), "pipelines.pipeline_in_use");
    auto empty = SampleDraft::removal({30}, Map{{"name", "Empty"}});
    check_pipeline_removal(SampleBook{}, empty.draft());
    EXPECT_EQ(empty.refusal(), "");
}

TEST(StageKey, IsMadeOfLettersAndDigits)
{
    EXPECT_EQ(stage_key("Sales", "Closed won!"), "sales/closed-won");
    EXPECT_EQ(stage_key("  New  business ", "Übergabe"), "new-business/Übergabe");
}

} // namespace
} // namespace mortise::plugins::pipelines
