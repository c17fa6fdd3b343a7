#include "program/json_place.hpp"

#include <gtest/gtest.h>

namespace mortise::tool {
namespace {

constexpr std::string_view document = R"({
  "id": "com.acme.x", "queries": [
    { "name": "a } ] \" ,", "columns": [] },
    {
      "name": "b",
      "sql": [
        "SELECT 1",
        "FROM contact"
      ],
      "a/b": [[1, 2], {"c": null},
              true]
    }
  ]
})";

TEST(JsonPlace, SaysOnWhichLineAPointerLeads)
{
    EXPECT_EQ(line_of(document, ""), 1U);
    EXPECT_EQ(line_of(document, "/id"), 2U);
    EXPECT_EQ(line_of(document, "/queries/0"), 3U);
    EXPECT_EQ(line_of(document, "/queries/1"), 4U);
    EXPECT_EQ(line_of(document, "/queries/1/sql"), 6U);
    EXPECT_EQ(line_of(document, "/queries/1/sql/1"), 8U);
    EXPECT_EQ(line_of(document, "/queries/1/a~1b/1/c"), 10U);
    EXPECT_EQ(line_of(document, "/queries/1/a~1b/2"), 11U);
}

TEST(JsonPlace, KnowsWhatIsNotThere)
{
    for (const char* pointer :
         {"/name", "/queries/2", "/queries/x", "/queries/0/columns/0", "/id/0", "/queries/1/sql/1/2"})
        EXPECT_FALSE(line_of(document, pointer)) << pointer;
    EXPECT_EQ(line_near(document, "/queries/1/actions/0/command"), 4U);
    EXPECT_EQ(line_near(document, "/nothing"), 1U);
    EXPECT_EQ(line_near("", "/nothing"), 1U);
}

} // namespace
} // namespace mortise::tool
