#include "plugins/manifest_check.hpp"

#include "plugins/conditions.hpp"
#include "plugins/cron.hpp"

#include <mortise/abi/version.h>

#include <boost/json.hpp>

#include <algorithm>
#include <set>

namespace mortise::host {

namespace {

namespace json = boost::json;

std::string at(std::string_view list, std::size_t index, std::string_view member)
{
    return '/' + std::string{list} + '/' + std::to_string(index) + '/' + std::string{member};
}

std::string in_quotes(std::string_view text)
{
    return '"' + std::string{text} + '"';
}

class ManifestChecker {
public:
    ManifestChecker(const Manifest& manifest, std::vector<Error>& errors)
        : m_manifest{manifest},
          m_errors{errors}
    {
    }

    void check()
    {
        check_health();
        check_host();
        check_needs();
        check_types();
        check_events();
        check_commands();
        check_hooks();
        check_subscriptions();
        check_jobs();
        check_settings();
        check_queries();
        check_shown("views");
        check_shown("reports");
        check_conditions();
    }

private:
    void fail(std::string where, std::string message, std::string hint = {})
    {
        m_errors.push_back({
            .code = ErrorCode::invalid,
            .message = std::move(message),
            .key = "manifest.invalid",
            .where = std::move(where),
            .hint = std::move(hint),
        });
    }

    /// Every name once.
    template <class List, class Name>
    void check_unique(const List& list, std::string_view list_name, std::string_view member, Name name)
    {
        std::set<std::string, std::less<>> seen;
        for (std::size_t i = 0; i < list.size(); ++i)
            if (!seen.insert(std::invoke(name, list[i])).second)
                fail(at(list_name, i, member), in_quotes(std::invoke(name, list[i])) + " is declared twice");
    }

    /// Names of another vendor begin with the last part of the plugin's id.
    void check_prefix(std::string_view name, std::string where)
    {
        if (m_manifest.is_first_party() || name.starts_with(m_manifest.prefix() + '.')) return;
        fail(
            std::move(where),
            in_quotes(name) + " does not begin with " + in_quotes(m_manifest.prefix() + '.'),
            "names that you give away begin with the last part of your plugin's id"
        );
    }

    void check_host()
    {
        const auto ours = std::pair{MORTISE_VERSION_MAJOR, MORTISE_VERSION_MINOR};
        const auto theirs = std::pair{m_manifest.sdk_major, m_manifest.sdk_minor};
        const std::string wanted = std::to_string(theirs.first) + '.' + std::to_string(theirs.second);
        const std::string here = std::to_string(ours.first) + '.' + std::to_string(ours.second);
        if (theirs.first != ours.first || theirs.second > ours.second)
            m_errors.push_back({
                .code = ErrorCode::unsupported,
                .message = "needs the contract of Mortise " + wanted + ", and this is Mortise " + here,
                .key = "manifest.sdk",
                .where = "/sdk/min",
                .hint = theirs > ours ? "update Mortise, or install an older version of the plugin"
                                      : "install a newer version of the plugin",
            });
        if (!m_manifest.libraries.contains(std::string{this_platform()}))
            m_errors.push_back({
                .code = ErrorCode::unsupported,
                .message = "has no library for " + std::string{this_platform()},
                .key = "manifest.platform",
                .where = "/library",
                .hint = "ask its vendor for one",
            });
    }

    void check_needs()
    {
        if (m_manifest.requires_plugins.contains(m_manifest.id))
            fail(pointer_step("/requires/plugins", m_manifest.id), "a plugin cannot require itself");
    }

    void check_types()
    {
        check_unique(m_manifest.types, "types", "name", &TypeDeclaration::name);
        for (std::size_t i = 0; i < m_manifest.types.size(); ++i) {
            const TypeDeclaration& type = m_manifest.types[i];
            if (!type.extends && type.fields.empty())
                fail(at("types", i, "fields"), "a record type needs a field");
        }
    }

    bool is_own_type(std::string_view name) const
    {
        return std::ranges::any_of(m_manifest.types, [&](const TypeDeclaration& type) {
            return !type.extends && type.name == name;
        });
    }

