#include "mime/mbox.hpp"

#include <algorithm>
#include <array>

namespace mortise::plugins::email {

namespace {

/// "From someone Wed Nov 25 18:00:00 2026": a separator has a month and a time in it.
bool is_separator(std::string_view line)
{
    if (!line.starts_with("From ")) return false;
    constexpr std::array<std::string_view, 12> months{
        " Jan ",
        " Feb ",
        " Mar ",
        " Apr ",
        " May ",
        " Jun ",
        " Jul ",
        " Aug ",
        " Sep ",
        " Oct ",
        " Nov ",
        " Dec "
    };
    const bool has_month = std::ranges::any_of(months, [&](std::string_view month) {
        return line.find(month) != std::string_view::npos;
    });
    return has_month && line.find(':') != std::string_view::npos;
}

} // namespace

bool is_mbox(std::string_view file)
{
    return is_separator(file.substr(0, file.find('\n')));
}

std::vector<std::string_view> split_mbox(std::string_view file)
{
    std::vector<std::string_view> messages;
    std::size_t from = std::string_view::npos;
    bool is_after_blank = true;
    for (std::size_t at = 0; at < file.size();) {
        auto end = file.find('\n', at);
        if (end == std::string_view::npos) end = file.size();
        const std::string_view line = file.substr(at, end - at);
        if (is_after_blank && is_separator(line)) {
            if (from != std::string_view::npos) messages.push_back(file.substr(from, at - from));
            from = end < file.size() ? end + 1 : end;
        }
        is_after_blank = line.empty() || line == "\r";
        at = end + 1;
    }
    if (from != std::string_view::npos) messages.push_back(file.substr(from));
    return messages;
}

std::string unquote_from(std::string_view message)
{
    std::string plain;
    plain.reserve(message.size());
    for (std::size_t at = 0; at < message.size();) {
        auto end = message.find('\n', at);
        end = end == std::string_view::npos ? message.size() : end + 1;
        std::string_view line = message.substr(at, end - at);
        const auto arrows = line.find_first_not_of('>');
        if (arrows != std::string_view::npos && arrows > 0 && line.substr(arrows).starts_with("From "))
            line.remove_prefix(1);
        plain += line;
        at = end;
    }
    return plain;
}

} // namespace mortise::plugins::email
