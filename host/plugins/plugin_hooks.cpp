#include "plugins/plugin_hooks.hpp"

#include "base/json.hpp"
#include "plugins/context_block.hpp"
#include "plugins/guard.hpp"
#include "plugins/instance.hpp"
#include "plugins/runner/runner.hpp"
#include "records/records.hpp"

#include <mortise/abi/records.h>
#include <mortise/value_block.hpp>

#include <algorithm>
#include <deque>
#include <optional>

namespace mortise::host {

namespace {

constexpr std::size_t most_drafts = 4096;
constexpr int most_starts = 3;

std::uint32_t kind_of(Operation operation) noexcept
{
    switch (operation) {
    case Operation::create:
        return MORTISE_OPERATION_CREATE;
    case Operation::update:
        return MORTISE_OPERATION_UPDATE;
    case Operation::remove:
        return MORTISE_OPERATION_DELETE;
    case Operation::restore:
        return MORTISE_OPERATION_RESTORE;
    }
    return 0;
}

struct Verdict {
    std::size_t index{0};
    Map set{};
    std::optional<Map> refuse{};
};

/// Takes verdicts from a plugin.
class Verdicts {
public:
    explicit Verdicts(std::size_t drafts) : m_drafts{drafts} { }

    mortise_sink sink() noexcept { return {this, &take}; }
    std::vector<Verdict>& all() noexcept { return m_all; }

private:
    static mortise_status take(void* context, mortise_tree item) noexcept
    {
        auto& self = *static_cast<Verdicts*>(context);
        try {
            const ValueView view{item};
            const std::int64_t index = view["index"].integer(-1);
            if (index < 0 || static_cast<std::size_t>(index) >= self.m_drafts) return MORTISE_E_INVALID;
            Verdict verdict{.index = static_cast<std::size_t>(index)};
            if (const ValueView set = view["set"]; set.exists()) verdict.set = set.value().get_or(Map{});
            if (const ValueView refuse = view["refuse"]; refuse.exists())
                verdict.refuse = refuse.value().get_or(Map{});
            self.m_all.push_back(std::move(verdict));
            return MORTISE_OK;
        } catch (const std::exception&) {
            return MORTISE_E_LIMIT;
        }
    }

    std::size_t m_drafts;
    std::vector<Verdict> m_all;
};

std::string details_of(const PluginHooks::Hook& hook)
{
    return json_text(Map{{"plugin", hook.plugin->id}, {"hook", hook.declared.name}});
}

/// `state`: that the plugin is in.
Error cannot_run(const PluginHooks::Hook& hook, std::string_view state, const Error& why)
{
    const bool is_well = state == "active" || state == "resolved";
    return {
        .code = ErrorCode::refused,
        .message = hook.declared.point() + " needs the hook \"" + hook.declared.name + "\" of plugin "
            + hook.plugin->id + ", which " + (is_well ? "" : "is " + std::string{state} + " and ")
            + "cannot run: " + why.message,
        .key = "hooks.cannot_run",
        .where = hook.declared.point(),
        .hint = "mend it (\"mortise plugins info " + hook.plugin->id
            + "\" says what is wrong), or let changes through without it: \"mortise plugins disable "
            + hook.plugin->id + '"',
        .details = details_of(hook),
    };
}

} // namespace

/// One run of all hooks over the drafts of one unit.
class PluginHooks::Round {
public:
    Round(PluginHooks& hooks, const CallContext& context, std::span<Draft* const> drafts)
        : m_hooks{hooks},
          m_context{context, hooks.m_services.clock.now()}
    {
        for (Draft* draft : drafts)
            m_items.push_back({.draft = draft});
    }

    Result<void> run(const Hook& hook)
    {
        m_concerned.clear();
        for (std::size_t i = 0; i < m_items.size(); ++i)
            if (concerns(hook, *m_items[i].draft)) m_concerned.push_back(i);
        for (std::size_t from = 0; from < m_concerned.size(); from += most_drafts) {
            const std::size_t count = std::min(most_drafts, m_concerned.size() - from);
            MORTISE_CHECK(ask(hook, std::span{m_concerned}.subspan(from, count)));
        }
        return {};
    }

private:
    struct Item {
        Draft* draft{nullptr};
        std::shared_ptr<const RowShape> shape{};
        std::optional<ShapeWriter> before{};
        std::optional<ShapeWriter> after{};
        mortise_tree before_tree{};
        mortise_tree after_tree{};
    };

