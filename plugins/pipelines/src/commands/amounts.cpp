#include "commands/amounts.hpp"

#include "rules/stage_rules.hpp"

namespace mortise::plugins::pipelines {

void copy_amount(const Arguments& arguments, std::string_view currency, Map& values)
{
    const ValueView given = arguments["amount"];
    if (given.is_null()) return;
    const bool is_bare = given.kind() == Kind::integer || given.kind() == Kind::real
        || (given.kind() == Kind::text && given.text().find(' ') == std::string_view::npos);
    values.set(
        "amount", is_bare ? Value{Map{{"amount", given.value()}, {"currency", currency}}} : given.value()
    );
}

std::string currency_of(const Host& host, const Pipeline& pipeline)
{
    if (!pipeline.currency.empty()) return pipeline.currency;
    return std::string{default_currency(require(host.settings()))};
}

} // namespace mortise::plugins::pipelines
