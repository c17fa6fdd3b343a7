#include "base/clock.hpp"
#include "commands/stop_scope.hpp"
#include "plugins/context_block.hpp"
#include "plugins/event_blocks.hpp"
#include "plugins/generated/into_plugin.hpp"
#include "plugins/guard.hpp"
#include "plugins/instance.hpp"
#include "plugins/unit_commit.hpp"
#include "records/records.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace mortise::host {

namespace {

using Into = IntoPlugin<Guard>;

mortise_text text_of(std::string_view text) noexcept
{
    return {text.data(), text.size()};
}

std::string_view type_of(const mortise_event& event) noexcept
{
    return {event.type.data, event.type.size};
}

/// Takes one value from a plugin.
class ValueSink {
public:
    mortise_sink sink() noexcept { return {this, &take}; }
    const Value& value() const noexcept { return m_value; }

private:
    static mortise_status take(void* context, mortise_tree item) noexcept
    {
        try {
            static_cast<ValueSink*>(context)->m_value = ValueView{item}.value();
            return MORTISE_OK;
        } catch (const std::exception&) {
            return MORTISE_E_LIMIT;
        }
    }

    Value m_value;
};

/// Keeps the strand until the dispatcher has written, or dropped, what a handler wants.
class Gate {
public:
    std::shared_ptr<void> key()
    {
        return {static_cast<void*>(this), [this](void*) { open(); }};
    }
    void wait()
    {
        std::unique_lock lock{m_mutex};
        m_changed.wait(lock, [this] { return m_is_open; });
    }

private:
    void open()
    {
        const std::scoped_lock lock{m_mutex};
        m_is_open = true;
        m_changed.notify_all();
    }

    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_is_open{false};
};

Error not_offered(const Instance& instance, std::string_view what, std::string_view name)
{
    return {
        .code = ErrorCode::unsupported,
        .message = instance.id() + " declares the " + std::string{what} + " \"" + std::string{name}
            + "\", but does not offer it",
        .key = "plugins.unbound",
        .where = std::string{name},
        .hint = "this is a fault of the plugin: tell its vendor",
    };
}

Error given_up(const std::string& label)
{
    return {
        .code = ErrorCode::cancelled,
        .message = label + " was cancelled by whoever called it",
        .key = "commands.cancelled",
    };
}

} // namespace

struct Instance::CommandCall {
    std::string name;
    std::string label;
    std::uint64_t tag{0};
    CallContext context;
    std::string actor;
    std::int64_t deadline{0};
    Map given;
    ValueBlock arguments;
    std::optional<UnitId> id;
    std::stop_source stop; ///< nobody waits for it any more
    bool only_reads{false};
    Result<Value> outcome{Value{}};
};

Result<Value> Instance::run_command(
    std::string_view name,
    const CallContext& context,
    const Map& arguments,
    std::chrono::milliseconds patience
)
{
    if (!is_active()) return refusal_of_state();
    const auto tag = binding(BindingKind::command, name);
    if (!tag) return not_offered(*this, "command", name);
    if (patience.count() == 0) patience = call_patience();
    auto call = std::make_shared<CommandCall>();
    call->name = name;
    call->label = "command " + call->name;
    call->tag = *tag;
    call->context = context_for(context);
    call->actor = context.principal.is_system ? "host" : context.principal.name();
    call->deadline = services().clock.now().microseconds + patience.count() * 1000;
    call->given = arguments;
    const auto declared = std::ranges::find(manifest().commands, name, &CommandInfo::name);
    call->only_reads = declared != manifest().commands.end() && declared->effect == Effect::read;
    MORTISE_TRY(call->arguments, encode(Value{arguments}));
    if (!context.idempotency_key.empty() && !context.dry_run) {
        call->id = unit_id(id(), call->name + ' ' + call->context.principal.name(), context.idempotency_key);
        MORTISE_TRY(auto before, find_answer(services(), *call->id, arguments));
        if (before) return *std::move(before);
    }
    auto ticket = std::make_shared<Ticket>(call->label);
    const auto run_it = [this, call, ticket] { call->outcome = run_command_here(*call, *ticket); };
    const std::stop_callback give_up{StopScope::current(), [&call, &ticket] {
                                         call->stop.request_stop();
                                         ticket->give_up();
                                     }};
    MORTISE_TRY(
        const Waited waited,
        m_strand.run(
            Lane::command, ticket, patience, std::max(patience, call_patience()), run_it, most_queued()
        )
    );
    stats().note_queue(m_strand.depth());
    if (waited == Waited::done) return std::move(call->outcome);
    call->stop.request_stop(); // its queries end, so that others need not wait for what nobody wants
    if (waited == Waited::given_up) return given_up(call->label);
    return overdue(call->label, waited);
}

