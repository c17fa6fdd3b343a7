#include "model/types.hpp"

#include "base/json_read.hpp"
#include "base/text.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

namespace mortise::ui {
namespace {

FieldInfo read_field(const boost::json::value& json)
{
    FieldInfo field{
        .name = text_at(json, "name"),
        .kind = text_at(json, "kind"),
        .label = text_at(json, "label"),
        .help = text_at(json, "help"),
        .reference = text_at(json, "type")
    };
    if (field.label.empty()) field.label = words_of(field.name);
    for (const auto& option : array_at(json, "options")) {
        const std::string label = text_at(at(json, "option_labels"), text_of(option));
        field.options.push_back(text_of(option));
        field.option_labels.push_back(label.empty() ? words_of(text_of(option)) : label);
    }
    field.is_required = flag_at(json, "required");
    field.is_archived = flag_at(json, "archived");
    field.is_searchable = flag_at(json, "searchable");
    field.is_indexed = flag_at(json, "indexed");
    field.is_personal = flag_at(json, "personal");
    field.owner = text_at(json, "owner");
    field.scale = static_cast<int>(integer_at(json, "scale"));
    return field;
}

std::string address_text(const boost::json::value& value)
{
    std::string text;
    for (const std::string_view part :
         {"street", "line1", "line2", "postal_code", "city", "region", "country"}) {
        const std::string one = text_at(value, part);
        if (one.empty()) continue;
        if (!text.empty()) text += ", ";
        text += one;
    }
    return text;
}

std::string list_text(const boost::json::array& list)
{
    std::string text;
    for (const auto& one : list) {
        if (!text.empty()) text += ", ";
        text += text_of(one);
    }
    return text;
}

bool is_structured(std::string_view kind)
{
    return kind == "address" || kind == "json" || kind == "list";
}

} // namespace

std::string FieldInfo::words_for(std::string_view option) const
{
    const auto place = static_cast<std::size_t>(std::ranges::find(options, option) - options.begin());
    return place < option_labels.size() ? option_labels[place] : words_of(option);
}

bool FieldInfo::is_number() const
{
    return kind == "int" || kind == "decimal" || kind == "percent" || kind == "money" || kind == "double";
}

bool FieldInfo::is_simple() const
{
    return !is_structured(kind) && kind != "rich_text" && kind != "bytes" && !is_file();
}

const FieldInfo* TypeInfo::find(std::string_view field) const
{
    const auto found = std::ranges::find(fields, field, &FieldInfo::name);
    return found == fields.end() ? nullptr : &*found;
}

std::string TypeInfo::plural_label() const
{
    return label_plural.empty() ? words_of(plural.empty() ? name : plural) : label_plural;
}

std::vector<TypeInfo> read_types(const boost::json::value& json)
{
    std::vector<TypeInfo> types;
    for (const auto& one : array_at(json, "types")) {
        TypeInfo type{
            .name = text_at(one, "name"),
            .plural = text_at(one, "plural"),
            .label = text_at(one, "label"),
            .label_plural = text_at(one, "label_plural"),
            .owner = text_at(one, "owner"),
            .title_field = text_at(one, "title_field"),
            .is_archived = flag_at(one, "archived")
        };
        if (type.name.empty()) continue;
        if (type.label.empty()) type.label = words_of(type.name);
        for (const auto& field : array_at(one, "fields"))
            type.fields.push_back(read_field(field));
        types.push_back(std::move(type));
    }
    return types;
}

int minor_digits(std::string_view currency)
{
    constexpr std::array<std::string_view, 16> none{
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF"
    };
    constexpr std::array<std::string_view, 7> three{"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
    if (std::ranges::find(none, currency) != none.end() || currency == "XPF") return 0;
    if (std::ranges::find(three, currency) != three.end()) return 3;
    return currency == "CLF" || currency == "UYW" ? 4 : 2;
}

std::string grouped_digits(std::string_view digits)
{
    const std::size_t point = std::min(digits.find('.'), digits.size());
    const std::string_view whole = digits.substr(0, point);
    const std::size_t first = !whole.empty() && whole.front() == '-' ? 1 : 0;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (!std::ranges::all_of(whole.substr(first), is_digit)) return std::string{digits};
    std::string grouped;
    for (std::size_t i = 0; i < whole.size(); ++i) {
        if (i > first && (whole.size() - i) % 3 == 0) grouped += ',';
        grouped += whole[i];
    }
    return grouped.append(digits.substr(point));
}

std::string money_text(std::int64_t minor, std::string_view currency)
{
    const auto digits = static_cast<std::size_t>(minor_digits(currency));
    std::string text = std::to_string(minor);
    const bool is_negative = text.front() == '-';
    if (is_negative) text.erase(0, 1);
    if (text.size() <= digits) text.insert(0, digits + 1 - text.size(), '0');
    if (digits > 0) text.insert(text.size() - digits, ".");
    text = grouped_digits(text);
    return (is_negative ? "-" : "") + text + (currency.empty() ? "" : " ") + std::string{currency};
}

std::string short_money_text(std::int64_t minor, std::string_view currency)
{
    const double amount = static_cast<double>(minor) / std::pow(10.0, minor_digits(currency));
    std::array<char, 40> buffer{};
    const double size = std::abs(amount);
    const char* const format = size >= 1e9 ? "%.1fbn"
        : size >= 1e6                      ? "%.1fm"
        : size >= 1e4                      ? "%.0fk"
        : size >= 1e3                      ? "%.1fk"
                                           : "%.0f";
    const double unit = size >= 1e9 ? 1e9 : size >= 1e6 ? 1e6 : size >= 1e3 ? 1e3 : 1;
    std::snprintf(buffer.data(), buffer.size(), format, amount / unit);
    return std::string{buffer.data()} + (currency.empty() ? "" : " ") + std::string{currency};
}

std::string time_text(std::string_view rfc3339)
{
    if (rfc3339.size() < 16 || rfc3339[10] != 'T') return std::string{rfc3339};
    return std::string{rfc3339.substr(0, 10)} + ' ' + std::string{rfc3339.substr(11, 5)};
}

std::string value_text(const FieldInfo& field, const boost::json::value& value)
{
    if (value.is_null()) return {};
    if (field.is_money() && value.is_object())
        return grouped_digits(text_at(value, "amount")) + ' ' + text_at(value, "currency");
    if (field.kind == "datetime") return time_text(text_of(value));
    if (field.kind == "bool") return flag_of(value) ? "yes" : "no";
    if (field.kind == "percent") return text_of(value) + " %";
    if (field.kind == "int" || field.kind == "decimal") return grouped_digits(text_of(value));
    if (field.kind == "enum") return field.words_for(text_of(value));
    if (const auto* several = value.if_array(); several && field.kind == "multi_enum") {
        std::string text;
        for (const auto& one : *several)
            text += (text.empty() ? "" : ", ") + field.words_for(text_of(one));
        return text;
    }
    if (field.kind == "address" && value.is_object()) return address_text(value);
    if (field.kind == "file" && value.is_object())
        return text_at(value, "name") + " (" + bytes_text(integer_at(value, "size")) + ')';
    if (const auto* list = value.if_array()) return list_text(*list);
    if (value.is_string() && is_structured(field.kind)) { // SQL has them as JSON in a text
        boost::system::error_code failed;
        const boost::json::value parsed = boost::json::parse(value.get_string(), failed);
        if (!failed && !parsed.is_string()) return value_text(field, parsed);
    }
    return text_of(value);
}

std::string edit_text(const FieldInfo& field, const boost::json::value& value)
{
    if (field.is_money() && value.is_object())
        return text_at(value, "amount") + ' ' + text_at(value, "currency");
    if (field.kind == "bool") return value.is_null() ? "" : flag_of(value) ? "yes" : "no";
    if (const auto* list = value.if_array()) return list_text(*list);
    return text_of(value);
}

boost::json::value parse_edit(const FieldInfo& field, std::string_view text)
{
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    if (text.empty()) return nullptr;
    if (field.is_money()) {
        std::string amount;
        std::string currency;
        for (const char c : text) {
            if ((c >= '0' && c <= '9') || c == '.' || c == '-') amount += c;
            if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) currency += static_cast<char>(c & ~0x20);
        }
        boost::json::object money{{"amount", amount}};
        if (!currency.empty()) money["currency"] = currency;
        return money;
    }
    if (field.kind == "bool") {
        const std::string small = lower(text);
        if (small == "yes" || small == "true" || small == "1" || small == "y") return true;
        if (small == "no" || small == "false" || small == "0" || small == "n") return false;
        return boost::json::string{text};
    }
    if (field.kind == "int") {
        std::string digits{text};
        std::erase(digits, ',');
        const boost::json::value number(boost::json::string{digits});
        constexpr std::int64_t none = INT64_MIN;
        const std::int64_t read = integer_of(number, none);
        if (read != none) return read;
        return boost::json::string{text};
    }
    if (field.kind == "list") {
        boost::json::array items;
        std::string_view rest = text;
        while (!rest.empty()) {
            const std::size_t comma = std::min(rest.find(','), rest.size());
            std::string_view one = rest.substr(0, comma);
            while (!one.empty() && one.front() == ' ')
                one.remove_prefix(1);
            if (!one.empty()) items.emplace_back(one);
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
        return items;
    }
    if (field.kind == "json" || field.kind == "address") {
        boost::system::error_code failed;
        boost::json::value parsed = boost::json::parse(text, failed);
        if (!failed) return parsed;
    }
    if (field.kind == "percent" && text.back() == '%') text.remove_suffix(1);
    return boost::json::string{text};
}

} // namespace mortise::ui
