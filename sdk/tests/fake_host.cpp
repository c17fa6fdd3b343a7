#include "fake_host.hpp"

#include <mortise/value_block.hpp>

namespace mortise::host {

namespace {

FakeHost* the_host = nullptr;

mortise_status
query_table(mortise_self self, mortise_text id, const mortise_interface** out, mortise_error* error) noexcept
{
    *out = nullptr;
    if (the_host == nullptr || self != the_host->self())
        return report(error, ErrorCode::revoked, {}, {}, "stale");
    const std::string_view wanted = border::view(id);
    if (!the_host->missing.contains(wanted))
        for (const AbiTable& table : abi_tables<FakeGuard>)
            if (table.id == wanted) *out = table.table;
    return *out != nullptr ? MORTISE_OK : report(error, ErrorCode::unsupported, {}, {}, "no such interface");
}

/// Keeps what a plugin writes into a sink.
class Collector {
public:
    mortise_sink sink() noexcept { return {this, &take}; }
    List items;

private:
    static mortise_status take(void* context, mortise_tree item) noexcept
    {
        static_cast<Collector*>(context)->items.push_back(ValueView{item}.value());
        return MORTISE_OK;
    }
};

Result<void> outcome(mortise_status status, const mortise_error& error)
{
    if (status >= 0) return {};
    return to_error(status, error);
}

Map as_map(ValueView view)
{
    const Value value = view.value();
    return value.as<Map>() != nullptr ? *value.as<Map>() : Map{};
}

Result<void> write_to(const border::Sink& sink, const Value& value)
{
    MORTISE_TRY(const ValueBlock block, encode(value));
    return sink.write(block);
}

/// A record as rows have it, with the fields asked for.
Value record_row(std::uint64_t id, const Map& values, ValueView fields)
{
    Map row{{"id", Id{static_cast<std::int64_t>(id)}}, {"version", 3}};
    for (const Entry& entry : values) {
        bool wanted = !fields.exists();
        for (const ValueView field : fields.items())
            wanted = wanted || field == entry.key;
        if (wanted) row.set(entry.key, entry.value);
    }
    return row;
}

Error not_found(std::string_view what)
{
    return {ErrorCode::not_found, "no " + std::string{what}, {}, {}, {}};
}

} // namespace

FakeGuard::Enter::Enter(mortise_self self, AbiFunction function, mortise_error* error) noexcept
    : m_error{error},
      m_caller{*the_host}
{
    const AbiFunctionInfo& what = info(function);
    ++the_host->calls_of[static_cast<std::size_t>(function)];
    if (self != the_host->self())
        m_status = report(error, ErrorCode::revoked, {}, {}, "stale or forged mortise_self");
    else if ((what.threads & (the_host->thread | thread_any)) == 0)
        m_status = report(error, ErrorCode::thread, {}, what.name, "not from this callback");
    else if (the_host->fail_next && the_host->fail_next->first == function) {
        m_status = report(error, the_host->fail_next->second);
        the_host->fail_next.reset();
    }
}

const HostCalls& FakeGuard::Enter::calls() const noexcept
{
    return m_caller.host->all_calls();
}

FakeGuard::Into::Into(FakeHost& plugin, AbiFunction function, mortise_error& error) noexcept
    : m_host{&plugin},
      m_error{&error},
      m_outer_thread{plugin.thread}
{
    ++plugin.calls_of[static_cast<std::size_t>(function)];
    plugin.thread = info(function).threads;
}

FakeGuard::Into::~Into()
{
    m_host->thread = m_outer_thread;
}

const mortise_plugin& FakeGuard::Into::table() const noexcept
{
    return m_host->table();
}

FakeHost::FakeHost()
    : m_calls{this, this, this, this, this, this, this, this, this, this},
      m_root{{sizeof(mortise_host), MORTISE_ABI_TARGET}, &query_table}
{
    the_host = this;
}

FakeHost::~FakeHost()
{
    close();
    the_host = nullptr;
}

Result<void> FakeHost::open(mortise_plugin_open entry)
{
    mortise_error error = new_error();
    m_plugin = {};
    m_plugin.head.size = sizeof m_plugin;
    MORTISE_CHECK(outcome(entry(&m_root, self(), &m_plugin, &error), error));
    m_is_open = true;
    return outcome(IntoPlugin<FakeGuard>::activate(*this, error), error);
}

void FakeHost::close()
{
    if (!m_is_open) return;
    mortise_error error = new_error();
    IntoPlugin<FakeGuard>::quiesce(*this, error);
    IntoPlugin<FakeGuard>::destroy(*this, error);
    m_is_open = false;
}

std::uint64_t FakeHost::tag_of(const Bindings& bindings, std::string_view name)
{
    const auto found = bindings.find(name);
    return found != bindings.end() ? found->second : 9999;
}

FakeHost::Delivery FakeHost::deliver(std::string_view subscription, const std::vector<mortise_event>& events)
{
    mortise_error error = new_error();
    const std::uint64_t work = m_next_work++;
    open_units[work];
    Delivery delivery;
    const mortise_status status = IntoPlugin<FakeGuard>::on_events(
        *this, tag_of(m_handlers, subscription), work, events, delivery.done, error
    );
    delivery.result = outcome(status, error);
    delivery.staged = std::move(open_units.extract(work).mapped());
    return delivery;
}

mortise_context FakeHost::context_of_call(bool preview)
{
    mortise_context context{};
    context.size = sizeof context;
    context.preview = preview ? 1 : 0;
    const std::string_view actor = "user:ann";
    context.actor = {actor.data(), actor.size()};
    context.user = 7;
    const std::string_view channel = "console";
    context.channel = {channel.data(), channel.size()};
    context.version = 3;
    return context;
}

Result<List> FakeHost::run_hook(std::string_view hook, const std::vector<mortise_draft>& drafts)
{
    mortise_error error = new_error();
    Collector verdicts;
    const auto known = encode_map(settings_map);
    const mortise_status status = IntoPlugin<FakeGuard>::on_hook(
        *this, tag_of(m_hooks, hook), context_of_call(false), known->tree(), drafts, verdicts.sink(), error
    );
    MORTISE_CHECK(outcome(status, error));
    return verdicts.items;
}

Result<Value> FakeHost::run_command(std::string_view command, const Map& arguments, bool preview)
{
    mortise_error error = new_error();
    const mortise_context context = context_of_call(preview);
    const std::uint64_t work = m_next_work++;
    open_units[work];
    Collector result;
    const auto given = encode_map(arguments);
    const mortise_status status = IntoPlugin<FakeGuard>::on_command(
        *this, tag_of(m_handlers, command), context, work, given->tree(), result.sink(), error
    );
    auto staged = std::move(open_units.extract(work).mapped());
    MORTISE_CHECK(outcome(status, error));
    committed.insert(committed.end(), staged.begin(), staged.end());
    return result.items.empty() ? Value{} : result.items.front();
}

Result<Value> FakeHost::run_job(std::string_view job, const Map& arguments)
{
    mortise_error error = new_error();
    Collector result;
    const auto given = encode_map(arguments);
    const mortise_status status = IntoPlugin<FakeGuard>::on_job(
        *this, tag_of(m_handlers, job), context_of_call(false), 42, given->tree(), result.sink(), error
    );
    MORTISE_CHECK(outcome(status, error));
    return result.items.empty() ? Value{} : result.items.front();
}

Result<void> FakeHost::answer(std::uint64_t tag, std::int32_t status, const Value& result)
{
    mortise_error error = new_error();
    const auto given = encode(result);
    return outcome(IntoPlugin<FakeGuard>::on_answer(*this, tag, status, given->tree(), error), error);
}

Result<void> FakeHost::change_settings(const Map& settings)
{
    mortise_error error = new_error();
    const auto given = encode_map(settings);
    return outcome(IntoPlugin<FakeGuard>::settings_changed(*this, given->tree(), error), error);
}

Result<std::uint64_t> FakeHost::migrate(std::string_view type, std::uint64_t after)
{
    mortise_error error = new_error();
    std::uint64_t next = 0;
    const std::uint64_t work = m_next_work++;
    open_units[work];
    const mortise_text from{"1.0.0", 5};
    const mortise_text to{"2.0.0", 5};
    const mortise_status status = IntoPlugin<FakeGuard>::migrate(
        *this, {type.data(), type.size()}, from, to, work, after, next, error
    );
    auto staged = std::move(open_units.extract(work).mapped());
    committed.insert(committed.end(), staged.begin(), staged.end());
    MORTISE_CHECK(outcome(status, error));
    return next;
}

// What plugins ask for

Result<void> FakeHost::bind_name(Bindings& bindings, std::string_view name, std::uint64_t tag)
{
    if (name == "undeclared") return not_found("such thing in the manifest");
    bindings.emplace(name, tag);
    return {};
}

Result<void> FakeHost::bind(Caller&, std::string_view name, std::uint64_t tag)
{
    return bind_name(m_handlers, name, tag);
}

Result<void> FakeHost::bind_hook(Caller&, std::string_view name, std::uint64_t tag)
{
    return bind_name(m_hooks, name, tag);
}

Result<void> FakeHost::write(
    Caller&, std::uint32_t level, std::string_view key, std::string_view message, ValueView fields
)
{
    lines.push_back({level, std::string{key}, std::string{message}, fields.value()});
    return {};
}

Result<void> FakeHost::now(Caller&, std::int64_t& time)
{
    time = 1'700'000'000'000'000;
    return {};
}

Result<void> FakeHost::reserve(Caller&, std::uint64_t count, std::uint64_t& first)
{
    first = m_next_id;
    m_next_id += count;
    return {};
}

Result<void> FakeHost::get(
    Caller&, std::string_view type, std::span<const std::uint64_t> ids, ValueView fields, border::Sink row
)
{
    for (const std::uint64_t id : ids)
        if (const auto found = stored.find({std::string{type}, id}); found != stored.end())
            MORTISE_CHECK(write_to(row, record_row(id, found->second, fields)));
    return {};
}

Result<void> FakeHost::find(
    Caller&,
    std::string_view type,
    std::string_view field,
    ValueView value,
    std::uint64_t limit,
    ValueView fields,
    border::Sink row
)
{
    for (const auto& [key, record] : stored) {
        if (key.first != type || record[field] != value.value() || limit == 0) continue;
        MORTISE_CHECK(write_to(row, record_row(key.second, record, fields)));
        --limit;
    }
    return {};
}

Result<void> FakeHost::begin(Caller&, const mortise_unit*, std::uint64_t& work)
{
    work = m_next_work++;
    open_units[work];
    return {};
}

Result<void> FakeHost::stage(Caller&, std::uint64_t work, border::Items<mortise_operation> operations)
{
    const auto unit = open_units.find(work);
    if (unit == open_units.end()) return not_found("open unit");
    for (const mortise_operation& operation : operations) {
        const std::string type{border::view(operation.type)};
        if (type == "nosuch") return not_found("record type nosuch");
        unit->second.push_back(
            {operation.kind, type, operation.id, operation.version, as_map(ValueView{operation.values})}
        );
    }
    return {};
}

Result<void> FakeHost::commit(Caller&, std::uint64_t work, std::uint64_t& token)
{
    auto unit = open_units.extract(work);
    if (!unit) return not_found("open unit");
    committed.insert(committed.end(), unit.mapped().begin(), unit.mapped().end());
    token = 900 + work;
    return {};
}

Result<void> FakeHost::abandon(Caller&, std::uint64_t work)
{
    if (open_units.erase(work) == 0) return not_found("open unit");
    return {};
}

Result<void> FakeHost::run(
    Caller&,
    std::string_view sql,
    ValueView parameters,
    const mortise_query_options*,
    std::uint64_t* snapshot,
    border::Sink batches
)
{
    if (snapshot != nullptr) *snapshot = 77;
    if (!on_query) return not_found("view");
    return on_query(sql, parameters, batches);
}

Result<void> FakeHost::named(
    Caller& caller,
    std::string_view name,
    ValueView parameters,
    const mortise_query_options* options,
    std::uint64_t* snapshot,
    border::Sink batches
)
{
    return run(caller, name, parameters, options, snapshot, batches);
}

Result<void> FakeHost::publish(Caller&, std::uint64_t work, border::Items<mortise_event_draft> events)
{
    for (const mortise_event_draft& event : events)
        published.push_back(
            {work,
             std::string{border::view(event.type)},
             event.subject,
             as_map(ValueView{event.data}),
             as_map(ValueView{event.links})}
        );
    return {};
}

Result<void> FakeHost::call(
    Caller&, std::string_view name, ValueView arguments, const mortise_call_options*, border::Sink result
)
{
    const auto command = others_commands.find(name);
    if (command == others_commands.end()) return not_found("command " + std::string{name});
    MORTISE_TRY(const Value answer, command->second(as_map(arguments)));
    return write_to(result, answer);
}

Result<void>
FakeHost::post(Caller&, std::string_view name, ValueView, const mortise_call_options*, std::uint64_t tag)
{
    posted.emplace_back(name, tag);
    return {};
}

Result<void> FakeHost::get(Caller&, std::string_view key, border::Sink result)
{
    return write_to(result, key.empty() ? Value{settings_map} : settings_map[key]);
}

Result<void> FakeHost::reveal(Caller&, std::string_view name, border::Sink secret)
{
    if (name != "token") return not_found("secret");
    return write_to(secret, "hush");
}

Result<void> FakeHost::start(
    Caller&,
    std::uint64_t work,
    std::string_view name,
    ValueView arguments,
    const mortise_job_options* options,
    std::uint64_t& job
)
{
    jobs.push_back({work, std::string{name}, std::string{border::view(options->key)}, arguments.value()});
    job = 42;
    return {};
}

Result<void>
FakeHost::progress(Caller&, std::uint64_t job, std::uint64_t done, std::uint64_t total, std::string_view text)
{
    if (job != 42) return not_found("job");
    progress_texts.push_back(std::to_string(done) + "/" + std::to_string(total) + " " + std::string{text});
    return {};
}

Result<void> FakeHost::cancelled(Caller&, std::uint64_t, std::uint32_t& yes)
{
    yes = job_cancelled ? 1 : 0;
    return {};
}

Result<void> FakeHost::cancel(Caller&, std::uint64_t job)
{
    job_cancelled = job == 42;
    return {};
}

} // namespace mortise::host
