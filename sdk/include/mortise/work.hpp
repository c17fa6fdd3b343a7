#pragma once

/// \file
/// `mortise::Work`: a unit of work, the changes and events that commit together. Handlers and commands are
/// given one, which the host commits when they return; a job opens its own with `Host::transact`.

#include <mortise/detail/call.hpp>
#include <mortise/failure.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace mortise {

namespace detail {

/// Ids reserved ahead, so that not every record costs a call.
class IdPool {
public:
    Id next(const Tables& tables)
    {
        if (m_next == m_end) {
            constexpr std::uint64_t count = 16;
            require(
                call(tables, tables.records, MORTISE_RECORDS_ID, &mortise_records::reserve, count, &m_next)
            );
            m_end = m_next + count;
        }
        return Id{static_cast<std::int64_t>(m_next++)};
    }

private:
    std::uint64_t m_next{0};
    std::uint64_t m_end{0};
};

} // namespace detail

/// How to start a job.
struct JobOptions {
    std::uint32_t attempts{0}; ///< how often to try, with back-off; 0 for 5
    std::string_view key{}; ///< at most one job of its name and this key waits or runs at a time
    Instant due{}; ///< not before; 0 for now
};

/// Collects changes and hands them over in batches: at 64, and at the end. So an error in one may be thrown
/// by a later call here, or after the handler returned; either way the unit is abandoned. Published events
/// follow the changes. Thread-safety: none; use it in the callback that it was given to.
class Work {
public:
    Work(const detail::Tables& tables, detail::IdPool& ids, std::uint64_t work) noexcept
        : m_tables{&tables},
          m_ids{&ids},
          m_work{work}
    {
    }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

    /// Creates a record; its id is good at once, for links and for further changes of this unit.
    Id create(std::string_view type, const Map& values)
    {
        const Id id = m_ids->next(*m_tables);
        add(MORTISE_OPERATION_CREATE, type, id, 0, &values);
        return id;
    }
    /// Sets some fields. With a `version` it fails with `conflict` if the record has changed since.
    void update(std::string_view type, Id id, const Map& values, std::uint64_t version = 0)
    {
        add(MORTISE_OPERATION_UPDATE, type, id, version, &values);
    }
    void remove(std::string_view type, Id id, std::uint64_t version = 0)
    {
        add(MORTISE_OPERATION_DELETE, type, id, version, nullptr);
    }
    void restore(std::string_view type, Id id) { add(MORTISE_OPERATION_RESTORE, type, id, 0, nullptr); }

    /// Publishes an event of the manifest. `links` maps a role to an Id or to a List of them; `time` is when
    /// it happened, now if left out.
    void
    publish(std::string_view type, Id subject, const Map& data = {}, const Map& links = {}, Instant time = {})
    {
        PendingEvent event;
        event.type = store(type);
        event.subject = subject;
        event.time = time;
        event.data = store(data);
        event.links = store(links);
        m_events.push_back(event);
        flush_if_large();
    }

    /// Starts a job of the manifest once the unit commits.
    void start(std::string_view job, const Map& arguments = {}, const JobOptions& options = {});

    /// Hands over what was collected. The layer calls it when the handler returns.
    void flush()
    {
        flush_operations();
        flush_events();
        m_arena.clear();
    }

    /// The unit's number at the C ABI.
    std::uint64_t number() const noexcept { return m_work; }

protected:
    ~Work() = default;

    const detail::Tables& tables() const noexcept { return *m_tables; }

private:
    struct Part {
        std::size_t offset{0};
        std::size_t size{0};
    };
    struct PendingOperation {
        std::uint32_t kind{0};
        Part type;
        Id id;
        std::uint64_t version{0};
        Part values;
    };
    struct PendingEvent {
        Part type;
        Id subject;
        Instant time;
        Part data;
        Part links;
    };
    static constexpr std::size_t most_pending = 64;
    static constexpr std::size_t most_bytes = std::size_t{256} << 10U;

    Part store(std::string_view text)
    {
        const std::size_t at = m_arena.add(text.data(), text.size());
        return {at, text.size()};
    }
    /// Blocks are position-independent, so they may lie one behind another in an arena that moves.
    Part store(const Map& map)
    {
        if (map.empty()) return {};
        const std::size_t at = m_arena.take(sizeof(mortise_value));
        require(detail::BlockEncoder{m_arena}.write_map(at, map));
        return {at, m_arena.size() - at};
    }
    mortise_text text(Part part) const noexcept
    {
        return {reinterpret_cast<const char*>(m_arena.data() + part.offset), part.size};
    }
    mortise_tree tree(Part part) const noexcept
    {
        if (part.size == 0) return {nullptr, 0};
        return {reinterpret_cast<const mortise_value*>(m_arena.data() + part.offset), part.size};
    }

