#pragma once

/// \file
/// A role as it is edited: a row for each record type, in place of what the host keeps.

#include "model/types.hpp"

#include <boost/json/value.hpp>

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::ui {

/// Of which records something may be done. The order is that of `level_words`.
enum class Level : std::uint8_t { none, own, all };
inline constexpr std::array<std::string_view, 3> level_names{"none", "own", "all"};

/// What a role may be allowed beside records and commands, and what that lets.
struct CapabilityWords {
    std::string_view name;
    std::string_view words;
};
inline constexpr std::array<CapabilityWords, 8> capability_words{{
    {"export", "Write records into files"},
    {"import", "Take files in"},
    {"bulk", "Change many at once"},
    {"merge", "Merge contacts"},
    {"erase", "Erase persons"},
    {"plugins", "Look after plugins"},
    {"people", "Look after users"},
    {"audit", "See the audit trail"},
}};

struct RoleRow {
    std::string type; ///< "*": the types that have no row of their own
    std::string label;
    bool is_named{false}; ///< the role says something of it; or else it is as "*"
    Level read{Level::none};
    Level write{Level::none};
    Level remove{Level::none};
    bool create{false};
    std::string hidden{}; ///< names of fields, with commas
    std::string read_only{};
};

struct RoleDraft {
    std::string name{};
    std::string description{};
    std::vector<RoleRow> rows{}; ///< "*" first, then the types by their labels
    std::string commands{}; ///< names, with commas
    std::set<std::string, std::less<>> capabilities{};

    /// As `roles.add` and `roles.change` take it.
    boost::json::object json() const;
};

/// `role` as `roles.list` gives it; null: a new one.
RoleDraft draft_of(const boost::json::value& role, const std::vector<TypeInfo>& types);

/// In a few words which types a role reads: "all types", "contact, deal (own)".
std::string reads_of(const boost::json::value& role);

} // namespace mortise::ui
