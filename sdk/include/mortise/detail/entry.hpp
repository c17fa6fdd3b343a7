#pragma once

/// \file
/// From the C table that the host calls to the methods of a Plugin. Included by `mortise/plugin.hpp`.

#include <mortise/plugin.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

namespace mortise::detail {

/// The functions of the table. Each is a barrier: nothing that the plugin throws gets past it.
struct PluginEntry {
    template <std::derived_from<Plugin> Class>
    static mortise_status
    open(const mortise_host* host, mortise_self self, mortise_plugin* out, mortise_error* error) noexcept
    {
        return guarded(error, [&] {
            std::unique_ptr<Plugin> plugin = std::make_unique<Class>(Host{host, self});
            fill(*out);
            out->impl = plugin.release();
        });
    }

private:
    static Plugin& plugin(void* impl) noexcept { return *static_cast<Plugin*>(impl); }

    /// Writes as much of the table as an older host has room for.
    static void fill(mortise_plugin& out) noexcept
    {
        const auto room = std::min<std::uint32_t>(out.head.size, sizeof(mortise_plugin));
        const mortise_plugin table{
            {room, MORTISE_ABI_TARGET},
            nullptr,
            &activate,
            &quiesce,
            &destroy,
            &on_events,
            &on_hook,
            &on_command,
            &on_answer,
            &on_job,
            &settings_changed,
            &migrate,
        };
        std::memcpy(static_cast<void*>(&out), &table, room);
    }

    template <class Binding>
    static Binding& find(std::vector<Binding>& bindings, std::uint64_t tag)
    {
        if (tag >= bindings.size())
            fail(ErrorCode::invalid, {}, "nothing is bound to tag " + std::to_string(tag));
        return bindings[tag];
    }

    /// Binds each of `bindings` with its index as tag; an error names what could not be bound.
    template <class Bindings, class Table, class Function>
    static void bind(
        const Tables& tables,
        const Bindings& bindings,
        const Table* table,
        std::string_view id,
        Function Table::* function
    )
    {
        for (std::uint64_t tag = 0; const auto& binding : bindings) {
            auto bound = call(tables, table, id, function, as_text(binding.name), tag++);
            if (bound) continue;
            if (bound.error().where.empty()) bound.error().where = binding.name;
            throw Failure{std::move(bound).error()};
        }
    }

    static mortise_status activate(void* impl, mortise_error* error) noexcept
    {
        return guarded(error, [self = &plugin(impl)] {
            const Tables& tables = self->m_host.tables();
            bind(tables, self->m_hooks, tables.records, MORTISE_RECORDS_ID, &mortise_records::bind_hook);
            bind(tables, self->m_subscriptions, tables.events, MORTISE_EVENTS_ID, &mortise_events::bind);
            bind(tables, self->m_commands, tables.commands, MORTISE_COMMANDS_ID, &mortise_commands::bind);
            bind(tables, self->m_jobs, tables.jobs, MORTISE_JOBS_ID, &mortise_jobs::bind);
            self->activate();
        });
    }

    static mortise_status quiesce(void* impl, mortise_error* error) noexcept
    {
        return guarded(error, [self = &plugin(impl)] { self->quiesce(); });
    }

    static mortise_status destroy(void* impl, mortise_error* error) noexcept
    {
        return guarded(error, [impl] { std::unique_ptr<Plugin>{&plugin(impl)}.reset(); });
    }

    static mortise_status on_events(
        void* impl,
        std::uint64_t tag,
        std::uint64_t number,
        const mortise_event* events,
        std::uint64_t count,
        std::uint64_t* done,
        mortise_error* error
    ) noexcept
    {
        return guarded(error, [&, self = &plugin(impl)] {
            HandlerWork work{self->m_host.tables(), self->m_ids, number};
            *done = 0;
            find(self->m_subscriptions, tag).run(Events{events, count}, work, *done);
            work.flush();
        });
    }