/// On the strand.
Result<Value> Instance::run_command_here(CommandCall& call, Ticket& ticket)
{
    const StopScope scope{call.stop.get_token()};
    Frame frame{*this, thread_strand, call.context, call.label};
    const std::uint64_t work = frame.open_unit(true).number;
    ContextBlock context{call.context, services().clock.now(), call.deadline};
    context.set_actor(call.actor, call.context.principal.user);
    ValueSink answer;
    mortise_error error = new_error();
    const mortise_status status
        = Into::on_command(frame, call.tag, context.get(), work, call.arguments.tree(), answer.sink(), error);
    if (status < 0) return error_of(status, error, call.label);
    call.outcome = answer.value();
    return finish_command(call, std::move(*frame.find_unit(work)), ticket);
}

Result<Value> Instance::finish_command(CommandCall& call, OpenUnit unit, Ticket& ticket)
{
    if (!ticket.begin_finishing())
        return Error{
            .code = ErrorCode::timeout, .message = "nobody waits any more", .key = "plugins.timeout"
        };
    Value answer = *std::move(call.outcome);
    if (call.only_reads && unit.is_staged())
        return Error{
            .code = ErrorCode::state,
            .message = id() + ": " + call.label + " is declared to read only, and wants to change something",
            .key = "plugins.read_only",
            .where = call.name,
            .hint = "this is a fault of the plugin: its manifest must say \"effect\": \"write\"",
        };
    if (call.context.dry_run) {
        if (!unit.unit.changes.empty()) MORTISE_CHECK(services().records.preview(call.context, unit.unit));
        return answer;
    }
    if (call.id) remember_answer(unit.unit, *call.id, call.given, answer);
    MORTISE_TRY(const Commit commit, commit_unit(services(), stats(), call.context, std::move(unit)));
    if (!commit.repeated) return answer;
    MORTISE_TRY(auto before, find_answer(services(), *call.id, call.given)); // somebody else was first
    return before ? *std::move(before) : answer;
}

struct Instance::EventCall {
    std::string label;
    std::uint64_t tag{0};
    CallContext context;
    EventBlocks blocks;
    DeliveryOutcome outcome;
};

DeliveryOutcome
Instance::deliver(std::string_view subscription, std::span<const Event> events, const CallContext& context)
{
    const auto failed
        = [](Error error) { return DeliveryOutcome{.handled = 0, .work = {}, .error = std::move(error)}; };
    if (!is_active()) return failed(refusal_of_state());
    const auto tag = binding(BindingKind::subscription, subscription);
    if (!tag) return failed(not_offered(*this, "subscription", subscription));
    auto blocks = EventBlocks::encode(events, services().source);
    if (!blocks) return failed(std::move(blocks).error());
    auto call = std::make_shared<EventCall>();
    call->label = "subscription " + std::string{subscription};
    call->tag = *tag;
    call->context = context_for(context);
    call->blocks = *std::move(blocks);

    auto ticket = std::make_shared<Ticket>(call->label);
    const auto allowed = call_patience() * static_cast<std::int64_t>(events.size());
    // Waiting in the host is not the plugin's fault, so the patience is longer than what it may take by
    // itself.
    const auto waited = m_strand.run(
        Lane::events,
        ticket,
        allowed + std::chrono::seconds{30},
        allowed,
        [this, call, ticket] { deliver_here(call, *ticket); },
        most_queued()
    );
    stats().note_queue(m_strand.depth());
    if (!waited) return failed(waited.error());
    if (*waited != Waited::done) {
        Error error = overdue(call->label, *waited);
        error.code = ErrorCode::busy; // the events are not to blame: they wait
        return failed(std::move(error));
    }
    return std::move(call->outcome);
}

/// On the strand.
void Instance::deliver_here(const std::shared_ptr<EventCall>& call, Ticket& ticket)
{
    DeliveryOutcome outcome = handle_events(*call);
    const bool writes = outcome.handled > 0 && !outcome.work.empty();
    Gate gate;
    if (!ticket.begin_finishing()) return;
    const std::span<const mortise_event> given = call->blocks.items();
    count_handled(given.first(outcome.handled));
    if (outcome.error && outcome.handled < given.size())
        stats().count_failed(type_of(given[outcome.handled]));
    if (writes) outcome.hold = gate.key();
    call->outcome = std::move(outcome);
    ticket.answer();
    if (writes) gate.wait();
}

/// Neighbours are mostly of one type. Events of a record type are read with the permission for its records.
void Instance::count_handled(std::span<const mortise_event> events)
{
    const SchemaPointer schema = services().records.schema();
    for (std::size_t i = 0; i < events.size();) {
        const std::string_view name = type_of(events[i]);
        std::size_t next = i + 1;
        while (next < events.size() && type_of(events[next]) == name)
            ++next;
        stats().count_handled(name, next - i);
        if (const TypePointer type = schema->find(name.substr(0, name.find('.')));
            type && type->owner != id())
            m_spec.grants->use(type->plural + ".read", next - i);
        i = next;
    }
}

