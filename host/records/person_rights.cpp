#include "records/person_rights.hpp"

#include <array>

namespace mortise::host {

namespace {

constexpr std::array<const char*, 2> fields_of_points{"email", "phone"};

} // namespace

Action action_of(Operation operation) noexcept
{
    switch (operation) {
    case Operation::create:
        return Action::create;
    case Operation::update:
        return Action::write;
    case Operation::remove:
    case Operation::restore:
        break;
    }
    return Action::remove;
}

Result<void> may_change_so_many(const CallContext& context, const UnitOfWork& unit)
{
    const Principal& principal = context.principal;
    if (!principal.rights || unit.changes.size() <= max_changes_without_bulk
        || principal.rights->can(Capability::bulk) || context.channel == "import")
        return {};
    return Error{
        .code = ErrorCode::denied,
        .message = principal.user_name + " may change at most " + std::to_string(max_changes_without_bulk)
            + " records at once, and these are " + std::to_string(unit.changes.size()),
        .key = "access.bulk",
        .where = "bulk",
        .hint = "ask an administrator for a role with the capability \"bulk\"",
    };
}

Result<void> person_may(const Principal& principal, const RecordType& type, Operation operation)
{
    const Action action = action_of(operation);
    if (!principal.rights || principal.rights->of(type.name).level(action) != Level::none) return {};
    const std::string verb{name_of(action)};
    return Error{
        .code = ErrorCode::denied,
        .message = principal.user_name + " may not " + verb + " records of the type " + type.name,
        .key = "access.type",
        .where = type.name,
        .hint = "\"mortise explain " + principal.user_name + " " + verb + " " + type.name
            + "\" tells why; an administrator can change the roles",
    };
}

Result<void> person_may_set(const Preparation& given, const RecordType& type, const std::string& field)
{
    const Principal& principal = given.context.principal;
    if (!principal.rights) return {};
    const TypeRights& rights = principal.rights->of(type.name);
    if (rights.hidden.contains(field)) {
        MORTISE_TRY(const TypePointer seen, given.seen.require(type.name));
        return seen->require_slot(field).error();
    }
    if (!rights.read_only.contains(field)) return {};
    return Error{
        .code = ErrorCode::denied,
        .message = "the field " + field + " of " + type.name + " is read only for " + principal.user_name,
        .key = "access.field",
        .where = field,
        .hint = "\"mortise explain " + principal.user_name + " write " + type.name + "." + field
            + "\" tells why; an administrator can change the roles",
    };
}

Result<void> persons_points_may_follow(const Preparation& given, const PreparedUnit& unit)
{
    const auto& rights = given.context.principal.rights;
    if (!rights) return {};
    const TypeRights& contacts = rights->of("contact");
    for (const PreparedChange& change : unit.changes) {
        if (!change.derived || change.type->name != "contact" || !change.before) continue;
        for (const char* field : fields_of_points) {
            const auto slot = change.type->slot(field);
            if (!slot || change.before->values[*slot] == change.after.values[*slot]) continue;
            if (contacts.hidden.contains(field) || contacts.read_only.contains(field)
                || contacts.write == Level::none)
                return Error{
                    .code = ErrorCode::denied,
                    .message = given.context.principal.user_name
                        + " may not change this address: it is one that the contact is reached by first",
                    .key = "access.field",
                    .where = "value",
                    .hint = "an administrator can change the roles",
                };
        }
    }
    return {};
}

} // namespace mortise::host
