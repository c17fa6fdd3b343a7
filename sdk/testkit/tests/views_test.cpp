// Views in the kit, on the board of a plugin as it is shipped: who presses and drops what, and what is said
// if there is no such thing.
#include <mortise/testkit.hpp>

#include <gtest/gtest.h>

#include <string>

namespace mortise::testkit {
namespace {

class ViewsTest : public testing::Test {
protected:
    Kit kit{MORTISE_PIPELINES_FOLDER};

    void SetUp() override
    {
        kit.add_user("eve", false);
        ASSERT_TRUE(kit.create("opportunity", {{"name", "500 seats"}, {"amount", "1200 USD"}}));
    }

    std::string column_of_card() { return kit.view("pipelines.board")->rows.at(0).group; }
};

bool says(const std::string& story, const std::string& part)
{
    return story.find(part) != std::string::npos;
}

TEST_F(ViewsTest, ADropMovesTheCard)
{
    ASSERT_NE(column_of_card(), "Negotiation");
    ASSERT_TRUE(kit.drop("pipelines.board", "500 seats", "Negotiation"));
    EXPECT_EQ(column_of_card(), "Negotiation");
}

TEST_F(ViewsTest, AColumnOfAQueryThatNamesItsFieldSaysTheLabelOfAnOption)
{
    const Id deal = kit.list("opportunity").at(0)["id"].get_or(Id{});
    ASSERT_TRUE(
        kit.update("opportunity", deal, {{"close_date", Date{20'454}}, {"forecast_category", "best_case"}})
    );
    const auto sheet = kit.view("pipelines.forecast_sheet");
    EXPECT_TRUE(says(sheet->text, "Best case")) << sheet->text;
    EXPECT_FALSE(says(sheet->text, "best_case")) << sheet->text;
    EXPECT_EQ(sheet->rows.at(0).fields["category"], Value{"best_case"});
}

TEST_F(ViewsTest, WhoSeesNoCardDropsNone)
{
    const std::string before = column_of_card();
    const auto dropped = kit.drop("pipelines.board", "500 seats", "Negotiation", {.user = "eve"});
    EXPECT_TRUE(expect_failed(dropped, ErrorCode::not_found, "testkit.view"));
    EXPECT_EQ(column_of_card(), before);
}

TEST_F(ViewsTest, AButtonIsPressedByThePersonWhoSeesIt)
{
    const auto pressed = kit.click("pipelines.board", "Win opportunity", {.row = "500 seats", .user = "eve"});
    EXPECT_TRUE(expect_failed(pressed, ErrorCode::not_found, "testkit.view")) << "eve sees no card";
    ASSERT_TRUE(kit.click("pipelines.board", "Win opportunity", {.row = "500 seats"}));
    EXPECT_EQ(column_of_card(), "Won");
    const auto again = kit.click("pipelines.board", "Win opportunity", {.row = "500 seats"});
    EXPECT_TRUE(says(again.story(), "it shows Reopen opportunity")) << again.story();
}

TEST_F(ViewsTest, AButtonTakesWhatAPersonFillsIn)
{
    ASSERT_TRUE(kit.click(
        "pipelines.board", "Lose opportunity", {.row = "500 seats", .arguments = {{"reason", "too dear"}}}
    ));
    EXPECT_EQ(kit.list("opportunity").at(0)["status"], Value{"lost"});
    const auto wrong = kit.click(
        "pipelines.board", "Reopen opportunity", {.row = "500 seats", .arguments = {{"nowhere", 1}}}
    );
    EXPECT_FALSE(wrong);
    EXPECT_EQ(kit.list("opportunity").at(0)["status"], Value{"lost"});
}

TEST_F(ViewsTest, WhatIsNotThereIsAnsweredWithWhatIs)
{
    const auto card = kit.drop("pipelines.board", "600 seats", "Won");
    EXPECT_TRUE(says(card.story(), R"(shows no card "600 seats")")) << card.story();
    EXPECT_TRUE(says(card.story(), "it shows 500 seats")) << card.story();
    const auto column = kit.drop("pipelines.board", "500 seats", "Nowhere");
    EXPECT_TRUE(says(column.story(), R"(shows no column "Nowhere")")) << column.story();
    EXPECT_TRUE(says(column.story(), "Negotiation")) << column.story();
    const auto row = kit.click("pipelines.board", "Win opportunity", {.row = "600 seats"});
    EXPECT_TRUE(says(row.story(), "it shows 500 seats")) << row.story();
    EXPECT_FALSE(kit.drop("pipelines.opportunity", "500 seats", "Won"));
}

} // namespace
} // namespace mortise::testkit
