#pragma once

/// \file
/// What one person may do: all that its roles give, together.

#include "access/role.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// The rights of one person on one record type. The widest rows of any role count; of the roles that give
/// those rows, a field is hidden, or read only, where all of them say so. Hidden fields are not named as
/// read only again.
struct TypeRights : TypeRule {
    /// Every record with every field can be read.
    bool is_whole() const noexcept { return read == Level::all && hidden.empty(); }
};

/// Immutable; a change of the roles, or of who has them, makes a new one.
class Rights {
public:
    explicit Rights(std::vector<Role> roles);

    const TypeRights& of(std::string_view type) const noexcept;
    bool reads(std::string_view type) const noexcept { return of(type).read != Level::none; }
    bool can(Capability capability) const noexcept { return m_capabilities.contains(capability); }
    bool allows_command(std::string_view name) const noexcept;
    const std::vector<Role>& roles() const noexcept { return m_roles; }
    /// No two have the same number.
    std::uint64_t version() const noexcept { return m_version; }

private:
    TypeRights together(std::string_view type) const;

    std::vector<Role> m_roles;
    std::map<std::string, TypeRights, std::less<>> m_types; // of every type that a role names
    TypeRights m_others;
    std::set<Capability> m_capabilities;
    std::uint64_t m_version;
};

/// Why something is allowed or not, as people read it.
struct Explanation {
    bool allowed{false};
    std::string answer{}; ///< one sentence
    std::vector<std::string> reasons{}; ///< what each role says, with the rule
};

/// What is asked about a person.
struct AccessQuestion {
    Action action{Action::read};
    std::string type{};
    std::string field{}; ///< empty: the record as such
    bool is_record{false}; ///< about one record, of which the next is known
    bool is_own{false}; ///< the person owns it
    bool is_shared{false}; ///< the type's records may be read by everybody who may read the type
};

/// `user` names the person in the answer.
Explanation explain(const Rights& rights, std::string_view user, const AccessQuestion& question);
Explanation explain_command(const Rights& rights, std::string_view user, std::string_view command);
Explanation explain_capability(const Rights& rights, std::string_view user, Capability capability);

} // namespace mortise::host
