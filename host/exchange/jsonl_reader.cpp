#include "exchange/jsonl_reader.hpp"

#include "base/json.hpp"
#include "base/text.hpp"

namespace mortise::host {
namespace {

constexpr std::size_t shown_of_oversized = 1000;

Error too_long(std::uint64_t number)
{
    return Error{
        ErrorCode::limit,
        "a line of more than " + std::to_string(JsonlReader::max_line_bytes) + " bytes",
        "jsonl.too_large",
        "line " + std::to_string(number),
        {},
    };
}

/// The parser sees each line as a document of its own; its line 1 is the file's line `number`.
Error placed(Error error, std::uint64_t number)
{
    constexpr std::string_view first_line = "line 1";
    if (error.where.starts_with(first_line))
        error.where = "line " + std::to_string(number) + error.where.substr(first_line.size());
    return error;
}

Result<Map> parse_object(std::string_view text, std::uint64_t number)
{
    auto value = parse_value(text, {});
    if (!value) return placed(std::move(value).error(), number);
    if (Map* object = value->as<Map>()) return std::move(*object);
    return Error{
        ErrorCode::invalid,
        "the line is JSON, but no object",
        "jsonl.no_object",
        "line " + std::to_string(number),
        "write each record as {\"field\": value, ...}",
    };
}

} // namespace

Result<JsonlReader> JsonlReader::open(ByteSource& source)
{
    MORTISE_TRY(LineSource lines, LineSource::open(source, "UTF-8", max_line_bytes));
    return JsonlReader{std::move(lines)};
}

Result<bool> JsonlReader::next(JsonLine& line)
{
    Line read;
    while (true) {
        MORTISE_TRY(const bool found, m_lines.next(read));
        if (!found) return false;
        if (!trim_ascii(read.text).empty()) break;
    }
    line = JsonLine{read.number, {}, {}, std::nullopt};
    if (read.too_long) {
        line.raw = cut_utf8(read.text, shown_of_oversized);
        line.finding = Finding{Severity::refused, too_long(read.number)};
        return true;
    }
    line.raw = read.text;
    auto object = parse_object(read.text, read.number);
    if (object)
        line.object = *std::move(object);
    else
        line.finding = Finding{Severity::refused, std::move(object).error()};
    return true;
}

} // namespace mortise::host