    void add(std::uint32_t kind, std::string_view type, Id id, std::uint64_t version, const Map* values)
    {
        PendingOperation operation{kind, store(type), id, version, {}};
        if (values != nullptr) operation.values = store(*values);
        m_operations.push_back(operation);
        flush_if_large();
    }
    void flush_if_large()
    {
        if (m_operations.size() + m_events.size() >= most_pending || m_arena.size() >= most_bytes) flush();
    }

    void flush_operations()
    {
        if (m_operations.empty()) return;
        std::vector<mortise_operation> staged;
        staged.reserve(m_operations.size());
        for (const PendingOperation& operation : m_operations) {
            const auto id = static_cast<std::uint64_t>(operation.id.number);
            staged.push_back(
                {sizeof(mortise_operation),
                 operation.kind,
                 text(operation.type),
                 id,
                 operation.version,
                 tree(operation.values)}
            );
        }
        m_operations.clear();
        const auto* first = staged.data();
        require(detail::call(
            *m_tables,
            m_tables->records,
            MORTISE_RECORDS_ID,
            &mortise_records::stage,
            m_work,
            first,
            staged.size()
        ));
    }

    void flush_events()
    {
        if (m_events.empty()) return;
        std::vector<mortise_event_draft> drafts;
        drafts.reserve(m_events.size());
        for (const PendingEvent& event : m_events) {
            const auto subject = static_cast<std::uint64_t>(event.subject.number);
            drafts.push_back(
                {sizeof(mortise_event_draft),
                 MORTISE_EVENT_DECLARED,
                 text(event.type),
                 subject,
                 event.time.microseconds,
                 tree(event.links),
                 tree(event.data)}
            );
        }
        m_events.clear();
        const auto* first = drafts.data();
        require(detail::call(
            *m_tables,
            m_tables->events,
            MORTISE_EVENTS_ID,
            &mortise_events::publish,
            m_work,
            first,
            drafts.size()
        ));
    }

    const detail::Tables* m_tables;
    detail::IdPool* m_ids;
    std::uint64_t m_work;
    detail::BlockBuffer m_arena;
    std::vector<PendingOperation> m_operations;
    std::vector<PendingEvent> m_events;
};

namespace detail {

/// Starts a job in a unit, or in none (0).
inline Result<std::uint64_t> start_job(
    const Tables& tables,
    std::uint64_t work,
    std::string_view job,
    const Map& arguments,
    const JobOptions& options
)
{
    MORTISE_TRY(const auto block, encode_arguments(arguments));
    const mortise_job_options given{
        sizeof given, options.attempts, as_text(options.key), options.due.microseconds
    };
    std::uint64_t started = 0;
    MORTISE_CHECK(call(
        tables,
        tables.jobs,
        MORTISE_JOBS_ID,
        &mortise_jobs::start,
        work,
        as_text(job),
        block.tree(),
        &given,
        &started
    ));
    return started;
}

/// The unit that the host opened for a handler.
class HandlerWork final : public Work {
public:
    using Work::Work;
};

} // namespace detail

inline void Work::start(std::string_view job, const Map& arguments, const JobOptions& options)
{
    require(detail::start_job(*m_tables, m_work, job, arguments, options));
}

/// How to open a unit of your own.
struct UnitOptions {
    std::string_view key{
    }; ///< idempotency key: a unit whose key has committed before gives the first answer again
    std::uint64_t cause{0}; ///< sequence of the event that it follows from
};

/// A unit of your own, for jobs. Without `commit` nothing of it happens. `Host::transact` is shorter, and
/// tries again where that helps.
class Unit final : public Work {
public:
    /// Throws the host's error if it cannot be opened.
    explicit Unit(const detail::Tables& tables, const UnitOptions& options = {})
        : Work{tables, m_own_ids, begin(tables, options)}
    {
    }
    ~Unit()
    {
        if (m_open) tables().records->abandon(tables().self, number(), nullptr);
    }
    Unit(const Unit&) = delete;
    Unit& operator=(const Unit&) = delete;

    /// Commits; gives the token that lets a query see at least this. The unit is over whatever comes back.
    Result<std::uint64_t> commit()
    {
        try {
            flush();
        } catch (const Failure& failure) {
            return failure.error();
        }
        m_open = false;
        std::uint64_t token = 0;
        MORTISE_CHECK(detail::call(
            tables(), tables().records, MORTISE_RECORDS_ID, &mortise_records::commit, number(), &token
        ));
        return token;
    }

private:
    static std::uint64_t begin(const detail::Tables& tables, const UnitOptions& options)
    {
        const mortise_unit unit{sizeof unit, 0, detail::as_text(options.key), options.cause};
        const mortise_unit* given = &unit;
        std::uint64_t work = 0;
        require(
            detail::call(tables, tables.records, MORTISE_RECORDS_ID, &mortise_records::begin, given, &work)
        );
        return work;
    }

    detail::IdPool m_own_ids;
    bool m_open{true};
};

} // namespace mortise
