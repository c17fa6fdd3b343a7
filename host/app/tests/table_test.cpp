#include "app/table.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

TEST(Table, SetsColumnsAsWideAsWhatIsInThem)
{
    Table table{{"id", "name"}};
    table.add({"1", "Jörg"});
    table.add({"200", "X"});
    EXPECT_EQ(table.text(0), "id   name\n───  ────\n1    Jörg\n200  X\n");
}

TEST(Table, CutsTheWidestColumnsToTheTerminal)
{
    Table table{{"id", "name"}};
    table.add({"1", std::string(100, 'x')});
    EXPECT_EQ(table.text(20), "id  name\n──  ────────────────\n1   xxxxxxxxxxxxxxx…\n");
}

TEST(Table, RulesNoFurtherThanALineIsLong)
{
    Table table{{"id", "data"}};
    table.add({"1", std::string(500, 'x')});
    std::string rule = "──  ";
    for (int i = 0; i < 76; ++i)
        rule += "─";
    EXPECT_EQ(table.text(0), "id  data\n" + rule + "\n1   " + std::string(500, 'x') + '\n');
}

TEST(Table, RulesNoFurtherThanTheTerminalWhenColumnsCannotBeCut)
{
    Table table{{"first", "second", "third"}};
    table.add({std::string(9, 'x'), std::string(9, 'y'), std::string(9, 'z')});
    const std::string text = table.text(12);
    EXPECT_NE(text.find("\n────────  ──\n"), std::string::npos) << text;
}

TEST(Table, GoesOnWithTheSameWidths)
{
    Table table{{"id", "name"}};
    table.add({"1", "Anna"});
    table.text(0);
    table.add({"2", "Alexander"});
    EXPECT_EQ(table.more_text(), "2   Alexander\n");
}

TEST(Printable, LetsNoDataCommandTheTerminal)
{
    EXPECT_EQ(printable("a\x1b[31mb"), "a [31mb");
    EXPECT_EQ(printable("a\nb\tc\r"), "a b c ");
    EXPECT_EQ(
        printable("a\xC2\x9B"
                  "b"),
        "a b"
    ); // the one-byte form of ESC [
    EXPECT_EQ(
        printable("a\xE2\x80\xAE"
                  "b"),
        "a b"
    ); // right-to-left override
    EXPECT_EQ(
        printable("a\xFF"
                  "b"),
        "a\xEF\xBF\xBD"
        "b"
    );
    EXPECT_EQ(printable("Ünïcode 漢字 ok"), "Ünïcode 漢字 ok");
}

} // namespace
} // namespace mortise::host
