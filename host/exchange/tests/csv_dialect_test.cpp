#include "exchange/csv/csv_dialect.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace mortise::host {
namespace {

CsvDialect sniff(std::string_view text)
{
    return sniff_dialect(text, true);
}

TEST(SniffDialect, FindsEverySeparator)
{
    for (const char separator : {',', ';', '\t', '|'}) {
        std::string text = "id_name_city\n1_Ada_London\n2_Bob_Paris\n3__\n";
        std::ranges::replace(text, '_', separator);
        EXPECT_EQ(sniff(text).separator, separator);
    }
}

TEST(SniffDialect, IsNotMisledByCommasInTheCells)
{
    EXPECT_EQ(sniff("name;price\n\"A, B\";1,5\nC, D;2,5\nE, F;3,5\n").separator, ';');
    EXPECT_EQ(sniff("a\tb\n1,2,3\t4\n5,6,7\t8\n").separator, '\t');
    EXPECT_EQ(sniff("a,b\n\"x;y;z\",1\n\"x;y;z\",2\n").separator, ',');
}

TEST(SniffDialect, TakesASingleColumnForOne)
{
    EXPECT_EQ(sniff("name\nAda\nBob\n"), CsvDialect{});
    EXPECT_EQ(sniff("name\nLovelace, Ada\nMarley, Bob\n").separator, ',');
    EXPECT_EQ(sniff(""), CsvDialect{});
    EXPECT_EQ(sniff("\n\n\n"), CsvDialect{});
}

TEST(SniffDialect, ForgivesShortRows)
{
    EXPECT_EQ(sniff("a;b;c;d\n1;2\n1\n1;2;3;4\n").separator, ';');
}

TEST(SniffDialect, FindsSingleQuotes)
{
    EXPECT_EQ(sniff("a,b\n'x,1','y'\n'z,2','w'\n").quote, '\'');
    EXPECT_EQ(sniff("a,b\n'tis,1\n't Hart,2\nO'Neil,3\n").quote, '"');
    EXPECT_EQ(sniff("a,b\n\"'x'\",1\n'y',2\n'z',3\n'w',4\n").quote, '"');
}

TEST(SniffDialect, FindsBackslashes)
{
    EXPECT_TRUE(sniff("a,b\n\"say \\\"hi\\\" now\",1\n\"x\",2\n").backslash);
    EXPECT_FALSE(sniff("a,b\n\"say \"\"hi\"\" now\",1\n").backslash);
    EXPECT_FALSE(sniff("a,b\n\"C:\\dir\\\",1\n\"D:\\\",2\n").backslash);
    EXPECT_FALSE(sniff("a,b\n\"\",1\n").backslash);
}

TEST(SeparatorLine, IsThatOfExcel)
{
    EXPECT_EQ(find_separator_line("sep=;\r\na;b").separator, ';');
    EXPECT_EQ(find_separator_line("sep=;\r\na;b").size, 7U);
    EXPECT_EQ(find_separator_line("SEP=\t\na").separator, '\t');
    for (const std::string_view text : {"", "sep=", "sep=\n", "sep=;;\n", "\"sep=;\"\n", "separator,b\n"})
        EXPECT_EQ(find_separator_line(text).size, 0U) << text;
}

} // namespace
} // namespace mortise::host