/// Calls the handler; if it fails behind events that went well, again with those alone.
DeliveryOutcome Instance::handle_events(EventCall& call)
{
    std::span<const mortise_event> items = call.blocks.items();
    std::optional<Error> failure;
    bool is_final = false;
    while (true) {
        Frame frame{*this, thread_strand, call.context, call.label};
        const std::uint64_t work = frame.open_unit(true).number;
        std::uint64_t done = 0;
        mortise_error error = new_error();
        const mortise_status status = Into::on_events(frame, call.tag, work, items, done, error);
        if (done > items.size()) done = 0;
        if (status >= 0 && done > 0) {
            OpenUnit unit = std::move(*frame.find_unit(work));
            stats().count_written(unit.unit.changes.size());
            for (const EventDraft& event : unit.unit.events)
                stats().count_published(event.type);
            return {
                .handled = done,
                .work = with_jobs(services(), std::move(unit)),
                .error = std::move(failure),
                .is_final = is_final,
            };
        }
        Error said = status < 0
            ? error_of(status, error, call.label)
            : Error{
                  .code = ErrorCode::invalid,
                  .message = id() + ": " + call.label + " handled none of its events and gave no error",
                  .key = "plugins.nothing_handled",
              };
        if (!failure) {
            failure = std::move(said);
            is_final = status == MORTISE_E_REFUSED;
        }
        if (done == 0 || done == items.size())
            return {.handled = 0, .work = {}, .error = std::move(failure), .is_final = is_final};
        items = items.first(done);
    }
}

mortise_status Instance::call_hook(
    Frame& frame,
    std::uint64_t tag,
    const mortise_context& context,
    const ValueBlock& settings,
    std::span<const mortise_draft> drafts,
    mortise_sink verdicts,
    mortise_error& error
)
{
    return Into::on_hook(frame, tag, context, settings.tree(), drafts, verdicts, error);
}

void Instance::post_answer(std::uint64_t tag, const Result<Value>& answer)
{
    const mortise_status status = answer ? mortise_status{MORTISE_OK} : to_status(answer.error().code);
    const Value said = answer ? *answer
                              : Value{Map{
                                    {"key", answer.error().key},
                                    {"where", answer.error().where},
                                    {"message", answer.error().message},
                                }};
    auto block = encode(said);
    if (!block) return;
    const auto deliver_it = [this, tag, status, kept = std::make_shared<ValueBlock>(*std::move(block))] {
        Frame frame{*this, thread_strand, m_own_context, "an answer"};
        mortise_error error = new_error();
        if (const mortise_status done = Into::on_answer(frame, tag, status, kept->tree(), error); done < 0)
            tell(LogLevel::warning, "plugin.answer", error_of(done, error, "an answer").message);
    };
    static_cast<void>(m_strand.post(Lane::answer, deliver_it, most_queued())
    ); // a plugin that is being closed needs no answers
}

void Instance::change_settings(const Value& settings)
{
    auto block = encode(settings);
    if (!block) return;
    {
        const std::unique_lock lock{m_mutex};
        m_settings = std::make_shared<const ValueBlock>(*std::move(block));
    }
    const auto tell_it = [this] {
        Frame frame{*this, thread_strand, m_own_context, "settings_changed"};
        mortise_error error = new_error();
        const auto current = this->settings();
        if (const mortise_status done = Into::settings_changed(frame, current->tree(), error); done < 0)
            tell(LogLevel::warning, "plugin.settings", error_of(done, error, "settings_changed").message);
    };
    static_cast<void>(m_strand.post(Lane::command, tell_it));
}

Result<Value> Instance::run_job(const Job& job)
{
    const InFlight call{*this};
    if (!call)
        return Error{.code = ErrorCode::retry, .message = id() + " is being closed", .key = "jobs.no_plugin"};
    auto tag = binding(BindingKind::job, job.draft.name);
    if (!tag) return not_offered(*this, "job", job.draft.name);
    CallContext context = m_own_context;
    context.cause = job.draft.cause;
    context.client = "job " + std::to_string(job.draft.id);
    const std::string label = "job " + job.draft.name;
    MORTISE_TRY(const ValueBlock arguments, encode(job.draft.arguments));
    Frame frame{*this, thread_job, context, label};
    frame.job = job.draft.id;
    ValueSink result;
    mortise_error error = new_error();
    ContextBlock told{context, services().clock.now()};
    if (!job.draft.actor.empty()) told.set_actor(job.draft.actor, job.draft.user);
    told.set_key(job.draft.key);
    const mortise_status status = Into::on_job(
        frame,
        *tag,
        told.get(),
        static_cast<std::uint64_t>(job.draft.id),
        arguments.tree(),
        result.sink(),
        error
    );
    if (status < 0) return error_of(status, error, label);
    return result.value();
}

Result<std::uint64_t>
Instance::migrate(std::string_view type, std::string_view from, std::string_view to, std::uint64_t after)
{
    const std::string label = "migrate " + std::string{type};
    Frame frame{*this, thread_job, m_own_context, label};
    const std::uint64_t work = frame.open_unit(true).number;
    mortise_error error = new_error();
    std::uint64_t next = 0;
    const mortise_status status
        = Into::migrate(frame, text_of(type), text_of(from), text_of(to), work, after, next, error);
    if (status == MORTISE_E_UNSUPPORTED) return std::uint64_t{0}; // it has nothing to rewrite
    if (status < 0) return error_of(status, error, label);
    MORTISE_CHECK(commit_unit(services(), stats(), m_own_context, std::move(*frame.find_unit(work))));
    return next;
}

} // namespace mortise::host
