#include "store/guard/parameters.hpp"

#include "base/time_text.hpp"

#include <algorithm>
#include <string>

namespace mortise::host {

namespace {

constexpr std::size_t largest_text = 1 << 20;

Error wrong_parameter(std::string message, std::string_view name)
{
    return {ErrorCode::invalid, std::move(message), "query.parameter", std::string{name}, {}};
}

/// As columns hold the value.
Result<void> bind_value(Statement& statement, int index, const Value& value, std::string_view name)
{
    switch (value.kind()) {
    case Kind::null:
        statement.bind_null(index);
        return {};
    case Kind::boolean:
        statement.bind(index, std::int64_t{*value.as<bool>()});
        return {};
    case Kind::integer:
        statement.bind(index, *value.as<std::int64_t>());
        return {};
    case Kind::real:
        statement.bind(index, *value.as<double>());
        return {};
    case Kind::decimal:
        statement.bind(index, value.as<Decimal>()->coefficient);
        return {};
    case Kind::money:
        statement.bind(index, value.as<Money>()->minor);
        return {};
    case Kind::instant:
        statement.bind(index, value.as<Instant>()->microseconds);
        return {};
    case Kind::date:
        statement.bind(index, format_date(*value.as<Date>()));
        return {};
    case Kind::time_of_day:
        statement.bind(index, value.as<TimeOfDay>()->microseconds);
        return {};
    case Kind::duration:
        statement.bind(index, value.as<Duration>()->microseconds);
        return {};
    case Kind::id:
        statement.bind(index, value.as<Id>()->number);
        return {};
    case Kind::text:
        if (value.text().size() > largest_text) break;
        statement.bind(index, value.text());
        return {};
    case Kind::bytes:
        if (value.as<Bytes>()->size() > largest_text) break;
        statement.bind_bytes(index, *value.as<Bytes>());
        return {};
    case Kind::list:
    case Kind::map:
        return wrong_parameter("a list or a map cannot be a parameter of a query", name);
    }
    return Error{
        ErrorCode::limit, "the parameter is larger than 1 MiB", "query.parameter", std::string{name}, {}
    };
}

/// Where the values stand that belong to no name.
class Places {
public:
    explicit Places(const std::vector<Value>& values) : m_values{values} { }

    /// The value of parameter `index`, written "?" or "?7"; null if there is none.
    const Value* value_of(int index, std::string_view written)
    {
        const std::size_t place = written.empty() ? m_bare++ : static_cast<std::size_t>(index) - 1;
        m_used = std::max(m_used, place + 1);
        return place < m_values.size() ? &m_values[place] : nullptr;
    }
    std::size_t used() const { return m_used; }

private:
    const std::vector<Value>& m_values;
    std::size_t m_bare{0};
    std::size_t m_used{0};
};

const Value* find_named(const NamedParameters& named, std::string_view name, std::vector<bool>& used)
{
    for (std::size_t i = 0; i < named.size(); ++i) {
        if (named[i].first != name) continue;
        used[i] = true;
        return &named[i].second;
    }
    return nullptr;
}

} // namespace

Result<void>
bind_parameters(Statement& statement, const NamedParameters& named, const std::vector<Value>& positional)
{
    Places places{positional};
    std::vector<bool> used(named.size(), false);
    for (int i = 1; i <= statement.parameter_count(); ++i) {
        const std::string_view written = statement.parameter_name(i);
        const bool by_place = written.empty() || written.front() == '?';
        const Value* value
            = by_place ? places.value_of(i, written) : find_named(named, written.substr(1), used);
        const std::string name = written.empty() ? "?" + std::to_string(i) : std::string{written};
        if (!value) return wrong_parameter("the parameter " + name + " has no value", name);
        MORTISE_CHECK(bind_value(statement, i, *value, name));
    }
    if (places.used() < positional.size())
        return wrong_parameter(
            "the statement has " + std::to_string(places.used()) + " parameters by place, but "
                + std::to_string(positional.size()) + " values were given",
            {}
        );
    if (const auto unused = std::ranges::find(used, false); unused != used.end()) {
        const std::string& name = named[static_cast<std::size_t>(unused - used.begin())].first;
        return wrong_parameter("the statement has no parameter :" + name, name);
    }
    return {};
}

} // namespace mortise::host
