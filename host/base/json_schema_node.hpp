#pragma once

/// \file
/// How `JsonSchema` keeps a schema: a tree of nodes with what each demands. Private to json_schema*.cpp.

#include "base/json_schema.hpp"
#include "base/text_pattern.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::host {

enum TypeBit : std::uint8_t {
    type_null = 1,
    type_boolean = 2,
    type_integer = 4,
    type_number = 8,
    type_string = 16,
    type_array = 32,
    type_object = 64,
};

enum class SchemaFormat : std::uint8_t { none, date, time, date_time };

/// One schema. Pointers lead into the document, which owns all nodes.
struct SchemaNode {
    using Named = std::vector<std::pair<std::string, const SchemaNode*>>;

    std::optional<bool> always; ///< schemas `true` and `false`
    std::string description;

    // any value
    std::uint8_t types{0}; ///< TypeBits; 0: any
    const boost::json::array* enumeration{nullptr};
    const boost::json::value* constant{nullptr};
    const SchemaNode* reference{nullptr};
    std::vector<const SchemaNode*> all_of;
    std::vector<const SchemaNode*> any_of;
    std::vector<const SchemaNode*> one_of;
    const SchemaNode* negated{nullptr};
    const SchemaNode* condition{nullptr};
    const SchemaNode* consequence{nullptr};
    const SchemaNode* alternative{nullptr};

    // numbers
    const boost::json::value* minimum{nullptr};
    const boost::json::value* maximum{nullptr};
    const boost::json::value* above{nullptr};
    const boost::json::value* below{nullptr};
    const boost::json::value* multiple_of{nullptr};

    // text
    std::optional<std::size_t> min_length;
    std::optional<std::size_t> max_length;
    std::shared_ptr<const TextPattern> pattern;
    SchemaFormat format{SchemaFormat::none};

    // arrays
    std::vector<const SchemaNode*> first_items;
    const SchemaNode* items{nullptr};
    const SchemaNode* contains{nullptr};
    std::size_t min_contains{1};
    std::optional<std::size_t> max_contains;
    std::optional<std::size_t> min_items;
    std::optional<std::size_t> max_items;
    bool unique_items{false};

    // objects
    Named properties; ///< sorted by name
    std::vector<std::pair<std::shared_ptr<const TextPattern>, const SchemaNode*>> pattern_properties;
    const SchemaNode* additional{nullptr};
    const SchemaNode* names{nullptr};
    std::vector<std::string> required;
    std::vector<std::pair<std::string, std::vector<std::string>>> dependent_required;
    Named dependent_schemas;
    std::optional<std::size_t> min_properties;
    std::optional<std::size_t> max_properties;

    const SchemaNode* property(std::string_view name) const noexcept;
};

struct JsonSchema::Document {
    boost::json::value source; ///< the nodes point into it
    std::map<std::string, std::unique_ptr<SchemaNode>, std::less<>> nodes; ///< by JSON pointer
    const SchemaNode* root{nullptr};
};

} // namespace mortise::host
