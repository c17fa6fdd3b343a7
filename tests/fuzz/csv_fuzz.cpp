/// \file
/// CSV: whatever the bytes are, each row has a cell for each column, usable rows are good text, and what is
/// written of them reads back the same. The first byte chooses the options.

#include "base/text.hpp"
#include "exchange/csv/csv_reader.hpp"
#include "exchange/csv/csv_writer.hpp"
#include "fuzz_check.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace mortise::host;

namespace {

using Rows = std::vector<std::vector<std::string>>;

CsvOptions options_of(std::uint8_t choice)
{
    CsvOptions options;
    options.has_header = (choice & 1U) == 0;
    options.formula_guard = (choice & 2U) == 0;
    if ((choice & 4U) != 0) options.dialect = CsvDialect{';', '\'', (choice & 8U) != 0};
    if ((choice & 16U) != 0) {
        options.max_cell_bytes = 50;
        options.max_row_bytes = 200;
    }
    if ((choice & 32U) != 0) options.encoding = "windows-1252";
    return options;
}

Rows read_usable(std::string_view text, const CsvOptions& options)
{
    MemorySource source{text};
    auto reader = CsvReader::open(source, options);
    if (!reader) return {};
    Rows rows;
    CsvRow row;
    std::uint64_t number = 0;
    std::uint64_t line = 0;
    while (true) {
        const auto more = reader->next(row);
        if (!more || !*more) return rows;
        FUZZ_CHECK(row.cells.size() == reader->columns().size());
        FUZZ_CHECK(row.number == ++number);
        FUZZ_CHECK(row.line > line);
        line = row.line;
        if (!row.usable()) continue;
        for (const std::string_view cell : row.cells) {
            FUZZ_CHECK(valid_utf8(cell));
            FUZZ_CHECK(cell.find('\0') == std::string_view::npos);
            FUZZ_CHECK(cell.size() <= options.max_cell_bytes);
        }
        rows.emplace_back(row.cells.begin(), row.cells.end());
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    if (size == 0) return 0;
    const Rows rows = read_usable(text_of(data + 1, size - 1), options_of(data[0]));
    if (rows.empty()) return 0;
    StringSink sink;
    CsvWriter writer{sink};
    std::vector<std::string> header;
    for (std::size_t i = 0; i < rows[0].size(); ++i)
        header.push_back("c" + std::to_string(i));
    FUZZ_CHECK(writer.write(header));
    for (const auto& row : rows)
        FUZZ_CHECK(writer.write(row));
    CsvOptions own;
    own.dialect = CsvDialect{};
    Rows expected = rows;
    // Rows in which nothing stands are passed over.
    std::erase_if(expected, [](const auto& row) { return std::ranges::all_of(row, &std::string::empty); });
    FUZZ_CHECK(read_usable(sink.text(), own) == expected);
    return 0;
}
