#pragma once

/// \file
/// What commands and jobs work with: `Arguments`, the `Context` that they were called in, and `Job`.

#include <mortise/abi/commands.h>
#include <mortise/failure.hpp>
#include <mortise/host.hpp>

#include <charconv>
#include <string>
#include <string_view>

namespace mortise {

/// On whose behalf, and how, a command runs.
class Context {
public:
    explicit Context(const mortise_context& context) noexcept : m_context{&context} { }

    /// A dry run: do everything, the host commits nothing. Leave out what leaves the house.
    bool is_preview() const noexcept { return m_context->preview != 0; }
    std::string_view actor() const noexcept
    {
        return text(m_context->actor);
    } ///< "user:NAME", "plugin:ID" or "host"
    Id user() const noexcept { return Id{static_cast<std::int64_t>(m_context->user)}; } ///< 0 for none
    std::string_view key() const noexcept { return text(m_context->key); } ///< idempotency key; may be empty
    Instant time() const noexcept { return {m_context->time}; }
    Instant deadline() const noexcept { return {m_context->deadline}; } ///< 0 for never
    std::uint64_t correlation() const noexcept { return m_context->correlation; }
    std::uint64_t causation() const noexcept { return m_context->causation; }

private:
    static std::string_view text(mortise_text text) noexcept { return {text.data, text.size}; }

    const mortise_context* m_context;
};

/// The arguments of a command: a map that fits the schema of the manifest. Lives for the call.
class Arguments {
public:
    Arguments(ValueView map, Context context) noexcept : m_map{map}, m_context{context} { }

    /// An argument; reads as null if it was not given and has no default.
    ValueView operator[](Key name) const noexcept { return m_map[name]; }
    template <RuntimeText Text>
    ValueView operator[](const Text& name) const noexcept
    {
        return m_map[name];
    }
    /// The record that an argument names: an id, or its digits as they come out of JSON. None (0) if it was
    /// not given; throws `invalid` for what is no id.
    Id id(Key name) const
    {
        const ValueView given = m_map[name];
        Id id = given.id();
        const std::string_view digits = given.text();
        if (given.kind() == Kind::integer)
            id.number = given.integer();
        else if (!digits.empty())
            std::from_chars(digits.data(), digits.data() + digits.size(), id.number);
        if (given.is_null() || (id.number > 0 && (digits.empty() || std::to_string(id.number) == digits)))
            return id;
        fail(ErrorCode::invalid, "arguments.no_id", "this is no id of a record", std::string{name.name});
    }
    ValueView all() const noexcept { return m_map; }
    const Context& context() const noexcept { return m_context; }

private:
    ValueView m_map;
    Context m_context;
};

/// A job that runs, on a thread of its own. It changes records with `Host::transact`.
class Job {
public:
    Job(const Host& host, std::uint64_t number, ValueView arguments) noexcept
        : m_host{&host},
          m_number{number},
          m_arguments{arguments}
    {
    }

    std::uint64_t number() const noexcept { return m_number; }
    ValueView operator[](Key name) const noexcept { return m_arguments[name]; }
    ValueView arguments() const noexcept { return m_arguments; }

    /// Tells people how far it is; cheap.
    void progress(std::uint64_t done, std::uint64_t total, std::string_view text = {}) const
    {
        const detail::Tables& tables = m_host->tables();
        require(detail::call(
            tables,
            tables.jobs,
            MORTISE_JOBS_ID,
            &mortise_jobs::progress,
            m_number,
            done,
            total,
            detail::as_text(text)
        ));
    }
    /// Whether somebody asked it to stop; `stop_if_cancelled` is shorter.
    bool is_cancelled() const
    {
        const detail::Tables& tables = m_host->tables();
        std::uint32_t yes = 0;
        require(detail::call(tables, tables.jobs, MORTISE_JOBS_ID, &mortise_jobs::cancelled, m_number, &yes));
        return yes != 0;
    }
    void stop_if_cancelled() const
    {
        if (is_cancelled()) fail(ErrorCode::cancelled, {}, "the job was cancelled");
    }

private:
    const Host* m_host;
    std::uint64_t m_number;
    ValueView m_arguments;
};

} // namespace mortise
