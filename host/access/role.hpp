#pragma once

/// \file
/// A role: what those who have it may do. It names record types, fields and commands by their names; whether
/// those exist is looked at where roles are kept (control/people.hpp).

#include <mortise/result.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// Of which records: of none, of one's own, of all. A greater one includes the others.
enum class Level : std::uint8_t { none, own, all };

/// What is done with a record. To restore one needs what it takes to delete it.
enum class Action : std::uint8_t { read, create, write, remove };

/// Rights that belong to no record type.
enum class Capability : std::uint8_t {
    export_records,
    import_records,
    bulk,
    merge,
    erase,
    plugins,
    people,
    audit
};

/// What a role says of one record type.
struct TypeRule {
    Level read{Level::none};
    Level write{Level::none};
    Level remove{Level::none};
    bool create{false};
    std::set<std::string, std::less<>> hidden{}; ///< fields that are as if they were not there
    std::set<std::string, std::less<>> read_only{}; ///< fields that can be read only

    Level level(Action action) const noexcept;
};

/// Stands for every type that the role does not name.
inline constexpr std::string_view every_type = "*";

struct Role {
    std::string name{};
    std::string description{};
    bool built_in{false}; ///< came with Mortise: it cannot be changed or removed
    bool administrator{false}; ///< may do everything; then nothing of what follows counts
    std::map<std::string, TypeRule, std::less<>> types{}; ///< by name of the type, or `every_type`
    std::vector<std::string> commands{}; ///< names, or patterns as "pipelines.*" and "*"
    std::set<Capability> capabilities{};

    /// What it says of a type: by its name, else by `every_type`; null if neither is there.
    const TypeRule* rule_of(std::string_view type) const noexcept;
    /// The pattern that allows the command; null if none does.
    const std::string* pattern_of(std::string_view command) const noexcept;
};

inline constexpr std::string_view administrator_role = "administrator";
inline constexpr std::string_view member_role = "member";
inline constexpr std::string_view viewer_role = "viewer";

/// Administrator, member and viewer.
std::span<const Role> built_in_roles();
/// Null if none is called so.
const Role* find_built_in_role(std::string_view name);

/// Whether "pipelines.*", "*" or a name is met by `name`.
bool matches_command(std::string_view pattern, std::string_view name) noexcept;

/// Reads a role as people write it: {"name", "description", "types": {TYPE: {"read", "create", "write",
/// "delete", "hidden", "read_only"}}, "commands", "capabilities"}. Errors: `invalid` with the JSON pointer
/// in `where`.
Result<Role> parse_role(const boost::json::value& json);
/// The same, of the role.
boost::json::object json_of(const Role& role);

std::string_view name_of(Level level) noexcept; ///< "none", "own", "all"
std::string_view name_of(Action action) noexcept; ///< "read", "create", "write", "delete"
std::string_view name_of(Capability capability) noexcept; ///< "export", "import", "bulk", ...
std::optional<Action> parse_action(std::string_view name) noexcept;
std::optional<Capability> parse_capability(std::string_view name) noexcept;
/// All, in the order of the enumeration.
std::span<const Capability> capabilities() noexcept;

} // namespace mortise::host
