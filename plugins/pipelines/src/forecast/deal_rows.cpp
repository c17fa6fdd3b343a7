#include "forecast/deal_rows.hpp"

#include "rules/calendar.hpp"

namespace mortise::plugins::pipelines {

Id id_in(const Cell& cell)
{
    return cell.kind() == Kind::integer ? Id{cell.integer()} : cell.id();
}

std::int64_t scaled_in(const Cell& cell)
{
    return cell.kind() == Kind::integer ? cell.integer() : cell.get_or(Decimal{}).coefficient;
}

std::optional<Date> date_in(const Cell& cell)
{
    if (cell.is_null()) return std::nullopt;
    if (cell.kind() == Kind::date) return cell.get_or(Date{});
    return parse_day(cell.text());
}

DealState state_of(const Row& row)
{
    return {
        .opportunity = id_in(row["id"]),
        .pipeline = id_in(row["pipeline"]),
        .agent = id_in(row["agent"]),
        .status = std::string{row["status"].text()},
        .category = std::string{row["category"].text()},
        .currency = std::string{row["currency"].text()},
        .minor = row["minor"].integer(),
        .probability = scaled_in(row["probability"]),
        .close_date = date_in(row["close_date"]),
        .base_currency = std::string{row["base_currency"].text()},
        .base_minor = row["base_minor"].integer(),
    };
}

} // namespace mortise::plugins::pipelines