    static bool concerns(const Hook& hook, const Draft& draft)
    {
        if (draft.type().id != hook.type_id || draft.operation() != hook.declared.operation) return false;
        if (hook.declared.fields.empty() || !draft.before()) return true;
        return std::ranges::any_of(hook.declared.fields, [&](const std::string& field) {
            return value_of(draft.type(), *draft.before(), field)
                != value_of(draft.type(), draft.after(), field);
        });
    }

    Result<void> ask(const Hook& hook, std::span<const std::size_t> concerned)
    {
        for (int attempt = 0; attempt < most_starts; ++attempt) {
            if (m_slot != hook.plugin.get() || attempt > 0 || !m_instance->is_active()) {
                m_call.reset(); // whoever closes it waits for its calls
                m_slot = nullptr;
                m_instance = hook.plugin->instance.load(std::memory_order_acquire);
                if (m_instance && waits_for_this(*m_instance)) {
                    m_settings = m_instance->settings();
                    return ask_instance(hook, *m_instance, concerned);
                }
                if (!m_instance || !m_instance->is_active()) {
                    auto started = m_hooks.m_activate(hook.plugin->id);
                    if (!started) return failed(hook, nullptr, started.error());
                    m_instance = *std::move(started);
                }
                m_call.emplace(*m_instance);
                m_settings = m_instance->settings();
                m_slot = hook.plugin.get();
            }
            if (*m_call) {
                auto asked = ask_instance(hook, *m_instance, concerned);
                if (asked || asked.error().key != not_reached_key) return asked;
                continue; // its process was ended because of another call: the next one is asked
            }
            if (m_instance->state() == InstanceState::quarantined)
                return failed(hook, m_instance.get(), {.message = m_instance->problem()});
        } // it is being reloaded
        return failed(hook, nullptr, {.message = "it is being closed"});
    }

    /// Whether a plugin is being closed, and the change comes from a call into it that it must still let end:
    /// it sees its own last changes, since waiting for its next life would be waiting for oneself.
    static bool waits_for_this(Instance& instance)
    {
        return instance.state() == InstanceState::quiescing
            && (instance.strand().is_here() || Frame::is_inside(instance));
    }

    Result<void> ask_instance(const Hook& hook, Instance& instance, std::span<const std::size_t> concerned)
    {
        const auto tag = instance.binding(Instance::BindingKind::hook, hook.declared.name);
        if (!tag) return failed(hook, &instance, {.message = "its code does not offer the hook"});
        MORTISE_CHECK(make_drafts(hook, instance, concerned));
        Verdicts verdicts{m_drafts.size()};
        mortise_error error = new_error();
        Frame frame{instance, thread_hook, instance.own_context(), hook.label};
        const mortise_status status
            = instance.call_hook(frame, *tag, m_context.get(), *m_settings, m_drafts, verdicts.sink(), error);
        if (frame.took > hook.declared.budget)
            instance.stats().note_late_hook(hook.label, static_cast<std::uint64_t>(frame.took.count()));
        if (status < 0) {
            Error said = to_error(status, error);
            if (said.key == not_reached_key) return said;
            if (said.message.empty()) said.message = "it answered " + std::string{name(said.code)};
            return failed(hook, &instance, said);
        }
        return apply(hook, concerned, verdicts.all());
    }

    Result<void> failed(const Hook& hook, const Instance* instance, const Error& why)
    {
        if (why.key == "hooks.not_yet") return why; // asked again when its plugin has changed its version
        if (why.key == changing_key) return why;
        const bool refuses = hook.declared.on_failure == OnFailure::refuse;
        if (instance) tell_failed(hook, *instance, why, refuses);
        if (refuses) return cannot_run(hook, m_hooks.m_state_of(hook.plugin->id), why);
        return {};
    }

