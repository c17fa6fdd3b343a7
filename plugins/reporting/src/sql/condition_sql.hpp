#pragma once

/// \file
/// Conditions and periods as SQL.

#include "definition/definition.hpp"
#include "sql/calendar.hpp"
#include "sql/tables.hpp"
#include "sql/zone.hpp"

#include <mortise/result.hpp>

#include <string>

namespace mortise::plugins::reporting {

/// What a report's SQL depends on besides its definition.
struct Setting {
    Calendar calendar;
    Zone zone;
    Date today; ///< in the zone
    Instant now;
};

/// Collects the parameters of a statement.
class Parameters {
public:
    std::string bind(Value value)
    {
        const std::string name = "p" + std::to_string(++m_count);
        m_values.append(name, std::move(value));
        return ":" + name;
    }
    void add(const Map& values)
    {
        for (const Entry& entry : values)
            m_values.set(entry.key, entry.value);
    }
    const Map& values() const noexcept { return m_values; }

private:
    Map m_values;
    int m_count{0};
};

class ConditionWriter {
public:
    ConditionWriter(Tables& tables, Parameters& parameters, const Setting& setting)
        : m_tables{tables},
          m_parameters{parameters},
          m_setting{setting}
    {
    }

    /// A predicate for WHERE and FILTER: an empty field does not fulfil it, but for the negative tests.
    Result<std::string> write(const Condition& condition);
    /// Days of a date, or moments of a time.
    Result<std::string> within(const Column& column, const Days& days, const std::string& at);
    /// What a field of that kind is compared with.
    Result<Value> operand(const Column& column, const Value& value, const std::string& at) const;

private:
    Result<std::string> field(const Condition& condition);
    Result<std::string> order_test(const Column& column, const Condition& condition);
    Result<std::string> text_part(const Column& column, const Condition& condition);
    Result<std::string> list_test(const Column& column, const Condition& condition);
    Result<std::string> money_test(const Column& column, const Condition& condition);

    Tables& m_tables;
    Parameters& m_parameters;
    const Setting& m_setting;
};

/// A number of the field's own scale, from what people write.
Result<std::int64_t> scaled_at(const Value& value, int scale, const std::string& at);

} // namespace mortise::plugins::reporting
