#pragma once

/// \file
/// What commands and jobs work with: `Arguments` and `Job`.

#include <mortise/context.hpp>
#include <mortise/failure.hpp>
#include <mortise/host.hpp>

#include <charconv>
#include <string>
#include <string_view>
#include <system_error>

namespace mortise {

/// The record that a value names: an id, a whole number, or digits as JSON carries them; 0 if it names none.
inline Id id_of(ValueView value) noexcept
{
    if (value.kind() == Kind::id) return value.id();
    if (value.kind() == Kind::integer) return Id{value.integer()};
    Id id;
    const std::string_view text = value.text();
    const auto read = std::from_chars(text.data(), text.data() + text.size(), id.number);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size() ? id : Id{};
}

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
        const Id id = id_of(given);
        if (given.is_null() || id.number > 0) return id;
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
    Job(const Host& host, std::uint64_t number, ValueView arguments, Context context) noexcept
        : m_host{&host},
          m_number{number},
          m_arguments{arguments},
          m_context{context}
    {
    }

    /// Who started it, and when.
    const Context& context() const noexcept { return m_context; }
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
    Context m_context;
};

} // namespace mortise
