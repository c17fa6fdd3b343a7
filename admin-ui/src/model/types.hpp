#pragma once

/// \file
/// Record types as the host describes them, and how their values are written for people.

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mortise::ui {

struct FieldInfo {
    std::string name;
    std::string kind; ///< text, enum, money, ...: as docs/reference/field-types.md names them
    std::string label;
    std::string help{};
    std::string reference{}; ///< the type that it points to
    std::vector<std::string> options{}; ///< the values
    std::vector<std::string> option_labels{}; ///< for people, in the same order
    bool is_required{false};
    bool is_archived{false};
    bool is_searchable{false};
    bool is_indexed{false};
    bool is_personal{false};
    std::string owner{};
    int scale{0};

    /// What people read for that option.
    std::string words_for(std::string_view option) const;

    bool is_money() const { return kind == "money"; }
    bool is_file() const { return kind == "file"; }
    bool is_reference() const { return kind == "reference"; }
    bool is_number() const;
    /// Whether one line of text can say it.
    bool is_simple() const;
};

struct TypeInfo {
    std::string name;
    std::string plural{};
    std::string label{};
    std::string label_plural{}; ///< as its plugin says it; empty: it does not
    std::string owner{};
    std::string title_field{};
    bool is_archived{false};
    std::vector<FieldInfo> fields{};

    const FieldInfo* find(std::string_view field) const;
    /// "Contacts"; made of the plural, if its plugin says nothing.
    std::string plural_label() const;
};

/// Reads the answer of types.list; what is malformed is passed over.
std::vector<TypeInfo> read_types(const boost::json::value& json);

/// Digits behind the point of an amount in that currency: 2 for most.
int minor_digits(std::string_view currency);
/// 343000, "EUR" -> "3,430.00 EUR".
std::string money_text(std::int64_t minor, std::string_view currency);
/// "3.4k EUR": for where there is little room.
std::string short_money_text(std::int64_t minor, std::string_view currency);
/// "1234.5" -> "1,234.5".
std::string grouped_digits(std::string_view digits);

/// A field's value as records.get gives it, for people. Times in UTC, to the minute.
std::string value_text(const FieldInfo& field, const boost::json::value& value);
/// The same as text that can be edited, and back. Empty text is null.
std::string edit_text(const FieldInfo& field, const boost::json::value& value);
boost::json::value parse_edit(const FieldInfo& field, std::string_view text);
/// "2026-11-25T15:16:22.6Z" -> "2026-11-25 15:16".
std::string time_text(std::string_view rfc3339);

} // namespace mortise::ui
