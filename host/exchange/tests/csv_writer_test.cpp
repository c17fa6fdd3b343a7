#include "exchange/csv/csv_reader.hpp"
#include "exchange/csv/csv_writer.hpp"
#include "exchange/csv/formula_guard.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

namespace mortise::host {
namespace {

using Cells = std::vector<std::string>;

std::string written(const std::vector<Cells>& rows, CsvWriterOptions options = {})
{
    StringSink sink;
    CsvWriter writer{sink, options};
    for (const Cells& row : rows)
        EXPECT_TRUE(writer.write(row));
    return sink.take();
}

TEST(CsvWriter, QuotesOnlyWhatNeedsIt)
{
    EXPECT_EQ(
        written({{"a", "b c", "x,y", "say \"hi\"", "two\nlines", " blank", ""}}),
        "a,b c,\"x,y\",\"say \"\"hi\"\"\",\"two\nlines\",\" blank\",\r\n"
    );
}

TEST(CsvWriter, KeepsFormulasFromRunningAndLeavesNumbersAlone)
{
    EXPECT_EQ(
        written({{"=1+2", "+49 30 1", "-5", "+491234", "-1.5", "@x", "-", "\tx", "'=1"}}),
        "'=1+2,'+49 30 1,-5,+491234,-1.5,'@x,'-,\"'\tx\",''=1\r\n"
    );
    EXPECT_EQ(written({{"=1+2"}}, {.formula_guard = false}), "=1+2\r\n");
}

TEST(CsvWriter, WritesAMarkAndOtherSeparatorsOnRequest)
{
    EXPECT_EQ(
        written({{"a,b", "c;d"}}, {.separator = ';', .line_end = "\n", .byte_order_mark = true}),
        "\xEF\xBB\xBF"
        "a,b;\"c;d\"\n"
    );
}

TEST(CsvWriter, DoesNotLetAHeaderPassForASeparatorLine)
{
    EXPECT_EQ(written({{"sep=;"}, {"x"}}), "\"sep=;\"\r\nx\r\n");
}

TEST(CsvWriter, NeverWritesBrokenText)
{
    EXPECT_EQ(written({{"a\xffz"}}), "a\uFFFDz\r\n");
}

TEST(FormulaGuard, GivesBackExactlyWhatItTook)
{
    for (const std::string_view text :
         {"",
          "'",
          "''",
          "=",
          "'=",
          "''=x",
          "-5",
          "'-5",
          "''-5",
          "+1.5",
          "-1-1",
          "plain",
          "'plain",
          "@",
          "'@",
          "-.",
          "\r",
          "'\rx"})
        EXPECT_EQ(remove_formula_guard(add_formula_guard(text)), text) << text;
    EXPECT_EQ(add_formula_guard("-5"), "-5");
    EXPECT_EQ(add_formula_guard("=5"), "'=5");
}

TEST(CsvWriter, WritesWhatTheReaderReadsBack)
{
    std::mt19937 random{20240229};
    constexpr std::string_view letters = "abc,;|\"'\r\n\t =+-@5.\\x";
    for (const char separator : {',', ';', '\t'}) {
        std::vector<Cells> rows{{"first", "second", "third"}};
        for (int i = 0; i < 3000; ++i) {
            Cells row{std::to_string(i)};
            for (int cell = 0; cell < 2; ++cell) {
                std::string text;
                for (auto length = random() % 12; length > 0; --length)
                    text += random() % 10 == 0 ? std::string{"ä"}
                                               : std::string(1, letters[random() % letters.size()]);
                row.push_back(text);
            }
            rows.push_back(row);
        }
        const std::string text = written(rows, {.separator = separator});
        MemorySource source{text};
        CsvOptions options;
        options.dialect = CsvDialect{separator, '"', false};
        auto reader = CsvReader::open(source, options);
        ASSERT_TRUE(reader);
        CsvRow row;
        for (std::size_t i = 1; i < rows.size(); ++i) {
            ASSERT_TRUE(*reader->next(row));
            ASSERT_EQ(Cells(row.cells.begin(), row.cells.end()), rows[i]) << row.raw;
            ASSERT_TRUE(row.findings.empty());
        }
        EXPECT_FALSE(*reader->next(row));
    }
}

TEST(FileSink, WritesSmallAndLargePiecesInOrder)
{
    const auto path
        = std::filesystem::temp_directory_path() / ("mortise_sink_" + std::to_string(std::random_device{}()));
    std::string expected;
    {
        auto sink = FileSink::create(path);
        ASSERT_TRUE(sink);
        for (int i = 0; i < 20; ++i) {
            const std::string piece(static_cast<std::size_t>(i) * 10'000, static_cast<char>('a' + i));
            expected += piece;
            ASSERT_TRUE((*sink)->write(piece));
        }
        ASSERT_TRUE((*sink)->finish());
    }
    std::ifstream file{path, std::ios::binary};
    const std::string found{std::istreambuf_iterator<char>{file}, {}};
    std::filesystem::remove(path);
    EXPECT_TRUE(found == expected);
    EXPECT_EQ(FileSink::create("/no/such/folder/file").error().code, ErrorCode::not_found);
}

} // namespace
} // namespace mortise::host