    void check_events()
    {
        check_unique(m_manifest.events, "events", "type", &EventDeclaration::type);
        for (std::size_t i = 0; i < m_manifest.events.size(); ++i) {
            const std::string& type = m_manifest.events[i].type;
            const std::size_t dot = type.find('.');
            const std::string_view what = std::string_view{type}.substr(dot + 1);
            for (const std::string_view own : {"created", "updated", "deleted", "restored", "merged"})
                if (what == own)
                    fail(
                        at("events", i, "type"),
                        in_quotes(type) + " is published by the host",
                        "subscribe to it, or choose another name"
                    );
            if (!is_own_type(std::string_view{type}.substr(0, dot)))
                check_prefix(type, at("events", i, "type"));
        }
    }

    void check_commands()
    {
        check_unique(m_manifest.commands, "commands", "name", &CommandInfo::name);
        for (std::size_t i = 0; i < m_manifest.commands.size(); ++i) {
            const CommandInfo& command = m_manifest.commands[i];
            check_prefix(command.name, at("commands", i, "name"));
            if (command.preview && command.effect == Effect::read)
                fail(at("commands", i, "preview"), "a command that changes nothing needs no preview");
        }
    }

    void check_hooks()
    {
        check_unique(m_manifest.hooks, "hooks", "name", &HookDeclaration::name);
        for (std::size_t i = 0; i < m_manifest.hooks.size(); ++i)
            if (!m_manifest.hooks[i].fields.empty() && m_manifest.hooks[i].operation != Operation::update)
                fail(
                    at("hooks", i, "fields"),
                    "only a hook on update can wait for certain fields",
                    "leave it out, or listen on " + m_manifest.hooks[i].type + ".update"
                );
    }

    void check_subscriptions()
    {
        check_unique(m_manifest.subscriptions, "subscribes", "name", &SubscriptionDeclaration::name);
        for (std::size_t i = 0; i < m_manifest.subscriptions.size(); ++i) {
            const SubscriptionDeclaration& subscription = m_manifest.subscriptions[i];
            if (subscription.name.empty())
                fail(
                    at("subscribes", i, "name"),
                    "a subscription to several patterns needs a name",
                    "add \"name\": code binds to it"
                );
            for (const std::string& pattern : subscription.patterns) {
                const std::size_t star = pattern.find('*');
                const bool is_sound = star == pattern.npos
                    || (star + 1 == pattern.size() && (star == 0 || pattern[star - 1] == '.'));
                if (!is_sound)
                    fail(
                        at("subscribes", i, "on"),
                        in_quotes(pattern) + " is no pattern of events",
                        "patterns look like contact.created, contact.* or *"
                    );
            }
        }
    }

    void check_jobs()
    {
        check_unique(m_manifest.jobs, "jobs", "name", &JobDeclaration::name);
        check_unique(m_manifest.schedules, "schedules", "name", &ScheduleDeclaration::name);
        for (std::size_t i = 0; i < m_manifest.schedules.size(); ++i) {
            const ScheduleDeclaration& schedule = m_manifest.schedules[i];
            const JobDeclaration* job = m_manifest.find_job(schedule.job);
            if (!job)
                fail(
                    at("schedules", i, "job"),
                    "there is no job " + in_quotes(schedule.job),
                    "declare it under \"jobs\""
                );
            else if (job->arguments)
                if (auto valid = job->arguments->validate(schedule.arguments); !valid) {
                    valid.error().where = at("schedules", i, "arguments") + valid.error().where;
                    m_errors.push_back(std::move(valid).error());
                }
            if (schedule.cron.empty()) continue;
            if (schedule.every.count() != 0)
                fail(at("schedules", i, "cron"), "a schedule has \"every\" or \"cron\", not both");
            if (auto cron = Cron::parse(schedule.cron); !cron) {
                cron.error().where = at("schedules", i, "cron");
                m_errors.push_back(std::move(cron).error());
            }
        }
    }

    void check_settings()
    {
        if (!m_manifest.settings.is_object()) return;
        const auto* properties = m_manifest.settings.get_object().if_contains("properties");
        if (!properties || !properties->is_object()) return;
        for (const auto& [name, property] : properties->get_object()) {
            if (!property.is_object()) continue;
            const auto* otherwise = property.get_object().if_contains("default");
            const std::string where = pointer_step("/settings/properties", name);
            if (otherwise && property.get_object().contains("secret"))
                fail(where + "/default", "a secret has no default", "an admin gives it");
            if (!otherwise) continue;
            const auto compiled = JsonSchema::compile(property);
            if (!compiled) continue;
            if (auto valid = compiled->validate(*otherwise); !valid) {
                valid.error().where = where + "/default" + valid.error().where;
                m_errors.push_back(std::move(valid).error());
            }
        }
    }

