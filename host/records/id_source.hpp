#pragma once

/// \file
/// Numbers for new records: one sequence for a database. A block of numbers is taken in one durable step and
/// given out from memory, so that a unit of work knows its ids before it commits. Numbers that were given out
/// and not used are gone.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <mutex>

namespace mortise::host {

class Connection;
class Writer;

/// Thread-safety: every member may be called from any thread at any time.
class IdSource {
public:
    explicit IdSource(Writer& writer) : m_writer{writer} { }

    static Result<void> create_table(Connection& connection);

    /// The first of `count` numbers in a row.
    Result<Id> take(std::size_t count);
    /// Gives the rest of the block back, at the end of the host's life. Without it (after a kill) the rest is
    /// gone.
    void give_back() noexcept;

private:
    static constexpr std::int64_t block = 100'000;

    Writer& m_writer;
    std::mutex m_mutex;
    std::int64_t m_next{0};
    std::int64_t m_end{0};
};

} // namespace mortise::host
