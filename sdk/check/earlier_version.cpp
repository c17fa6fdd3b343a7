#include "earlier_version.hpp"

#include "control/host.hpp"
#include "records/schema.hpp"

#include <algorithm>
#include <fcntl.h>
#include <unistd.h>

namespace mortise::check {

namespace {

constexpr std::size_t most_records = 12;

/// As many of a type as it takes to see each of its options in use.
std::size_t records_of(const host::RecordType& type)
{
    std::size_t count = 3;
    for (const host::Field& field : type.fields)
        count = std::max(count, field.options.size());
    return std::min(count, most_records);
}

} // namespace

Target earlier_of(const Target& target)
{
    if (target.from.empty())
        throw Stop{Finding::skipped("no earlier version was given: --from FOLDER or PACKAGE")};
    auto earlier = open_target(target.from);
    if (!earlier) throw Stop{Finding::not_tried(earlier.error().message)};
    earlier->with = target.with;
    earlier->seed = target.seed;
    return *std::move(earlier);
}

std::string not_earlier(const Target& target, const Target& earlier)
{
    if (!earlier.is_sound())
        return "the host does not take the manifest of the earlier version: " + manifest_errors(earlier);
    const host::Manifest& before = earlier.manifest();
    if (before.id != target.manifest().id)
        return "the earlier version is of another plugin, " + before.id + ": an id stays for ever";
    if (!(before.version < target.manifest().version))
        return "the earlier version is " + before.version.text() + ", and this one "
            + target.manifest().version.text() + ": a host upgrades to a higher version only";
    return {};
}

namespace {

Target need_earlier(const Target& target)
{
    need_sound(target);
    Target earlier = earlier_of(target);
    if (const std::string wrong = not_earlier(target, earlier); !wrong.empty())
        throw Stop{Finding::not_tried(wrong)};
    return earlier;
}

} // namespace

Succession::Succession(const Target& target)
    : m_later{target},
      m_earlier{need_earlier(target)},
      m_bench{m_earlier}
{
    for (const std::string& type : m_bench.types()) {
        const auto declared = m_bench.schema()->find(type);
        m_bench.run("records.create", {{"type", type}, {"fields", m_bench.fields_of(type, false)}});
        for (std::size_t round = 0; round < records_of(*declared); ++round)
            m_bench.run("records.create", {{"type", type}, {"fields", m_bench.fields_of(type, true, round)}});
    }
    m_bench.play_events(2);
    m_bench.play_commands();
    m_left = now();
}

std::string Succession::step() const
{
    return m_earlier.manifest().version.text() + " -> " + m_later.manifest().version.text();
}

std::size_t Succession::count() const
{
    std::size_t all = 0;
    for (const auto& [type, records] : m_left)
        all += records.size();
    return all;
}

Result<void> Succession::start(std::string_view version)
{
    host::PluginManager& plugins = m_bench.box().plugins();
    const std::string& id = m_later.manifest().id;
    MORTISE_CHECK(plugins.activate(id));
    MORTISE_CHECK(m_bench.box().settle());
    MORTISE_TRY(const host::PluginStatus status, plugins.find(id));
    if (status.version == version && status.problems.empty()) return {};
    return Error{
        .code = ErrorCode::state,
        .message = id + ' ' + status.version + " is " + std::string{host::name_of(status.state)}
            + (status.problems.empty() ? "" : ": " + status.problems.front().message),
        .key = "check.not_running",
    };
}

Result<void> Succession::upgrade()
{
    host::PluginManager& plugins = m_bench.box().plugins();
    // What is installed besides runs in a process of its own, unless an administrator wants it otherwise.
    MORTISE_CHECK(plugins.set_setting(host::PluginManager::host_id, "plugins.default_mode", "in-process"));
    const int package = ::open(m_later.package.c_str(), O_RDONLY | O_CLOEXEC);
    if (package < 0)
        return Error{ErrorCode::io, "cannot open " + m_later.package.string(), "check.no_package", {}, {}};
    const auto upgraded
        = plugins.upgrade(package, {.allow_unsigned = true, .grant_new = true, .unfit = true});
    ::close(package);
    if (!upgraded) return upgraded.error();
    return start(m_later.manifest().version.text());
}

void Succession::need_upgrade()
{
    if (const auto done = upgrade(); !done)
        throw Stop{Finding::not_tried(step() + " does not go well: " + done.error().message)};
}

Result<void> Succession::go_back()
{
    if (const auto back = m_bench.box().plugins().rollback(m_later.manifest().id); !back) return back.error();
    return start(m_earlier.manifest().version.text());
}

Heritage Succession::now()
{
    Heritage heritage;
    const std::string& id = m_earlier.manifest().id;
    for (const auto& declared : m_earlier.manifest().types) {
        const auto type = m_bench.schema()->find(declared.name);
        if (!type) continue;
        const Done listed = m_bench.run("records.list", {{"type", type->name}});
        if (!listed.ok) continue;
        auto& records = heritage[type->name];
        for (const Value& record : listed.value.get_or(List{})) {
            Map own;
            for (const host::Field& field : type->fields)
                if ((type->owner == id || field.owner == id) && !record[field.name].is_null())
                    own.set(field.name, record[field.name]);
            records[record["id"].get_or(Id{}).number] = std::move(own);
        }
    }
    return heritage;
}

} // namespace mortise::check
