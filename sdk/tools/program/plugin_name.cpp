#include "program/plugin_name.hpp"

#include "program/output.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace mortise::tool {
namespace {

constexpr std::size_t max_id = 100;
constexpr std::size_t max_last_part = 40; // names of 60 begin with it

bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}
bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
char upper(char c)
{
    return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
}

std::vector<std::string> split(std::string_view text, char separator)
{
    std::vector<std::string> parts{{}};
    for (const char c : text)
        if (c == separator)
            parts.emplace_back();
        else
            parts.back() += c;
    return parts;
}

Error bad(std::string_view id, std::string reason, std::string hint)
{
    return tool_error(
        ErrorCode::invalid,
        "bad_id",
        '"' + std::string{id} + "\" is no id of a plugin: " + std::move(reason),
        "ID",
        std::move(hint)
    );
}

/// Lower case, with what may not stand in an id made or left out.
std::string suggestion(std::string_view id)
{
    std::string better;
    for (const char c : id) {
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (is_lower(lower) || is_digit(lower) || lower == '.' || lower == '-')
            better += lower;
        else if (lower == '_' || lower == ' ')
            better += '-';
    }
    return better;
}

Result<void> check_part(std::string_view id, std::string_view part)
{
    const std::string quoted = '"' + std::string{part} + '"';
    if (part.empty()) return bad(id, "a part is empty", "put one dot between parts, none at the ends");
    const auto odd
        = std::ranges::find_if(part, [](char c) { return !is_lower(c) && !is_digit(c) && c != '-'; });
    if (odd != part.end())
        return bad(
            id, quoted + " may hold small letters, digits and - only", "for instance " + suggestion(id)
        );
    if (!is_lower(part.front()))
        return bad(id, quoted + " does not begin with a letter", "begin it with a letter");
    if (part.back() == '-' || part.find("--") != part.npos)
        return bad(id, quoted + " has a - at its end, or two together", "one - between words");
    return {};
}

} // namespace

Result<PluginName> parse_plugin_name(std::string_view id)
{
    const std::string form = "ids are a domain of yours, reversed, and a name: com.acme.leadscore";
    if (id.empty()) return bad(id, "it is empty", form);
    if (id.size() > max_id) return bad(id, "it is longer than 100 characters", form);
    const std::vector<std::string> parts = split(id, '.');
    for (const std::string& part : parts)
        MORTISE_CHECK(check_part(id, part));
    if (parts.size() < 2) return bad(id, "it has one part only", form);
    if (parts.front() == "mortise")
        return bad(id, "ids that begin with mortise. are those of Mortise itself", form);
    const std::string& last = parts.back();
    if (last.size() > max_last_part)
        return bad(
            id,
            "its last part is longer than 40 characters",
            "names in the plugin begin with it: a short word"
        );
    for (const std::string_view taken : {"contact", "host", "mortise"})
        if (last == taken)
            return bad(
                id,
                '"' + last + "\" begins names of the host itself",
                "another last part: it begins the names that you give away"
            );

    PluginName name;
    name.id = id;
    name.kebab = last;
    name.snake = last;
    std::ranges::replace(name.snake, '-', '_');
    name.upper = name.snake;
    std::ranges::transform(name.upper, name.upper.begin(), upper);
    name.title = last;
    std::ranges::replace(name.title, '-', ' ');
    name.title.front() = upper(name.title.front());
    for (const std::string& word : split(last, '-'))
        name.camel += upper(word.front()) + word.substr(1);
    name.vendor = parts[parts.size() - 2];
    std::ranges::replace(name.vendor, '-', ' ');
    name.vendor.front() = upper(name.vendor.front());
    return name;
}

} // namespace mortise::tool
