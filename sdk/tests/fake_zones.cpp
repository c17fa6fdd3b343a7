#include "fake_host.hpp"

#include <mortise/value_block.hpp>

#include <cstring>

// Zones of the fake host: a few, and nothing ever changes there.

namespace mortise::host {

namespace {

Result<std::int64_t> hours_ahead(std::string_view zone)
{
    if (zone == "UTC+2") return std::int64_t{7'200'000'000};
    if (zone == "UTC") return std::int64_t{0};
    return Error{ErrorCode::not_found, "no time zone " + std::string{zone}, {}, {}, {}};
}

Result<void> write_shifted(border::Sink sink, std::span<const std::int64_t> numbers, std::int64_t by)
{
    if (numbers.empty()) return {};
    Bytes bytes(numbers.size_bytes());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const std::int64_t number = numbers[i] + by;
        std::memcpy(bytes.data() + i * sizeof number, &number, sizeof number);
    }
    MORTISE_TRY(const ValueBlock block, encode(Value{std::move(bytes)}));
    return sink.write(block);
}

} // namespace

Result<void>
FakeHost::to_wall(Caller&, std::string_view zone, std::span<const std::int64_t> times, border::Sink walls)
{
    MORTISE_TRY(const std::int64_t ahead, hours_ahead(zone));
    return write_shifted(walls, times, ahead);
}

Result<void> FakeHost::to_time(
    Caller&,
    std::string_view zone,
    std::span<const std::int64_t> walls,
    std::uint32_t choice,
    border::Sink times
)
{
    MORTISE_TRY(const std::int64_t ahead, hours_ahead(zone));
    if (choice > MORTISE_WALL_EXACT) return Error{ErrorCode::invalid, "no such choice", {}, {}, {}};
    return write_shifted(times, walls, -ahead);
}

Result<void> FakeHost::bounds(
    Caller&,
    std::string_view zone,
    std::int64_t time,
    std::uint32_t,
    std::int64_t step,
    std::int64_t& start,
    std::int64_t& end
)
{
    constexpr std::int64_t day = 86'400'000'000;
    MORTISE_TRY(const std::int64_t ahead, hours_ahead(zone));
    start = (time + ahead) / day * day - ahead + step * day;
    end = start + day;
    return {};
}

Result<void> FakeHost::next(
    Caller&,
    std::string_view zone,
    std::string_view rule,
    std::int64_t after,
    std::uint64_t limit,
    border::Sink times
)
{
    MORTISE_CHECK(hours_ahead(zone));
    if (rule != "* * * * *") return Error{ErrorCode::invalid, "no such rule", {}, "rule", {}};
    constexpr std::int64_t minute = 60'000'000;
    std::vector<std::int64_t> moments;
    for (std::uint64_t i = 1; i <= limit; ++i)
        moments.push_back((after / minute + static_cast<std::int64_t>(i)) * minute);
    return write_shifted(times, moments, 0);
}

Result<void> FakeHost::zones(Caller&, border::Sink names)
{
    MORTISE_TRY(const ValueBlock block, encode(Value{List{"UTC", "UTC+2"}}));
    return names.write(block);
}

} // namespace mortise::host
