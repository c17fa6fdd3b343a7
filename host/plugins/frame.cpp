#include "plugins/frame.hpp"

#include "plugins/instance.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): one of each thread, for this file alone
thread_local Frame* innermost = nullptr;

} // namespace

OpenUnit& Frame::open_unit(bool of_host)
{
    OpenUnit& unit = m_units.emplace_back();
    unit.number = m_instance.next_unit();
    unit.of_host = of_host;
    return unit;
}

OpenUnit* Frame::find_unit(std::uint64_t number) noexcept
{
    const auto found = std::ranges::find(m_units, number, &OpenUnit::number);
    return found == m_units.end() ? nullptr : &*found;
}

void Frame::close_unit(std::uint64_t number) noexcept
{
    std::erase_if(m_units, [number](const OpenUnit& unit) { return unit.number == number; });
}

bool Frame::has_staged() const noexcept
{
    return std::ranges::any_of(m_units, &OpenUnit::is_staged);
}

Frame* Frame::current() noexcept
{
    return innermost;
}

bool Frame::is_inside(const Instance& instance) noexcept
{
    for (const Frame* frame = innermost; frame; frame = frame->m_outer)
        if (&frame->m_instance == &instance) return true;
    return false;
}

Frame::Running::Running(Frame& frame) noexcept
{
    frame.m_outer = innermost;
    innermost = &frame;
}

Frame::Running::~Running()
{
    innermost = innermost->m_outer;
}

} // namespace mortise::host
