#pragma once

/// \file
/// What a report needs to know of the record types that are there: the answer of `types.describe`.

#include <mortise/value.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::reporting {

struct FieldInfo {
    std::string name;
    std::string kind; ///< as in manifests: text, money, reference, ...; also id
    std::string label;
    std::string reference; ///< the type that it leads to
    int scale{0}; ///< decimal, percent
    std::vector<std::string> options; ///< enum: in their order
    std::map<std::string, std::string, std::less<>> option_labels{}; ///< of options that have one

    /// What people read for that option: the option itself if it has no label.
    std::string words_for(std::string_view option) const;
};

struct TypeInfo {
    std::string name;
    std::string label;
    std::string title_field;
    std::vector<FieldInfo> fields;

    const FieldInfo* find(std::string_view field) const noexcept;
};

class TypeBook {
public:
    TypeBook() = default;
    /// `answer` is what the command `types.describe` gives.
    explicit TypeBook(const Value& answer);

    const TypeInfo* find(std::string_view type) const noexcept;
    /// Adds a type, with the fields that every record has.
    void add(TypeInfo type);
    const std::map<std::string, TypeInfo, std::less<>>& types() const noexcept { return m_types; }

private:
    std::map<std::string, TypeInfo, std::less<>> m_types;
};

/// Kinds that behave alike.
enum class Family : std::uint8_t { text, boolean, number, money, date, moment, reference, list, opaque };
Family family_of(std::string_view kind) noexcept;

} // namespace mortise::plugins::reporting
