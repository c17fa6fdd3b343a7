#pragma once

/// \file
/// What the handlers of methods share: how things look in answers, and checks.

#include "control/api.hpp"
#include "events/dispatcher.hpp"
#include "records/row.hpp"
#include "records/unit_of_work.hpp"

#include <mortise/result.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <span>
#include <string>

namespace mortise::host {

struct PluginStatus;

using Answer = Result<boost::json::value>;

boost::json::object record_json(const RecordType& type, const Row& row);
/// {option: label} of those options of a field that have a label.
boost::json::object option_labels_json(const Field& field);
boost::json::array text_array(std::span<const std::string> texts);
/// A number that may be beyond what JSON's readers hold exactly.
inline std::string number_text(std::int64_t number)
{
    return std::to_string(number);
}

boost::json::object plugin_json(const PluginStatus& status);
boost::json::object subscription_json(const SubscriptionStatus& status);

/// The unit's id if the call has an idempotency key: the same person with the same key means the same unit.
std::optional<UnitId> unit_id_of(const CallContext& context);
/// The values of a JSON object as a map of fields.
Map map_of_json(const boost::json::object& object);

/// Fails with `denied` unless the call acts for an administrator.
Result<void> require_admin(const Call& call);
/// Fails with `denied` unless the call acts for a user with this capability; administrators have all.
Result<void> require_capability(const Call& call, Capability capability);
/// Fails with `unsupported` if a dry run is asked for.
Result<void> refuse_dry_run(const Call& call, std::string_view what);

} // namespace mortise::host
