#include "run/answer.hpp"

#include "definition/json_reader.hpp"
#include "run/number.hpp"
#include "sql/calendar.hpp"

#include <mortise/currency.hpp>

#include <algorithm>

namespace mortise::plugins::reporting {

Value value_of(const Figure& figure, const MeasureInfo& measure)
{
    if (figure.is_mixed) return {};
    if (!figure.number) {
        if (figure.text.empty()) return {};
        const auto day = measure.kind == "date" ? parse_day(figure.text) : std::nullopt;
        return day ? Value{*day} : Value{figure.text};
    }
    const Decimal& number = *figure.number;
    if (measure.kind == "money") {
        const auto found = std::ranges::find(currencies, measure.currency, &Currency::alpha);
        if (found == currencies.end()) return number.coefficient == 0 ? Value{0} : Value{number};
        if (const auto minor = rescaled(number, found->digits))
            return Money{*minor, found->number, found->digits};
    }
    if (measure.kind == "datetime") return Instant{number.coefficient};
    if (measure.kind == "duration") return Duration{number.coefficient};
    if (number.scale == 0) return number.coefficient;
    return number;
}

Value value_of(const Key& key)
{
    if (key.state == Key::State::null) return {};
    if (key.state == Key::State::other) return Map{{"other", true}};
    return key.value;
}

Result<Key> key_from(const Value& value, const std::string& at)
{
    if (value.is_null()) return Key{.state = Key::State::null, .value = {}};
    if (value["other"] == Value{true}) return Key{.state = Key::State::other, .value = {}};
    if (const auto* id = value.as<Id>()) return Key{.state = Key::State::value, .value = id->number};
    if (const auto* date = value.as<Date>()) return Key{.state = Key::State::value, .value = day_text(*date)};
    if (value.as<std::int64_t>() || value.as<std::string>())
        return Key{.state = Key::State::value, .value = value};
    return wrong(at, "is no key", R"(a value as the report showed it, null, or {"other": true})");
}

namespace {

Map about(const DimensionInfo& dimension)
{
    List keys;
    for (const KeyInfo& one : dimension.keys)
        keys.emplace_back(Map{{"key", value_of(one.key)}, {"label", one.label}});
    return {{"name", dimension.name}, {"label", dimension.label}, {"keys", std::move(keys)}};
}

List keys_between(const Cells& cells, const Address& address, std::size_t from, std::size_t to)
{
    List keys;
    for (std::size_t i = from; i < to; ++i)
        if (address[i] != total)
            keys.push_back(value_of(cells.dimensions[i].keys[static_cast<std::size_t>(address[i])].key));
    return keys;
}

Value currency_of(const CellData& cell, const MeasureInfo& measure)
{
    if (!measure.currency.empty() || measure.kind != "money") return {};
    for (const Part& part : cell.parts)
        if (!part.is_mixed && !part.currency.is_null()) return part.currency;
    return {};
}

Map values_of(const Cells& cells, const CellData& cell, const std::vector<Figure>& figures)
{
    Map values;
    for (std::size_t m = 0; m < cells.measures.size(); ++m) {
        MeasureInfo measure = cells.measures[m];
        if (const Value currency = currency_of(cell, measure); !currency.is_null())
            measure.currency = currency.text();
        values.append(measure.name, m < figures.size() ? value_of(figures[m], measure) : Value{});
    }
    return values;
}

} // namespace

Map answer_of(const Cells& cells)
{
    List rows;
    List columns;
    for (std::size_t i = 0; i < cells.dimensions.size(); ++i)
        (i < cells.row_count ? rows : columns).emplace_back(about(cells.dimensions[i]));
    List measures;
    for (const MeasureInfo& one : cells.measures) {
        Map info{{"name", one.name}, {"label", one.label}, {"kind", one.kind}};
        if (!one.currency.empty()) info.append("currency", one.currency);
        if (one.left_out > 0) info.append("left_out", one.left_out);
        measures.emplace_back(std::move(info));
    }
    List listed;
    for (const auto& [address, cell] : cells.cells) {
        Map one{
            {"row", keys_between(cells, address, 0, cells.row_count)},
            {"column", keys_between(cells, address, cells.row_count, address.size())},
            {"values", values_of(cells, cell, cell.figures)},
        };
        if (!cell.before.empty()) one.append("before", values_of(cells, cell, cell.before));
        listed.emplace_back(std::move(one));
    }
    return {
        {"rows", std::move(rows)},
        {"columns", std::move(columns)},
        {"measures", std::move(measures)},
        {"cells", std::move(listed)},
    };
}

} // namespace mortise::plugins::reporting