    void check_queries()
    {
        check_unique(m_manifest.queries, "queries", "name", &QueryDeclaration::name);
        for (std::size_t i = 0; i < m_manifest.queries.size(); ++i) {
            const QueryDeclaration& query = m_manifest.queries[i];
            check_prefix(query.name, at("queries", i, "name"));
            std::set<std::string, std::less<>> seen;
            for (const DeclaredColumn& column : query.columns)
                if (!seen.insert(column.name).second)
                    fail(
                        at("queries", i, "columns"),
                        "the column " + in_quotes(column.name) + " is there twice"
                    );
            for (std::size_t c = 0; c < query.columns.size(); ++c)
                check_field(query.columns[c], at("queries", i, "columns/") + std::to_string(c) + "/field");
        }
    }

    /// Of its own types. Every record has some fields besides those that are declared.
    void check_field(const DeclaredColumn& column, std::string where)
    {
        const std::string_view name = column.name_of_field();
        if (!is_own_type(column.type_of_field()) || own_field(column.type_of_field(), name)) return;
        for (const std::string_view common : {"id", "version", "owner", "created_at", "updated_at"})
            if (name == common) return;
        fail(
            std::move(where),
            "there is no field " + in_quotes(column.field),
            "name a field as TYPE.FIELD, or leave \"field\" out"
        );
    }

    /// Views and reports: what they draw must be there.
    void check_shown(std::string_view list_name)
    {
        const auto* list = m_manifest.json.as_object().if_contains(list_name);
        if (!list || !list->is_array()) return;
        std::set<std::string, std::less<>> seen;
        for (std::size_t i = 0; i < list->get_array().size(); ++i) {
            const json::object& shown = list->get_array()[i].get_object();
            const std::string name{shown.at("name").get_string()};
            check_prefix(name, at(list_name, i, "name"));
            if (!seen.insert(name).second)
                fail(at(list_name, i, "name"), in_quotes(name) + " is declared twice");
            for (const std::string_view member : {"source", "groups"})
                if (const auto* source = shown.if_contains(member))
                    check_source(source->get_object(), at(list_name, i, member));
        }
    }

    /// Of the fields that the manifest declares itself; those of other plugins' types need these plugins.
    void check_conditions()
    {
        const auto fields
            = [this](std::string_view type, std::string_view name) { return own_field(type, name); };
        for (WrongCondition& wrong : wrong_conditions(m_manifest, fields))
            m_errors.push_back(std::move(wrong.error));
    }

    const Field* own_field(std::string_view type, std::string_view name) const
    {
        for (const TypeDeclaration& declared : m_manifest.types)
            if (declared.name == type)
                for (const Field& field : declared.fields)
                    if (field.name == name) return &field;
        return nullptr;
    }

    void check_source(const json::object& source, const std::string& where)
    {
        if (const auto* query = source.if_contains("query")) {
            const std::string_view name = query->get_string();
            if (std::ranges::find(m_manifest.queries, name, &QueryDeclaration::name)
                == m_manifest.queries.end())
                fail(
                    where + "/query", "there is no query " + in_quotes(name), "declare it under \"queries\""
                );
        }
        if (const auto* command = source.if_contains("command")) {
            const std::string_view name = command->get_string();
            const auto found = std::ranges::find(m_manifest.commands, name, &CommandInfo::name);
            if (found != m_manifest.commands.end() && found->effect != Effect::read)
                fail(
                    where + "/command",
                    in_quotes(name) + " changes something when it is looked at",
                    "what is shown comes from a command whose effect is read"
                );
        }
    }

    void check_health()
    {
        const auto* name = m_manifest.json.get_object().if_contains("health_check");
        if (!name) return;
        const auto found = std::ranges::find(
            m_manifest.commands, std::string_view{name->get_string()}, &CommandInfo::name
        );
        if (found == m_manifest.commands.end())
            fail(
                "/health_check",
                "there is no command " + in_quotes(name->get_string()),
                "declare it under \"commands\""
            );
        else if (found->effect != Effect::read)
            fail(
                "/health_check",
                in_quotes(name->get_string()) + " changes something",
                "its effect must be read"
            );
    }

    const Manifest& m_manifest;
    std::vector<Error>& m_errors;
};

} // namespace

void check_manifest(const Manifest& manifest, std::vector<Error>& errors)
{
    ManifestChecker{manifest, errors}.check();
}

} // namespace mortise::host
