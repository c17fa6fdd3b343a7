#include "app/input_queue.hpp"

#include <algorithm>
#include <utility>

namespace mortise::ui {
namespace {

constexpr int most_keys = IM_ARRAYSIZE(ImGuiIO::KeysDown);

} // namespace

void InputQueue::add_key(int key, bool down)
{
    if (key >= 0 && key < most_keys) m_events.push_back({Kind::key, key, down});
}

void InputQueue::add_letter(unsigned letter)
{
    m_events.push_back({Kind::letter, static_cast<int>(letter)});
}

void InputQueue::add_button(int button, bool down)
{
    if (button >= 0 && static_cast<std::size_t>(button) < m_buttons.size())
        m_events.push_back({Kind::button, button, down});
}

void InputQueue::add_wheel(float x, float y)
{
    m_events.push_back({.kind = Kind::wheel, .where = {x, y}});
}

void InputQueue::add_position(ImVec2 position)
{
    if (!m_events.empty() && m_events.back().kind == Kind::position)
        m_events.back().where = position;
    else
        m_events.push_back({.kind = Kind::position, .where = position});
}

void InputQueue::release_all()
{
    m_events.push_back({Kind::release});
}

bool InputQueue::is_modifier(int key)
{
    return key >= 340 && key <= 347;
}

void InputQueue::apply(ImGuiIO& io, const Event& event)
{
    const auto what = static_cast<std::size_t>(event.what);
    switch (event.kind) {
    case Kind::key:
        io.KeysDown[what] = event.down;
        break;
    case Kind::letter:
        io.AddInputCharacter(static_cast<unsigned>(event.what));
        break;
    case Kind::button:
        m_buttons.at(what) = event.down;
        break;
    case Kind::wheel:
        io.MouseWheelH += event.where.x;
        io.MouseWheel += event.where.y;
        break;
    case Kind::position:
        m_position = event.where;
        break;
    case Kind::release:
        std::fill(std::begin(io.KeysDown), std::end(io.KeysDown), false);
        m_buttons.fill(false);
        break;
    }
    const auto down = [&io](int left) { return io.KeysDown[left] || io.KeysDown[left + 4]; };
    io.KeyShift = down(340);
    io.KeyCtrl = down(341);
    io.KeyAlt = down(342);
    io.KeySuper = down(343);
}

void InputQueue::feed(ImGuiIO& io)
{
    take_from_queue(io);
    std::copy(m_buttons.begin(), m_buttons.end(), std::begin(io.MouseDown));
    io.MousePos = m_position;
}

void InputQueue::take_from_queue(ImGuiIO& io)
{
    // One press or release a frame; letters go with the key that wrote them, the mouse's way with its button.
    bool had_change = false;
    bool had_letter = false;
    bool had_drag = false; // it is seen before the button goes up, however quick the hand was
    while (!m_events.empty()) {
        const Event& next = m_events.front();
        const bool is_change
            = (next.kind == Kind::key && !is_modifier(next.what)) || next.kind == Kind::button;
        const bool is_modifier_change = next.kind == Kind::key && is_modifier(next.what);
        if (is_change && (had_change || had_letter)) return;
        if (next.kind == Kind::button && had_drag) return;
        if ((is_modifier_change || next.kind == Kind::position || next.kind == Kind::release)
            && (had_change || had_letter))
            return;
        apply(io, next);
        had_change = had_change || is_change;
        had_letter = had_letter || next.kind == Kind::letter;
        had_drag = had_drag || (next.kind == Kind::position && std::ranges::any_of(m_buttons, [](bool down) {
                                    return down;
                                }));
        m_events.pop_front();
    }
}

} // namespace mortise::ui