    /// In the log of its plugin, and for its state.
    void tell_failed(const Hook& hook, const Instance& instance, const Error& why, bool refuses)
    {
        const Instant now = m_hooks.m_services.clock.now();
        const std::uint64_t times
            = instance.stats().note_failed_hook(hook.declared.name, hook.declared.point(), why.message, now);
        if (times == 0) return;
        std::string message = "hook " + hook.declared.name + " failed at " + hook.declared.point();
        if (times > 1) message += ", " + std::to_string(times) + " times by now";
        message += ": " + why.message
            + (refuses ? "; the change was refused" : "; the change was let through without it");
        Map fields{
            {"hook", hook.declared.name},
            {"on", hook.declared.point()},
            {"times", static_cast<std::int64_t>(times)},
        };
        if (!why.key.empty()) fields.set("error", why.key);
        instance.log().add({
            .time = now,
            .level = refuses ? LogLevel::error : LogLevel::warning,
            .key = refuses ? "hooks.failed" : "hooks.skipped",
            .message = std::move(message),
            .fields = std::move(fields),
            .from_host = true,
        });
    }

    /// Fills `m_drafts` and `m_related`, which the next hook uses again.
    Result<void>
    make_drafts(const Hook& hook, const Instance& instance, std::span<const std::size_t> concerned)
    {
        m_drafts.clear();
        m_related.clear();
        for (const std::size_t index : concerned) {
            Item& item = m_items[index];
            MORTISE_CHECK(encode_rows(item));
            const std::string& type = item.draft->type().name;
            mortise_draft draft{};
            draft.size = sizeof draft;
            draft.kind = kind_of(item.draft->operation());
            draft.type = {type.data(), type.size()};
            draft.id = static_cast<std::uint64_t>(item.draft->id().number);
            draft.before = item.before_tree;
            draft.after = item.after_tree;
            draft.time = item.draft->after().updated_at.microseconds;
            m_drafts.push_back(draft);
        }
        if (!hook.declared.reads.empty()) return read_related(hook, instance, concerned);
        return {};
    }

    /// Encodes what is not encoded yet, or was amended since.
    Result<void> encode_rows(Item& item)
    {
        if (!item.shape) {
            const auto known = m_hooks.m_services.records.schema()->find(item.draft->type().id);
            item.shape = known.get() == &item.draft->type()
                ? m_hooks.m_shapes.of(known)
                : std::make_shared<const RowShape>(TypePointer{TypePointer{}, &item.draft->type()});
        }
        if (item.draft->before() && !item.before) {
            item.before.emplace(item.shape->shape());
            MORTISE_TRY(item.before_tree, item.shape->write(*item.before, *item.draft->before()));
        }
        if (!item.after_tree.root) {
            if (!item.after) item.after.emplace(item.shape->shape());
            MORTISE_TRY(item.after_tree, item.shape->write(*item.after, item.draft->after()));
        }
        return {};
    }

    /// The records that the hook looks at beside the draft, read for the whole batch at once.
    Result<void>
    read_related(const Hook& hook, const Instance& instance, std::span<const std::size_t> concerned)
    {
        m_related.reserve(concerned.size());
        std::vector<Map> maps(concerned.size());
        for (const std::string& field : hook.declared.reads)
            MORTISE_CHECK(read_field(field, instance, concerned, maps));
        for (std::size_t i = 0; i < maps.size(); ++i) {
            MORTISE_TRY(ValueBlock block, encode(Value{std::move(maps[i])}));
            m_drafts[i].related = m_related.emplace_back(std::move(block)).tree();
        }
        return {};
    }

    Result<void> read_field(
        const std::string& field,
        const Instance& instance,
        std::span<const std::size_t> concerned,
        std::vector<Map>& maps
    )
    {
        const RecordType& type = m_items[concerned.front()].draft->type();
        MORTISE_TRY(const std::size_t slot, type.require_slot(field));
        std::vector<Id> wanted;
        for (const std::size_t index : concerned)
            if (const auto* id = m_items[index].draft->after().values[slot].as<Id>()) wanted.push_back(*id);
        std::ranges::sort(wanted);
        const auto [first, last] = std::ranges::unique(wanted);
        wanted.erase(first, last);
        Records& records = m_hooks.m_services.records;
        MORTISE_TRY(const TypePointer target, records.schema()->require(type.fields[slot].reference_type));
        MORTISE_TRY(const auto rows, records.get(instance.own_context().principal, target->name, wanted));
        std::unordered_map<std::int64_t, Map> found;
        for (const Row& row : rows)
            found.emplace(row.id.number, map_of(*target, row));
        for (std::size_t i = 0; i < concerned.size(); ++i) {
            const auto* id = m_items[concerned[i]].draft->after().values[slot].as<Id>();
            const auto at = id ? found.find(id->number) : found.end();
            maps[i].append(field, at == found.end() ? Value{} : Value{at->second});
        }
        return {};
    }

