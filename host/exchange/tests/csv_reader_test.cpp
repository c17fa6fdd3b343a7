#include "base/json.hpp"
#include "exchange/csv/csv_reader.hpp"

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace mortise::host {
namespace {

using Cells = std::vector<std::string>;

struct ReadRow {
    std::uint64_t number;
    std::uint64_t line;
    Cells cells;
    std::string raw;
    std::vector<Finding> findings;
    bool usable;
};

struct ReadFile {
    Cells columns;
    std::vector<Finding> findings;
    std::vector<ReadRow> rows;
    CsvDialect dialect;
    std::string encoding;
};

ReadFile read(std::string_view bytes, CsvOptions options = {})
{
    MemorySource source{bytes};
    auto reader = CsvReader::open(source, std::move(options));
    EXPECT_TRUE(reader) << reader.error().message;
    if (!reader) return {};
    ReadFile file{reader->columns(), reader->findings(), {}, reader->dialect(), {}};
    CsvRow row;
    while (true) {
        const auto more = reader->next(row);
        EXPECT_TRUE(more) << more.error().message;
        if (!more || !*more) break;
        file.rows.push_back(
            {row.number,
             row.line,
             Cells(row.cells.begin(), row.cells.end()),
             std::string{row.raw},
             {row.findings.begin(), row.findings.end()},
             row.usable()}
        );
    }
    file.encoding = reader->encoding().name;
    return file;
}

std::vector<Cells> cells_of(std::string_view bytes, CsvOptions options = {})
{
    std::vector<Cells> all;
    for (const ReadRow& row : read(bytes, std::move(options)).rows)
        all.push_back(row.cells);
    return all;
}

TEST(CsvReader, ReadsPlainRows)
{
    const ReadFile file = read("id,name\n1,Ada\n2,Bob\n");
    EXPECT_EQ(file.columns, (Cells{"id", "name"}));
    ASSERT_EQ(file.rows.size(), 2U);
    EXPECT_EQ(file.rows[1].cells, (Cells{"2", "Bob"}));
    EXPECT_EQ(file.rows[1].number, 2U);
    EXPECT_EQ(file.rows[1].line, 3U);
    EXPECT_EQ(file.rows[1].raw, "2,Bob");
    EXPECT_TRUE(file.rows[1].usable);
    EXPECT_TRUE(file.findings.empty());
}

TEST(CsvReader, TakesAnyLineEndsInOneFile)
{
    const std::vector<Cells> expected{{"1", "2"}, {"3", "4"}, {"5", "6"}};
    EXPECT_EQ(cells_of("a,b\r1,2\n3,4\r\n5,6"), expected);
    EXPECT_EQ(cells_of("a,b\r\n1,2\r\n3,4\r\n5,6\r\n"), expected);
    EXPECT_EQ(cells_of("a,b\r1,2\r3,4\r5,6\r"), expected);
    EXPECT_EQ(cells_of("a,b\r\r\n1,2\r\r\n3,4\r\r\n5,6\r\r\n"), expected);
    EXPECT_EQ(read("a,b\r\r\n1,2\r\r\n3,4\r\r\n").rows.at(1).line, 3U);
}

TEST(CsvReader, KeepsSeparatorsLineEndsAndQuotesInQuotes)
{
    const ReadFile file
        = read("a,b\n\"x, y\",\"two\nlines\"\n\"he said \"\"hi\"\"\",\"\"\n \"padded\" ,\"\"\"\"\nlast,row\n"
        );
    ASSERT_EQ(file.rows.size(), 4U);
    EXPECT_EQ(file.rows[0].cells, (Cells{"x, y", "two\nlines"}));
    EXPECT_EQ(file.rows[1].cells, (Cells{"he said \"hi\"", ""}));
    EXPECT_EQ(file.rows[1].line, 4U);
    EXPECT_EQ(file.rows[2].cells, (Cells{"padded", "\""}));
    EXPECT_EQ(file.rows[3].line, 6U);
    EXPECT_EQ(file.rows[0].raw, "\"x, y\",\"two\nlines\"");
}

TEST(CsvReader, KeepsQuotesInsidePlainCells)
{
    EXPECT_EQ(cells_of("a,b\n5\" pipe,x\"y\n"), (std::vector<Cells>{{"5\" pipe", "x\"y"}}));
}

TEST(CsvReader, ReadsBackslashEscapes)
{
    EXPECT_EQ(
        cells_of("a,b\n\"say \\\"hi\\\", ok\",\"C:\\\\x\\n\"\n"),
        (std::vector<Cells>{{"say \"hi\", ok", "C:\\x\\n"}})
    );
}

TEST(CsvReader, TellsOfTextBehindAClosingQuote)
{
    const ReadFile file = read("a,b\n\"x\"yz,2\n");
    EXPECT_EQ(file.rows[0].cells, (Cells{"xyz", "2"}));
    ASSERT_EQ(file.rows[0].findings.size(), 1U);
    EXPECT_EQ(file.rows[0].findings[0].error.key, "csv.text_after_quote");
    EXPECT_EQ(file.rows[0].findings[0].error.where, "row 1, line 2, column a");
    EXPECT_TRUE(file.rows[0].usable);
}

TEST(CsvReader, FillsShortRowsAndRefusesLongOnes)
{
    const ReadFile file = read("a,b,c\n1\n1,2,3,4\n1,2,3,,\n5,6,7\n");
    ASSERT_EQ(file.rows.size(), 4U);
    EXPECT_EQ(file.rows[0].cells, (Cells{"1", "", ""}));
    EXPECT_TRUE(file.rows[0].usable);
    EXPECT_EQ(file.rows[0].findings[0].error.key, "csv.short_row");
    EXPECT_FALSE(file.rows[1].usable);
    EXPECT_EQ(file.rows[1].findings[0].error.message, "the row has 4 cells, the header 3");
    EXPECT_EQ(file.rows[1].findings[0].error.where, "row 2, line 3");
    EXPECT_EQ(file.rows[1].raw, "1,2,3,4");
    EXPECT_TRUE(file.rows[2].usable);
    EXPECT_TRUE(file.rows[2].findings.empty());
    EXPECT_TRUE(file.rows[3].usable);
}

TEST(CsvReader, RenamesDuplicateAndNamesNamelessColumns)
{
    const ReadFile file = read("name, name ,,name (2)\n1,2,3,4\n");
    EXPECT_EQ(file.columns, (Cells{"name", "name (2)", "column 3", "name (2) (2)"}));
    ASSERT_EQ(file.findings.size(), 3U);
    EXPECT_EQ(file.findings[0].error.key, "csv.duplicate_column");
    EXPECT_EQ(file.findings[1].error.key, "csv.unnamed_column");
    EXPECT_EQ(file.findings[0].severity, Severity::notice);
}

TEST(CsvReader, PassesOverEmptyLinesButCountsThem)
{
    const ReadFile file = read("\n\na,b\n\n1,2\n,\n\r\n3,4\n\n");
    ASSERT_EQ(file.rows.size(), 2U);
    EXPECT_EQ(file.rows[0].line, 5U);
    EXPECT_EQ(file.rows[1].line, 8U);
    EXPECT_EQ(file.rows[1].number, 2U);
}

TEST(CsvReader, FollowsTheSeparatorLineOfExcel)
{
    const ReadFile file = read("sep=|\na|b\n1|2\n");
    EXPECT_EQ(file.columns, (Cells{"a", "b"}));
    EXPECT_EQ(file.rows[0].line, 3U);
    EXPECT_EQ(file.rows[0].cells, (Cells{"1", "2"}));
}

TEST(CsvReader, ReadsWithoutAHeader)
{
    CsvOptions options;
    options.has_header = false;
    const ReadFile file = read("1,2\n3,4\n", options);
    EXPECT_EQ(file.columns, (Cells{"column 1", "column 2"}));
    ASSERT_EQ(file.rows.size(), 2U);
    EXPECT_EQ(file.rows[0].cells, (Cells{"1", "2"}));
    EXPECT_EQ(file.rows[0].line, 1U);
    EXPECT_TRUE(read("", options).rows.empty());
}

TEST(CsvReader, RecoversFromAQuoteThatIsNeverClosed)
{
    const ReadFile file = read("id,name\n1,Ada\n2,\"Bob\n3,Eve\n4,Joe\n");
    ASSERT_EQ(file.rows.size(), 4U);
    EXPECT_FALSE(file.rows[1].usable);
    EXPECT_EQ(file.rows[1].findings[0].error.key, "csv.unclosed_quote");
    EXPECT_EQ(file.rows[1].findings[0].error.where, "row 2, line 3, column name");
    EXPECT_EQ(file.rows[1].cells, (Cells{"2", "\"Bob"}));
    EXPECT_EQ(file.rows[3].cells, (Cells{"4", "Joe"}));
    EXPECT_EQ(file.rows[3].line, 5U);
    EXPECT_TRUE(file.rows[3].usable);
}

TEST(CsvReader, RecoversFromAnUnclosedQuoteInAFileLargerThanACell)
{
    CsvOptions options;
    options.max_cell_bytes = 100'000;
    std::string text = "id,name\n1,\"stray\n";
    for (int i = 2; i <= 100'000; ++i)
        text += std::to_string(i) + ",name\n";
    const ReadFile file = read(text, options);
    ASSERT_EQ(file.rows.size(), 100'000U);
    EXPECT_FALSE(file.rows[0].usable);
    EXPECT_TRUE(file.rows[1].usable);
    EXPECT_EQ(file.rows.back().line, 100'001U);
}

TEST(CsvReader, GivesUpAfterTooManyUnclosedQuotes)
{
    CsvOptions options;
    options.max_cell_bytes = 2000;
    options.dialect = CsvDialect{};
    std::string rows;
    while (rows.size() < 300'000)
        rows += "1," + std::string(1000, 'x') + "\n";
    std::string text = "a,b\n";
    for (int i = 0; i < 102; ++i)
        text += "1,\"x\n" + rows;
    MemorySource source{text};
    auto reader = CsvReader::open(source, options);
    CsvRow row;
    Result<bool> more = true;
    while (more && *more)
        more = reader->next(row);
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, ErrorCode::limit);
    EXPECT_EQ(more.error().key, "csv.unclosed_quote");
}

TEST(CsvReader, BoundsCellsAndGoesOnBehindThem)
{
    CsvOptions options;
    options.max_cell_bytes = 1000;
    const std::string big(2'000'000, 'x');
    for (const std::string& cell : {big, "\"" + big + "\"", "\"" + big + "\"\"" + "\n" + big + "\""}) {
        const ReadFile file = read("a,b,c\n1," + cell + ",3\n4,5,6\n", options);
        ASSERT_EQ(file.rows.size(), 2U);
        EXPECT_FALSE(file.rows[0].usable);
        EXPECT_EQ(file.rows[0].findings[0].error.code, ErrorCode::limit);
        EXPECT_EQ(file.rows[0].findings[0].error.message, "a cell of more than 1000 bytes");
        EXPECT_EQ(file.rows[0].findings[0].error.where, "row 1, line 2, column b");
        EXPECT_LE(file.rows[0].raw.size(), 1000U);
        EXPECT_TRUE(file.rows[1].usable);
        EXPECT_EQ(file.rows[1].cells, (Cells{"4", "5", "6"}));
        EXPECT_EQ(file.rows[1].line, cell.find('\n') == std::string::npos ? 3U : 4U);
    }
}

TEST(CsvReader, FindsALargeCellThatFitsItsBuffer)
{
    CsvOptions options;
    options.max_cell_bytes = 1000;
    const ReadFile file
        = read("a,b\n1," + std::string(1001, 'x') + "\n2," + std::string(1000, 'x') + "\n", options);
    ASSERT_EQ(file.rows.size(), 2U);
    EXPECT_FALSE(file.rows[0].usable);
    EXPECT_TRUE(file.rows[1].usable);
}

TEST(CsvReader, BoundsRows)
{
    CsvOptions options;
    options.max_row_bytes = 1'000'000;
    std::string row;
    for (int i = 0; i < 1'000'000; ++i)
        row += "1,";
    const ReadFile file = read("a,b\n" + row + "\n1,2\n", options);
    ASSERT_EQ(file.rows.size(), 2U);
    EXPECT_FALSE(file.rows[0].usable);
    EXPECT_EQ(file.rows[1].cells, (Cells{"1", "2"}));
}

TEST(CsvReader, SaysWhereTheEncodingOrAZeroIsWrong)
{
    const std::string text = "\xEF\xBB\xBFid,name\n1,M\xfcller\n2,a" + std::string(1, '\0') + "b\n3,gut\n";
    const ReadFile file = read(text);
    ASSERT_EQ(file.rows.size(), 3U);
    EXPECT_EQ(file.rows[0].findings.at(0).error.key, "csv.encoding");
    EXPECT_EQ(file.rows[0].findings.at(0).error.where, "row 1, line 2, column name");
    EXPECT_EQ(file.rows[0].cells[1], "M\uFFFDller");
    EXPECT_EQ(file.rows[1].findings.at(0).error.key, "csv.nul");
    EXPECT_TRUE(file.rows[2].usable);
}

TEST(CsvReader, RefusesRowsThatCouldNotBeDecoded)
{
    using namespace std::string_literals;
    const std::string text = "\xFF\xFEi\0,\0n\0\n\0"s + "1\0,\0\x00\xD8x\0\n\0"s + "2\0,\0y\0\n\0"s;
    const ReadFile file = read(text);
    ASSERT_EQ(file.rows.size(), 2U);
    EXPECT_FALSE(file.rows[0].usable);
    EXPECT_TRUE(file.rows[1].usable);
}

TEST(CsvReader, ReadsOtherEncodings)
{
    EXPECT_EQ(cells_of("a;b\nM\xfcller;K\xf6ln\n"), (std::vector<Cells>{{"Müller", "Köln"}}));
    EXPECT_EQ(read("a;b\nM\xfcller;K\xf6ln\n").encoding, "windows-1252");
}

TEST(CsvReader, RefusesFilesWithoutAUsableHeader)
{
    for (const std::string_view text : {"", "\n\n", ",,\n", "\xEF\xBB\xBF", "sep=;\n"}) {
        MemorySource source{text};
        const auto reader = CsvReader::open(source);
        ASSERT_FALSE(reader) << text;
        EXPECT_EQ(reader.error().key, "csv.empty");
    }
    MemorySource source{"\xEF\xBB\xBF"
                        "a,\xff\n1,2\n"};
    const auto reader = CsvReader::open(source);
    ASSERT_FALSE(reader);
    EXPECT_EQ(reader.error().where, "line 1, column 2");
}

TEST(CsvReader, TakesOffTheFormulaGuard)
{
    EXPECT_EQ(cells_of("a,b,c\n'=1+2,''@x,'-5\n"), (std::vector<Cells>{{"=1+2", "'@x", "'-5"}}));
    CsvOptions options;
    options.formula_guard = false;
    EXPECT_EQ(cells_of("a\n'=1+2\n", options), (std::vector<Cells>{{"'=1+2"}}));
}

TEST(CsvReader, DoesNotDependOnWhereItsBufferEnds)
{
    std::string text = "id,text,more\n";
    std::vector<Cells> expected;
    for (int i = 0; i < 30'000; ++i) {
        const std::string id = std::to_string(i);
        text += id + ",\"line one\r\nsays \"\"" + std::string(static_cast<std::size_t>(i % 97), 'x')
            + "\"\"\",ä\r\n";
        expected.push_back(
            {id, "line one\r\nsays \"" + std::string(static_cast<std::size_t>(i % 97), 'x') + "\"", "ä"}
        );
    }
    EXPECT_EQ(cells_of(text), expected);
}

std::string with_plain_line_ends(std::string text)
{
    std::erase(text, '\r');
    return text;
}

TEST(CsvReader, UnderstandsTheDialectsOfCsvSpectrum)
{
    const std::filesystem::path folder{MORTISE_SOURCE_DIR "/../shared/data/csv-dialects"};
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not here";
    const auto content = [](const std::filesystem::path& path) {
        std::ifstream file{path, std::ios::binary};
        return std::string{std::istreambuf_iterator<char>{file}, {}};
    };
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        if (entry.path().extension() != ".csv") continue;
        ++files;
        const ReadFile file = read(content(entry.path()));
        const auto json
            = parse_json(content(std::filesystem::path{entry.path()}.replace_extension(".json")), "expected");
        ASSERT_TRUE(json);
        const auto& rows = json->as_array();
        ASSERT_EQ(file.rows.size(), rows.size()) << entry.path();
        for (std::size_t i = 0; i < rows.size(); ++i)
            for (std::size_t column = 0; column < file.columns.size(); ++column)
                EXPECT_EQ(
                    file.rows[i].cells[column],
                    with_plain_line_ends(
                        std::string{std::string_view{rows.at(i).at(file.columns[column]).as_string()}}
                    )
                ) << entry.path();
    }
    EXPECT_EQ(files, 6U);
}

} // namespace
} // namespace mortise::host
