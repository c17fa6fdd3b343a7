#include "records/field.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace mortise::host {

namespace {

struct KindFacts {
    FieldKind kind;
    std::string_view name;
    std::string_view column;
};

constexpr std::array kinds{
    KindFacts{FieldKind::text, "text", "TEXT"},
    KindFacts{FieldKind::rich_text, "rich_text", "TEXT"},
    KindFacts{FieldKind::enumeration, "enum", "TEXT"},
    KindFacts{FieldKind::multi_enumeration, "multi_enum", "TEXT"},
    KindFacts{FieldKind::url, "url", "TEXT"},
    KindFacts{FieldKind::email, "email", "TEXT"},
    KindFacts{FieldKind::phone, "phone", "TEXT"},
    KindFacts{FieldKind::boolean, "bool", "INTEGER"},
    KindFacts{FieldKind::integer, "int", "INTEGER"},
    KindFacts{FieldKind::percent, "percent", "INTEGER"},
    KindFacts{FieldKind::decimal, "decimal", "INTEGER"},
    KindFacts{FieldKind::money, "money", "INTEGER"},
    KindFacts{FieldKind::date, "date", "TEXT"},
    KindFacts{FieldKind::time_of_day, "time", "INTEGER"},
    KindFacts{FieldKind::instant, "datetime", "INTEGER"},
    KindFacts{FieldKind::duration, "duration", "INTEGER"},
    KindFacts{FieldKind::reference, "reference", "INTEGER"},
    KindFacts{FieldKind::list, "list", "TEXT"},
    KindFacts{FieldKind::address, "address", "TEXT"},
    KindFacts{FieldKind::json, "json", "TEXT"},
    KindFacts{FieldKind::file, "file", "TEXT"},
};

constexpr std::array<std::string_view, 4> delete_rules{"keep", "clear", "refuse", "delete"};

constexpr const KindFacts& facts(FieldKind kind) noexcept
{
    return kinds[static_cast<std::size_t>(kind)];
}

static_assert(facts(FieldKind::file).kind == FieldKind::file, "kinds are in the order of the enumeration");
static_assert(facts(FieldKind::money).kind == FieldKind::money, "kinds are in the order of the enumeration");

} // namespace

std::string_view name_of(FieldKind kind) noexcept
{
    return facts(kind).name;
}

bool parse_field_kind(std::string_view name, FieldKind& kind) noexcept
{
    for (const KindFacts& candidate : kinds)
        if (candidate.name == name) {
            kind = candidate.kind;
            return true;
        }
    return false;
}

std::string_view column_type(FieldKind kind, std::size_t place) noexcept
{
    if (kind == FieldKind::money && place == 1) return "TEXT";
    if (kind == FieldKind::file && place == 2) return "INTEGER";
    return facts(kind).column;
}

std::string_view name_of(OnDelete rule) noexcept
{
    return delete_rules[static_cast<std::size_t>(rule)];
}

bool parse_on_delete(std::string_view name, OnDelete& rule) noexcept
{
    for (std::size_t i = 0; i < delete_rules.size(); ++i)
        if (delete_rules[i] == name) {
            rule = static_cast<OnDelete>(i);
            return true;
        }
    return false;
}

std::string_view Field::label_of(std::string_view option) const noexcept
{
    const auto place = static_cast<std::size_t>(std::ranges::find(options, option) - options.begin());
    return place < option_labels.size() && !option_labels[place].empty() ? option_labels[place] : option;
}

} // namespace mortise::host
