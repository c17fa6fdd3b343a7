#include "bundles/steps.hpp"

#include "base/json.hpp"
#include "bundles/package_source.hpp"
#include "bundles/record_values.hpp"
#include "records/catalog.hpp"
#include "records/custom_fields.hpp"
#include "records/field_definition.hpp"
#include "records/type_declaration.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace mortise::host {

namespace json = boost::json;

namespace {

std::string text_at(const json::object& object, std::string_view name)
{
    const json::value* found = object.if_contains(name);
    return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

bool flag_at(const json::object& object, std::string_view name)
{
    const json::value* found = object.if_contains(name);
    return found != nullptr && found->is_bool() && found->get_bool();
}

Map map_at(const json::object& object, std::string_view name)
{
    const json::value* found = object.if_contains(name);
    return found ? value_of(*found).get_or(Map{}) : Map{};
}

json::object place_json(const PluginPlace& place)
{
    json::array granted;
    for (const std::string& permission : place.granted)
        granted.emplace_back(permission);
    return {
        {"known", place.is_known},
        {"enabled", place.is_enabled},
        {"data", place.has_data},
        {"version", place.version},
        {"chosen", place.chosen},
        {"previous", place.previous},
        {"granted", std::move(granted)},
        {"settings", json_of(Value{place.settings})},
    };
}

PluginPlace place_of(const json::object& object)
{
    PluginPlace place;
    place.is_known = flag_at(object, "known");
    place.is_enabled = flag_at(object, "enabled");
    place.has_data = flag_at(object, "data");
    place.version = text_at(object, "version");
    place.chosen = text_at(object, "chosen");
    place.previous = text_at(object, "previous");
    for (const json::value& permission : object.at("granted").as_array())
        place.granted.emplace_back(permission.as_string());
    place.settings = map_at(object, "settings");
    return place;
}

/// The field of the installation as it was: null if there was none.
json::value field_before(const Schema& schema, const std::string& type_name, const std::string& name)
{
    const TypePointer type = schema.find(type_name);
    const auto slot = type ? type->slot(name) : std::nullopt;
    if (!slot || type->fields[*slot].owner != custom_owner) return nullptr;
    const Field& field = type->fields[*slot];
    return json::object{
        {"kind", name_of(field.kind)}, {"definition", definition_of(field)}, {"archived", field.archived}
    };
}

std::vector<Id> made_by(const JournalStep& step)
{
    std::vector<Id> made;
    const json::value* list = step.before.if_contains("made");
    for (const json::value& id : list ? list->as_array() : json::array{})
        made.push_back({id.as_int64()});
    return made;
}

Change removal(const std::string& type, Id id)
{
    return {.operation = Operation::remove, .type = type, .id = id, .version = {}, .values = {}};
}

CallContext own_context()
{
    CallContext context;
    context.principal = Principal::system();
    context.client = "bundles";
    return context;
}

} // namespace

Result<void> BundleSteps::run(const CallContext& context, JournalStep& step)
{
    MORTISE_CHECK(remember(step));
    step.state = StepState::begun;
    MORTISE_CHECK(m_journal.note(step));
    switch (step.step.kind) {
    case StepKind::install:
        MORTISE_CHECK(install(step));
        break;
    case StepKind::plugin:
        MORTISE_CHECK(run_plugin(step));
        break;
    case StepKind::field:
        MORTISE_CHECK(add_field(step));
        break;
    case StepKind::records:
        return make_records(context, step); // is noted with the records
    }
    step.state = StepState::done;
    return m_journal.note(step);
}

/// What is there now.
Result<void> BundleSteps::remember(JournalStep& step)
{
    const json::object& what = step.step.what;
    if (step.step.kind == StepKind::install) {
        const auto status = m_plugins.find(text_at(what, "plugin"));
        const bool was_there = status
            && std::ranges::find(status->versions, text_at(what, "version")) != status->versions.end();
        step.before = {{"there", was_there}};
    } else if (step.step.kind == StepKind::plugin) {
        std::vector<std::string> settings;
        for (const auto& [name, value] : map_at(what, "settings"))
            settings.push_back(name);
        MORTISE_TRY(const PluginPlace place, m_plugins.place(text_at(what, "plugin"), settings));
        step.before = place_json(place);
    } else if (step.step.kind == StepKind::field) {
        const std::string field = text_at(what.at("field").as_object(), "name");
        step.before = {{"field", field_before(*m_records.schema(), text_at(what, "type"), field)}};
    }
    return {};
}

Result<void> BundleSteps::install(const JournalStep& step)
{
    const std::string id = text_at(step.step.what, "plugin");
    MORTISE_TRY(const Version version, Version::parse(text_at(step.step.what, "version")));
    const PackageSource source = read_packages(m_plugins);
    const CatalogPackage* package = source.find_in_catalogs(id, version);
    if (!package)
        return Error{
            .code = ErrorCode::not_found,
            .message = "no catalog has " + id + ' ' + version.text() + " any more",
            .key = "bundles.package_gone",
            .where = id,
            .hint = "make a new plan",
        };
    MORTISE_TRY(const OpenedPackage opened, OpenedPackage::open(*package));
    MORTISE_CHECK(m_plugins.install(opened.descriptor(), {}));
    return {};
}

Result<void> BundleSteps::run_plugin(const JournalStep& step)
{
    const json::object& what = step.step.what;
    const std::string id = text_at(what, "plugin");
    MORTISE_CHECK(m_plugins.run_version(id, text_at(what, "version"), map_at(what, "settings")));
    return m_plugins.activate(id); // what does not start is not applied
}

Result<void> BundleSteps::add_field(const JournalStep& step)
{
    MORTISE_TRY(const Field field, parse_field(step.step.what.at("field"), "/field"));
    return add_custom_field(m_records, text_at(step.step.what, "type"), field);
}

Result<void> BundleSteps::make_records(const CallContext& context, JournalStep& step)
{
    const std::string type_name = text_at(step.step.what, "type");
    MORTISE_TRY(const TypePointer type, m_records.schema()->require(type_name));
    UnitOfWork unit;
    for (const json::value& item : step.step.what.at("records").as_array()) {
        const BundleRecord record = record_of(type_name, item.as_object());
        MORTISE_TRY(Map values, resolved_values(m_records, *type, record));
        MORTISE_TRY(const auto present, find_record(m_records, *type, match_fields(*type, record), values));
        if (present) continue; // a plugin made it meanwhile
        unit.changes.push_back(
            {.operation = Operation::create,
             .type = type_name,
             .id = {},
             .version = {},
             .values = std::move(values)}
        );
    }
    json::array made;
    if (!unit.changes.empty()) {
        MORTISE_TRY(const Id first, m_records.reserve(unit.changes.size()));
        for (std::size_t i = 0; i < unit.changes.size(); ++i) {
            unit.changes[i].id = {first.number + static_cast<std::int64_t>(i)};
            made.emplace_back(unit.changes[i].id.number);
        }
    }
    JournalStep done = step;
    done.before["made"] = std::move(made);
    done.state = StepState::done;
    if (unit.changes.empty()) {
        MORTISE_CHECK(m_journal.note(done));
    } else {
        unit.also = [done](Connection& connection) { return BundleJournal::note(connection, done); };
        MORTISE_CHECK(m_records.commit(context, unit));
    }
    step = std::move(done);
    return {};
}

Result<void> BundleSteps::take_back(JournalStep& step, Leftovers leftovers, std::vector<std::string>& left)
{
    if (step.state == StepState::planned || step.state == StepState::undone) return {};
    switch (step.step.kind) {
    case StepKind::install:
        if (!flag_at(step.before, "there"))
            MORTISE_CHECK(m_plugins.remove_version(
                text_at(step.step.what, "plugin"), text_at(step.step.what, "version")
            ));
        break;
    case StepKind::plugin:
        MORTISE_CHECK(plugin_back(step, leftovers, left));
        break;
    case StepKind::field:
        MORTISE_CHECK(field_back(step));
        break;
    case StepKind::records:
        MORTISE_CHECK(records_back(step, left));
        break;
    }
    step.state = StepState::undone;
    return m_journal.note(step);
}

Result<void>
BundleSteps::plugin_back(const JournalStep& step, Leftovers leftovers, std::vector<std::string>& left)
{
    const std::string id = text_at(step.step.what, "plugin");
    PluginPlace before = place_of(step.before);
    const auto given = m_plugins.given_settings(id);
    if (given && leftovers == Leftovers::keep)
        for (const auto& [name, value] : map_at(step.step.what, "settings"))
            if ((*given)[name] != value) {
                before.settings.erase(name);
                left.push_back("the setting " + name + " of " + id + ", which was changed since");
            }
    return m_plugins.put_back(id, before, leftovers);
}

Result<void> BundleSteps::field_back(const JournalStep& step)
{
    const std::string type_name = text_at(step.step.what, "type");
    const std::string name = text_at(step.step.what.at("field").as_object(), "name");
    const TypePointer type = m_records.schema()->find(type_name);
    const auto slot = type ? type->slot(name) : std::nullopt;
    if (!slot || type->archived || type->fields[*slot].owner != custom_owner) return {};
    const json::value& before = step.before.at("field");
    if (!before.is_null()) {
        const json::object& was = before.as_object();
        Field field{.name = name};
        parse_field_kind(text_at(was, "kind"), field.kind);
        MORTISE_CHECK(read_definition(text_at(was, "definition"), field));
        MORTISE_CHECK(add_custom_field(m_records, type_name, field));
        if (!flag_at(was, "archived")) return {};
    }
    return archive_custom_field(m_records, type_name, name);
}

/// In one unit of work, or if that is refused one by one: what cannot go stays, and is told.
Result<void> BundleSteps::records_back(const JournalStep& step, std::vector<std::string>& left)
{
    const std::string type = text_at(step.step.what, "type");
    if (const TypePointer known = m_records.schema()->find(type); !known || known->archived) return {};
    std::vector<Id> present;
    for (const Id id : made_by(step))
        if (const auto row = m_records.get(Principal::system(), type, id)) present.push_back(id);
    if (present.empty()) return {};
    std::ranges::reverse(present);
    UnitOfWork all;
    for (const Id id : present)
        all.changes.push_back(removal(type, id));
    if (m_records.commit(own_context(), all)) return {};
    for (const Id id : present) {
        UnitOfWork one;
        one.changes.push_back(removal(type, id));
        const auto gone = m_records.commit(own_context(), one);
        if (!gone) left.push_back(type + ' ' + std::to_string(id.number) + ": " + gone.error().message);
    }
    return {};
}

} // namespace mortise::host
