#include "definition/json_reader.hpp"

#include <mortise/failure.hpp>

#include <algorithm>

namespace mortise::plugins::reporting {

Error wrong(std::string_view at, std::string message, std::string hint)
{
    return {
        ErrorCode::invalid,
        std::move(message),
        "reporting.definition",
        at.empty() ? std::string{"/"} : std::string{at},
        std::move(hint)
    };
}

void fail_with(ErrorCode code, std::string key, std::string message, std::string where, std::string hint)
{
    throw Failure{Error{code, std::move(message), std::move(key), std::move(where), std::move(hint)}};
}

namespace {

std::string listed(std::initializer_list<std::string_view> names)
{
    std::string text;
    for (const std::string_view name : names)
        text.append(text.empty() ? "" : ", ").append(name);
    return text;
}

} // namespace

Result<void> only(const Map& map, const std::string& at, std::initializer_list<std::string_view> known)
{
    for (const Entry& entry : map)
        if (std::ranges::find(known, entry.key) == known.end())
            return wrong(
                at + "/" + entry.key, "\"" + entry.key + "\" is not known here", "one of " + listed(known)
            );
    return {};
}

Result<const Map*> object_at(const Value& value, const std::string& at, std::string hint)
{
    if (const Map* map = value.as<Map>()) return map;
    return wrong(at, "must be an object", std::move(hint));
}

bool is_name(std::string_view text) noexcept
{
    return !text.empty() && text.size() <= 120 && text.front() >= 'a' && text.front() <= 'z'
        && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
}

Result<Path> path_at(const Value& value, const std::string& at, std::size_t most)
{
    const std::string_view text = value.text();
    Path path;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t dot = std::min(text.find('.', from), text.size());
        path.emplace_back(text.substr(from, dot - from));
        from = dot + 1;
    }
    if (path.size() <= most && std::ranges::all_of(path, is_name)) return path;
    return wrong(
        at, "must be the name of a field", "such as close_date, or organisation.country through a reference"
    );
}

Result<std::string> choice_at(
    const Value& value,
    const std::string& at,
    std::initializer_list<std::string_view> options,
    std::string_view otherwise
)
{
    if (value.is_null() && !otherwise.empty()) return std::string{otherwise};
    if (std::ranges::find(options, value.text()) != options.end()) return std::string{value.text()};
    const std::string given{value.text()};
    return wrong(
        at, given.empty() ? "is missing" : "\"" + given + "\" is not known here", "one of " + listed(options)
    );
}

Result<std::int64_t> whole_at(
    const Value& value, const std::string& at, std::int64_t least, std::int64_t most, std::int64_t otherwise
)
{
    if (value.is_null()) return otherwise;
    const auto* number = value.as<std::int64_t>();
    if (number && *number >= least && *number <= most) return *number;
    return wrong(
        at, "must be a whole number", "from " + std::to_string(least) + " to " + std::to_string(most)
    );
}

Result<bool> flag_at(const Value& value, const std::string& at, bool otherwise)
{
    if (value.is_null()) return otherwise;
    if (const auto* yes = value.as<bool>()) return *yes;
    return wrong(at, "must be true or false", "without quotes");
}

Result<const List*> list_at(const Value& value, const std::string& at, std::size_t most)
{
    static const List none;
    if (value.is_null()) return &none;
    const List* list = value.as<List>();
    if (list && list->size() <= most) return list;
    return wrong(at, "must be a list", "of at most " + std::to_string(most));
}

std::string joined(const Path& path)
{
    std::string text;
    for (const std::string& part : path)
        text.append(text.empty() ? "" : ".").append(part);
    return text;
}

} // namespace mortise::plugins::reporting
