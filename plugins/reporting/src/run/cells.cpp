#include "run/cells.hpp"

#include <mortise/failure.hpp>

namespace mortise::plugins::reporting {

std::string text_of(const Key& key)
{
    if (key.state == Key::State::null) return "null";
    if (key.state == Key::State::other) return "other";
    const auto* number = key.value.as<std::int64_t>();
    return number ? "=" + std::to_string(*number) : ":" + std::string{key.value.text()};
}

int Cells::place_of(std::size_t dimension, const Key& key)
{
    DimensionInfo& info = dimensions[dimension];
    const auto [found, is_new] = info.places.emplace(text_of(key), static_cast<int>(info.keys.size()));
    if (is_new) info.keys.push_back({.key = key, .label = {}});
    return found->second;
}

const CellData* Cells::find(const Address& address) const
{
    const auto found = cells.find(address);
    return found == cells.end() ? nullptr : &found->second;
}

namespace {

bool is_before(const Value& a, const Value& b)
{
    const auto* left = a.as<std::int64_t>();
    const auto* right = b.as<std::int64_t>();
    return left && right ? *left < *right : a.text() < b.text();
}

} // namespace

void add_part(Part& to, const Part& from, const Measure& measure)
{
    to.count += from.count;
    to.left_out += from.left_out;
    if (!from.currency.is_null()) {
        if (!to.currency.is_null() && to.currency != from.currency) to.is_mixed = true;
        to.currency = from.currency;
    }
    to.is_mixed = to.is_mixed || from.is_mixed;
    if (__builtin_add_overflow(to.sum, from.sum, &to.sum))
        fail(ErrorCode::limit, "reporting.too_large", "a sum is beyond 64 bits", measure.name);
    if (!from.least.is_null() && (to.least.is_null() || is_before(from.least, to.least)))
        to.least = from.least;
    if (!from.greatest.is_null() && (to.greatest.is_null() || is_before(to.greatest, from.greatest)))
        to.greatest = from.greatest;
}

} // namespace mortise::plugins::reporting
