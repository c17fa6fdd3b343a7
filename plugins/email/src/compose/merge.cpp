#include "compose/merge.hpp"

#include "mime/charset.hpp"

#include <algorithm>

namespace mortise::plugins::email {

namespace {

void add_once(std::vector<std::string>& list, std::string text)
{
    if (std::ranges::find(list, text) == list.end()) list.push_back(std::move(text));
}

bool is_name(std::string_view name)
{
    return !name.empty() && name.size() <= 100 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    });
}

} // namespace

Merged merge(std::string_view text_template, const FieldFinder& find, std::string (*escape)(std::string_view))
{
    Merged merged;
    std::size_t at = 0;
    for (auto begin = text_template.find("{{"); begin != std::string_view::npos;
         begin = text_template.find("{{", at)) {
        merged.text += text_template.substr(at, begin - at);
        const auto end = text_template.find("}}", begin + 2);
        if (end == std::string_view::npos) {
            add_once(merged.broken, clean_line(cut(text_template.substr(begin), 60)));
            at = text_template.size();
            break;
        }
        const std::string_view inside = text_template.substr(begin + 2, end - begin - 2);
        const auto bar = inside.find('|');
        const std::string_view field = trimmed(inside.substr(0, bar));
        at = end + 2;
        if (!is_name(field)) {
            add_once(merged.broken, clean_line(cut(text_template.substr(begin, at - begin), 60)));
            continue;
        }
        std::string value = find(field).value_or(std::string{});
        if (trimmed(value).empty() && bar != std::string_view::npos) value = trimmed(inside.substr(bar + 1));
        if (trimmed(value).empty()) add_once(merged.missing, std::string{field});
        merged.text += escape != nullptr ? escape(value) : value;
    }
    if (at < text_template.size()) merged.text += text_template.substr(at);
    return merged;
}

} // namespace mortise::plugins::email
