#include "app/progress_bar.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

TEST(ProgressBar, TellsRateAndTimeLeft)
{
    EXPECT_EQ(
        ProgressBar::text(5000, 250, 1000, 10, 120),
        "[#######.......................] 25 %  5000 rows, 500 a second, 0:30 left"
    );
}

TEST(ProgressBar, TellsRowsAloneWhenTheSizeIsNotKnown)
{
    EXPECT_EQ(ProgressBar::text(5000, 250, 0, 10, 120), "5000 rows, 500 a second");
    EXPECT_EQ(ProgressBar::text(0, 0, 100, 0, 120), "0 rows, 0 a second");
}

TEST(ProgressBar, FitsIntoANarrowTerminal)
{
    EXPECT_EQ(ProgressBar::text(5000, 250, 1000, 10, 20), "25 %  5000 rows, 500");
}

} // namespace
} // namespace mortise::host