    Result<void>
    apply(const Hook& hook, std::span<const std::size_t> concerned, std::vector<Verdict>& verdicts)
    {
        for (Verdict& verdict : verdicts) {
            Item& item = m_items[concerned[verdict.index]];
            if (verdict.refuse) return refusal(hook, *verdict.refuse, concerned[verdict.index]);
            for (const auto& [field, value] : verdict.set)
                if (auto amended = item.draft->amend(field, value); !amended) {
                    Error error = std::move(amended).error();
                    tell_failed(hook, *m_instance, error, true);
                    error.message = "plugin " + hook.plugin->id + " (hook \"" + hook.declared.name
                        + "\") set a value that cannot stand: " + error.message;
                    error.details = details_of(hook);
                    return error;
                }
            if (!verdict.set.empty()) item.after_tree = {};
        }
        return {};
    }

    Error refusal(const Hook& hook, const Map& said, std::size_t index) const
    {
        const std::string_view reason = said["message"].text();
        const std::string_view key = said["key"].text();
        std::string where{said["field"].text()};
        if (m_items.size() > 1)
            where = "record " + std::to_string(index) + (where.empty() ? "" : ": " + where);
        return {
            .code = ErrorCode::refused,
            .message = "plugin " + hook.plugin->id + " refused " + hook.declared.point() + ": "
                + std::string{reason.empty() ? key : reason},
            .key = std::string{key},
            .where = std::move(where),
            .hint = {},
            .details = details_of(hook),
        };
    }

    PluginHooks& m_hooks;
    ContextBlock m_context;
    std::deque<Item> m_items;
    const PluginSlot* m_slot{nullptr}; ///< the plugin of the hook before, and what its hooks in a row share
    std::shared_ptr<Instance> m_instance;
    std::optional<Instance::InFlight> m_call; ///< ends before the instance
    std::shared_ptr<const ValueBlock> m_settings;
    std::vector<std::size_t> m_concerned; ///< items that the present hook is about
    std::vector<mortise_draft> m_drafts;
    std::vector<ValueBlock> m_related;
};

PluginHooks::PluginHooks(PluginServices& services, RowShapes& shapes, Activate activate, StateOf state_of)
    : m_services{services},
      m_shapes{shapes},
      m_activate{std::move(activate)},
      m_state_of{std::move(state_of)}
{
}

void PluginHooks::set(std::vector<Hook> hooks)
{
    std::ranges::sort(hooks, [](const Hook& a, const Hook& b) {
        return std::tie(a.declared.priority, a.plugin->id, a.declared.name)
            < std::tie(b.declared.priority, b.plugin->id, b.declared.name);
    });
    auto table = std::make_shared<Table>();
    for (Hook& hook : hooks) {
        hook.label = "hook " + hook.declared.name;
        table->wanted[hook.type_id][static_cast<std::size_t>(hook.declared.operation)] = true;
    }
    table->hooks = std::move(hooks);
    m_table.store(std::move(table), std::memory_order_release);
}

bool PluginHooks::wants(const RecordType& type, Operation operation) const noexcept
{
    const auto table = m_table.load(std::memory_order_acquire);
    if (!table) return false;
    const auto found = table->wanted.find(type.id);
    return found != table->wanted.end() && found->second[static_cast<std::size_t>(operation)];
}

Result<void> PluginHooks::run(const CallContext& context, std::span<Draft* const> drafts)
{
    const auto table = m_table.load(std::memory_order_acquire);
    if (!table) return {};
    Round round{*this, context, drafts};
    for (const Hook& hook : table->hooks)
        MORTISE_CHECK(round.run(hook));
    return {};
}

} // namespace mortise::host
