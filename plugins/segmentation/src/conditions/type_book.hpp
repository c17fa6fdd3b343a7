#pragma once

/// \file
/// What a condition needs to know of the record types that are there: the answer of `types.describe`.

#include <mortise/value.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::segmentation {

struct FieldInfo {
    std::string name;
    std::string kind; ///< as in manifests: text, money, reference ...
    std::string reference; ///< reference: the type it leads to
    int scale{0}; ///< decimal, percent
};

struct TypeInfo {
    std::string name;
    std::vector<FieldInfo> fields;

    const FieldInfo* find(std::string_view field) const noexcept;
};

class TypeBook {
public:
    TypeBook() = default;
    /// `answer` is what the command `types.describe` gives.
    explicit TypeBook(const Value& answer);

    const TypeInfo* find(std::string_view type) const noexcept;
    void add(TypeInfo type);

private:
    std::map<std::string, TypeInfo, std::less<>> m_types;
};

} // namespace mortise::plugins::segmentation
