#pragma once

/// \file
/// Asks the host on behalf of whoever runs a report, as of one moment.

#include "sql/plan.hpp"

#include <mortise/host.hpp>

#include <string>

namespace mortise::plugins::reporting {

class Asker {
public:
    Asker(const Host& host, Instant as_of) : m_host{host}, m_as_of{as_of} { }

    Rows ask(const std::string& sql, const Map& parameters) const
    {
        QueryOptions options;
        options.as_of = m_as_of;
        return require(m_host.query(sql, parameters, options));
    }
    Rows ask(const Statement& statement) const { return ask(statement.sql, statement.parameters); }
    const Host& host() const noexcept { return m_host; }

private:
    Host m_host;
    Instant m_as_of;
};

/// A cell as a whole number or a text, whatever kind the host made of it.
Value plain_of(const Cell& cell);
/// The number of a cell, also of an id, a time or a scaled number.
std::int64_t number_of(const Cell& cell);

} // namespace mortise::plugins::reporting
