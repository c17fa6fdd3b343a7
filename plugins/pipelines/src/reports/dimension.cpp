#include "reports/dimension.hpp"

#include "reports/label_text.hpp"
#include "rules/calendar.hpp"

#include <algorithm>
#include <array>

namespace mortise::plugins::pipelines {

namespace {

/// What people ask by, and the field that is meant.
struct UsualName {
    std::string_view name;
    std::string_view field;
};

constexpr std::array usual_names{
    UsualName{"agent", "agent.name"},
    UsualName{"manager", "agent.manager"},
    UsualName{"region", "agent.region"},
    UsualName{"product", "product.name"},
    UsualName{"series", "product.series"},
    UsualName{"sector", "organisation.industry"},
    UsualName{"organisation", "organisation.name"},
    UsualName{"account", "organisation.name"},
    UsualName{"contact", "contact.name"},
    UsualName{"country", "organisation.country"},
    UsualName{"stage", "stage.name"},
    UsualName{"pipeline", "pipeline.name"},
    UsualName{"territory", "territory.name"},
};

/// The records that an opportunity refers to.
struct Relation {
    std::string_view field;
    std::string_view type;
};

constexpr std::array relations{
    Relation{"organisation", "contact"},
    Relation{"contact", "contact"},
    Relation{"product", "product"},
    Relation{"agent", "sales_agent"},
    Relation{"stage", "stage"},
    Relation{"pipeline", "pipeline"},
    Relation{"territory", "territory"},
};

struct PeriodName {
    std::string_view name;
    Period period;
};

constexpr std::array periods{
    PeriodName{"month", Period::month},
    PeriodName{"quarter", Period::quarter},
    PeriodName{"year", Period::year},
};

bool is_field_name(std::string_view name)
{
    return !name.empty() && name.size() <= 63 && name.front() >= 'a' && name.front() <= 'z'
        && std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
}

Error unknown(std::string_view by)
{
    std::string names;
    for (const UsualName& usual : usual_names)
        names.append(usual.name).append(", ");
    return {
        ErrorCode::invalid,
        "\"" + std::string{by} + "\" is nothing to group by: it may be " + names
            + "month, quarter, year, a field of opportunities, or one like organisation.country",
        "pipelines.unknown_dimension",
        "/by"
    };
}

std::string quoted(std::string_view name)
{
    return "\"" + std::string{name} + "\"";
}

} // namespace

Result<Dimension> parse_dimension(std::string_view by)
{
    if (const auto period = std::ranges::find(periods, by, &PeriodName::name); period != periods.end())
        return Dimension{"date_trunc('" + std::string{by} + "', o.close_date)", {}, period->period};
    const auto usual = std::ranges::find(usual_names, by, &UsualName::name);
    const std::string_view field = usual == usual_names.end() ? by : usual->field;
    const std::size_t dot = field.find('.');
    if (dot == std::string_view::npos)
        return is_field_name(field) ? Result<Dimension>{Dimension{"o." + quoted(field), {}}} : unknown(by);
    const auto relation = std::ranges::find(relations, field.substr(0, dot), &Relation::field);
    if (relation == relations.end() || !is_field_name(field.substr(dot + 1))) return unknown(by);
    const std::string type{relation->type};
    return Dimension{
        "d." + quoted(field.substr(dot + 1)),
        " LEFT JOIN " + type + " d ON d.id = o." + quoted(relation->field),
    };
}

Value label_of(const Dimension& dimension, const Value& value)
{
    if (value.is_null()) return {};
    const std::string label = label_text(value);
    switch (dimension.period) {
    case Period::month:
        return label.substr(0, 7);
    case Period::quarter:
        return quarter_label(label);
    case Period::year:
        return label.substr(0, 4);
    case Period::none:
        break;
    }
    return label;
}

} // namespace mortise::plugins::pipelines
