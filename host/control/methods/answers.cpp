#include "control/methods/answers.hpp"

#include "base/hash.hpp"
#include "base/json.hpp"

#include <boost/json/value.hpp>

#include <algorithm>

namespace mortise::host {

boost::json::object record_json(const RecordType& type, const Row& row)
{
    boost::json::value json = json_of(Value{map_of(type, row)});
    return std::move(json.as_object());
}

boost::json::object option_labels_json(const Field& field)
{
    boost::json::object labels;
    for (const std::string& option : field.options)
        if (const std::string_view label = field.label_of(option); label != option) labels[option] = label;
    return labels;
}

boost::json::array text_array(std::span<const std::string> texts)
{
    boost::json::array array;
    for (const std::string& text : texts)
        array.emplace_back(text);
    return array;
}

std::optional<UnitId> unit_id_of(const CallContext& context)
{
    if (context.idempotency_key.empty()) return std::nullopt;
    const Digest digest = hash(context.principal.name() + '\n' + context.idempotency_key);
    UnitId id{};
    std::copy_n(digest.begin(), id.size(), id.begin());
    return id;
}

Map map_of_json(const boost::json::object& object)
{
    Value value = value_of(boost::json::value(object));
    Map* map = value.as<Map>();
    return map ? std::move(*map) : Map{};
}

Result<void> require_admin(const Call& call)
{
    const Principal& principal = call.principal();
    if (principal.is_system || (principal.scope == RowScope::all && !principal.plugin)) return {};
    return Error{
        ErrorCode::denied,
        principal.name() + " may not do this: it needs an administrator (scope all)",
        "access.admin",
        {},
        "ask an administrator"
    };
}

Result<void> require_capability(const Call& call, Capability capability)
{
    const Principal& principal = call.principal();
    if (!principal.plugin && principal.rights && principal.rights->can(capability)) return {};
    return require_admin(call);
}

Result<void> refuse_dry_run(const Call& call, std::string_view what)
{
    if (!call.context().dry_run) return {};
    return Error{
        ErrorCode::unsupported, std::string{what} + " has no dry run", "rpc.dry_run", "/context/dry_run", {}
    };
}

} // namespace mortise::host
