#include "box.hpp"

#include "control/nearest.hpp"
#include "events/event_log.hpp"
#include "story.hpp"

namespace mortise::testkit {

namespace {

/// 2026-01-01T09:00:00Z, a Thursday.
constexpr Instant usual_start{1'767'258'000'000'000};

Error not_given(std::string_view name, std::string_view kind)
{
    return {
        .code = ErrorCode::invalid,
        .message = "\"" + std::string{name} + "\" must be given, as " + std::string{kind},
        .key = "testkit.argument",
        .where = std::string{name},
    };
}

} // namespace

Result<std::string> need_text(const Map& arguments, std::string_view name)
{
    if (arguments[name].as<std::string>()) return std::string{arguments[name].text()};
    return not_given(name, "text");
}

Result<Id> need_id(const Map& arguments, std::string_view name)
{
    if (const auto* id = arguments[name].as<Id>()) return *id;
    return not_given(name, "an id");
}

Map map_in(const Map& arguments, std::string_view name)
{
    return arguments[name].get_or(Map{});
}

Box::~Box() = default;

Result<std::unique_ptr<Box>> Box::open(const std::vector<Subject>& subjects, const Map& options)
{
    if (subjects.empty())
        return Error{
            .code = ErrorCode::invalid, .message = "a kit needs a plugin", .key = "testkit.no_plugin"
        };
    std::unique_ptr<Box> box{new Box{options["now"].get_or(usual_start)}};
    MORTISE_CHECK(box->open_host(subjects, options));
    add_record_operations(*box);
    add_event_operations(*box);
    add_command_operations(*box);
    add_plugin_operations(*box);
    add_job_operations(*box);
    add_fault_operations(*box);
    add_view_operations(*box);
    MORTISE_CHECK(box->settle());
    return box;
}

Result<void> Box::open_host(const std::vector<Subject>& subjects, const Map& options)
{
    MORTISE_TRY(m_folder, host::TemporaryFolder::create());
    const auto installed = m_folder->path() / "plugins";
    std::error_code ignored;
    std::filesystem::create_directories(installed, ignored);
    host::HostOptions wanted;
    for (const Subject& subject : subjects) {
        MORTISE_TRY(host::Manifest manifest, install(subject, installed));
        if (subject.entry) wanted.linked.emplace(manifest.id, subject.entry);
        m_manifests.push_back(std::move(manifest));
    }
    wanted.installed_plugins = installed;
    wanted.clock = &m_clock;
    wanted.observer = &m_recorder;
    wanted.job_start = host::JobStart::by_hand;
    MORTISE_TRY(m_host, host::Host::open(std::move(wanted)));
    m_user = m_host->users().list().front().name;
    MORTISE_CHECK(add_faults(options));
    // What is required stands behind what requires it: the plugin under test is named first.
    for (auto each = m_manifests.rbegin(); each != m_manifests.rend(); ++each) {
        MORTISE_CHECK(plugins().enable(each->id));
        if (options["grants"].get_or(true)) MORTISE_CHECK(plugins().activate(each->id));
    }
    return {};
}

/// Faults that shall strike while the plugin starts.
Result<void> Box::add_faults(const Map& options)
{
    for (const Value& fault : options["faults"].get_or(List{})) {
        MORTISE_TRY(Fault wanted, fault_of(*this, fault.get_or(Map{})));
        m_recorder.add_fault(std::move(wanted));
    }
    return {};
}

std::string Box::plugin_of(const Map& arguments) const
{
    const std::string_view named = arguments["plugin"].text();
    return named.empty() ? manifest().id : std::string{named};
}

Result<host::CallContext> Box::context_of(const Map& arguments)
{
    host::CallContext context;
    const std::string_view user = arguments["as"].text();
    MORTISE_TRY(context.principal, m_host->users().principal_of(user.empty() ? m_user : std::string{user}));
    context.client = "test";
    context.idempotency_key = arguments["key"].text();
    context.dry_run = arguments["preview"].get_or(false);
    return context;
}

Result<void> Box::settle()
{
    constexpr int most_rounds = 1000; // events that cause events end after 16 steps
    for (int round = 0; round < most_rounds; ++round) {
        const std::int64_t before = m_host->events().last();
        if (!plugins().settle(patience))
            return Error{
                .code = ErrorCode::timeout,
                .message = "the plugin did not come to rest within 10 seconds",
                .key = "testkit.restless",
                .hint = "a command, a handler or settings_changed does not return",
            };
        if (!m_host->dispatcher().wait_until(before, patience)) {
            std::string waiting;
            for (const auto& each : m_host->dispatcher().status())
                if (each.lag > 0)
                    waiting += " " + each.plugin + "/" + each.name + " (" + each.last_error() + ")";
            return Error{
                .code = ErrorCode::timeout,
                .message = "events were not handled within 10 seconds:" + waiting,
                .key = "testkit.restless",
                .hint = "a handler that answers retry or busy is called again and again",
            };
        }
        if (m_host->events().last() == before) {
            if (!plugins().settle(patience)) continue;
            if (m_host->events().last() == before) return {};
        }
    }
    return Error{
        .code = ErrorCode::limit,
        .message = "the plugin does not come to rest: each event leads to another one",
        .key = "testkit.restless",
    };
}

Result<Value> Box::ask(std::string_view what, const Map& arguments)
{
    if (const auto known = m_operations.find(what); known != m_operations.end())
        return known->second.run(*this, arguments);
    std::vector<std::string> names;
    for (const auto& [name, operation] : m_operations)
        names.push_back(name);
    return Error{
        .code = ErrorCode::not_found,
        .message = "this test kit has no operation \"" + std::string{what} + '"',
        .key = "testkit.no_operation",
        .where = std::string{what},
        .hint = "the library is older than the headers; nearest is \"" + host::nearest(what, names) + '"',
    };
}

Map Box::run(std::string_view what, const Map& arguments)
{
    m_mark = m_recorder.mark();
    Result<Value> answer = ask(what, arguments);
    const auto known = m_operations.find(what);
    if (known != m_operations.end() && known->second.settles)
        if (auto rest = settle(); !rest && answer) answer = std::move(rest).error();
    if (answer) return {{"value", *std::move(answer)}};
    return failure_of(*this, what, arguments, answer.error());
}

} // namespace mortise::testkit
