#include "records/list_cursor.hpp"

#include "base/base64.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"

#include <algorithm>
#include <span>

namespace mortise::host {

namespace {

constexpr std::size_t seal_size = 12;

Error no_cursor()
{
    return Error{
        .code = ErrorCode::invalid,
        .message = "that is no cursor of this list",
        .key = "records.wrong_cursor",
        .where = "after",
        .hint = "cursors belong to one sort, filter and person: start again from the first page",
    };
}

std::string seal_of(const CursorKey& key, std::string_view purpose, std::string_view body)
{
    std::string text{purpose};
    text.append(1, '\n').append(body);
    const auto digest = keyed_hash(key, std::as_bytes(std::span{text}));
    return digest ? base64(std::span{*digest}.first(seal_size)) : std::string{};
}

std::string url_safe(std::string text)
{
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    std::erase(text, '=');
    return text;
}

std::string from_url_safe(std::string_view safe)
{
    std::string text{safe};
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    while (text.size() % 4 != 0)
        text += '=';
    return text;
}

/// Values are written with their kind, since a sorted text may look like a number.
Map body_of(const ListPosition& position)
{
    Map body{{"id", position.id.number}};
    if (const auto* number = position.sort_value.as<std::int64_t>())
        body.set("n", *number);
    else if (position.sort_value.kind() == Kind::text)
        body.set("t", position.sort_value);
    else if (const auto* bytes = position.sort_value.as<Bytes>())
        body.set("b", base64(*bytes));
    return body;
}

} // namespace

std::string seal_cursor(const CursorKey& key, std::string_view purpose, const ListPosition& position)
{
    const std::string body = json_text(body_of(position));
    return url_safe(seal_of(key, purpose, body) + base64(std::as_bytes(std::span{body})));
}

Result<ListPosition> open_cursor(const CursorKey& key, std::string_view purpose, std::string_view text)
{
    constexpr std::size_t seal_length = seal_size / 3 * 4;
    if (text.size() <= seal_length) return no_cursor();
    const auto bytes = parse_base64(from_url_safe(text.substr(seal_length)));
    if (!bytes) return no_cursor();
    const std::string body{reinterpret_cast<const char*>(bytes->data()), bytes->size()};
    if (url_safe(seal_of(key, purpose, body)) != text.substr(0, seal_length)) return no_cursor();
    auto parsed = parse_value(body, "cursor");
    if (!parsed) return no_cursor();
    ListPosition position;
    position.id.number = (*parsed)["id"].get_or<std::int64_t>(0);
    for (const char* kind : {"n", "t"})
        if (const Value& value = (*parsed)[kind]; !value.is_null()) position.sort_value = value;
    if (const Value& value = (*parsed)["b"]; !value.is_null()) {
        const auto stored = parse_base64(value.text());
        if (!stored) return no_cursor();
        position.sort_value = Bytes{stored->begin(), stored->end()};
    }
    return position;
}

} // namespace mortise::host