    static mortise_status on_hook(
        void* impl,
        std::uint64_t tag,
        const mortise_context* context,
        mortise_tree settings,
        const mortise_draft* drafts,
        std::uint64_t count,
        mortise_sink verdicts,
        mortise_error* error
    ) noexcept
    {
        return guarded(error, [&, self = &plugin(impl)] {
            const HookFunction hook = find(self->m_hooks, tag).run;
            const Settings known{ValueView{settings}};
            Reader reader{self->m_host};
            const auto* at = reinterpret_cast<const std::byte*>(drafts);
            for (std::uint64_t index = 0; index < count; ++index, at += drafts->size) {
                Draft draft{*reinterpret_cast<const mortise_draft*>(at), Context{*context}};
                hook(known, reader, draft);
                if (draft.is_untouched()) continue;
                write(verdicts, draft.verdict(index));
            }
        });
    }

    static mortise_status on_command(
        void* impl,
        std::uint64_t tag,
        const mortise_context* context,
        std::uint64_t number,
        mortise_tree arguments,
        mortise_sink result,
        mortise_error* error
    ) noexcept
    {
        return guarded(error, [&, self = &plugin(impl)] {
            HandlerWork work{self->m_host.tables(), self->m_ids, number};
            const Arguments given{ValueView{arguments}, Context{*context}};
            const Value answer = find(self->m_commands, tag).run(given, work);
            work.flush();
            if (!answer.is_null()) write(result, answer);
        });
    }

    static mortise_status on_answer(
        void* impl, std::uint64_t tag, std::int32_t status, mortise_tree result, mortise_error* error
    ) noexcept
    {
        return guarded(error, [&, self = &plugin(impl)] {
            const ValueView view{result};
            const auto words = [view](Key key) { return std::string{view[key].text()}; };
            const Result<Value> answer = status >= 0
                ? Result<Value>{view.value()}
                : Result<Value>{Error{error_code(status), words("message"), words("key"), words("where"), {}}
                  };
            const auto waiting = self->m_answers.extract(tag);
            if (waiting)
                waiting.mapped()(answer);
            else
                self->answered(tag, answer);
        });
    }

    static mortise_status on_job(
        void* impl,
        std::uint64_t tag,
        const mortise_context* context,
        std::uint64_t number,
        mortise_tree arguments,
        mortise_sink result,
        mortise_error* error
    ) noexcept
    {
        return guarded(error, [&, self = &plugin(impl)] {
            Job job{self->m_host, number, ValueView{arguments}, Context{*context}};
            const Value answer = find(self->m_jobs, tag).run(job);
            if (!answer.is_null()) write(result, answer);
        });
    }

    static mortise_status settings_changed(void* impl, mortise_tree settings, mortise_error* error) noexcept
    {
        return guarded(error, [&, self = &plugin(impl)] {
            self->settings_changed(Settings{ValueView{settings}});
        });
    }

    static mortise_status migrate(
        void* impl,
        mortise_text type,
        mortise_text from,
        mortise_text to,
        std::uint64_t number,
        std::uint64_t after,
        std::uint64_t* next,
        mortise_error* error
    ) noexcept
    {
        return guarded(error, [&, self = &plugin(impl)] {
            const auto text = [](mortise_text given) { return std::string_view{given.data, given.size}; };
            IdPool ids;
            HandlerWork work{self->m_host.tables(), ids, number};
            const Migration migration{text(type), text(from), text(to), Id{static_cast<std::int64_t>(after)}};
            const Id last = self->migrate(migration, work);
            work.flush();
            *next = static_cast<std::uint64_t>(last.number);
        });
    }

    /// Writes one value; a sink that wants no more is no error.
    static void write(mortise_sink sink, const Value& value)
    {
        const ValueBlock block = require(encode(value));
        const mortise_status status = sink.write(sink.context, block.tree());
        if (status < 0 && status != MORTISE_E_CANCELLED)
            fail(error_code(status), {}, "the host did not take the result");
    }
};

} // namespace mortise::detail
