#include "shell/console.hpp"

namespace mortise::ui {

using namespace std::chrono_literals;

std::vector<std::string> parts_of(std::string_view place, std::size_t most)
{
    std::vector<std::string> parts;
    while (parts.size() + 1 < most) {
        const std::size_t slash = place.find('/');
        if (slash == std::string_view::npos) break;
        parts.emplace_back(place.substr(0, slash));
        place.remove_prefix(slash + 1);
    }
    parts.emplace_back(place);
    return parts;
}

void draw_error(
    Console& console, const Error& error, std::string_view what, const std::function<void()>& retry
)
{
    Ui& ui = console.ui;
    if (error.code == ErrorCode::denied) {
        ui.message(
            Icon::lock,
            "No right to see " + std::string{what},
            error.message + ". " + error.hint,
            {},
            Tone::warning
        );
        return;
    }
    const bool is_gone = error.key == "control.closed" || error.key == "control.unreachable";
    std::string detail = error.message;
    if (!error.where.empty()) detail += "\nwhere: " + error.where;
    if (!error.hint.empty()) detail += "\n" + error.hint;
    if (ui.message(
            is_gone ? Icon::offline : Icon::error,
            is_gone ? "The host cannot be reached" : "Could not get " + std::string{what},
            detail,
            "Try again",
            is_gone ? Tone::warning : Tone::danger
        ))
        retry();
}

bool draw_state(Console& console, Resource& resource, std::string_view what)
{
    Ui& ui = console.ui;
    if (resource.value()) {
        if (!resource.is_stale()) return true;
        const bool is_lost = console.link.state() != LinkState::open;
        const std::string why = is_lost ? "the host is away"
            : resource.error()          ? resource.error()->message
                                        : "";
        ui.note(Icon::offline, "As it was " + span_text(resource.age()) + " ago: " + why, Tone::warning);
        return true;
    }
    if (resource.error() && !resource.is_loading()) {
        draw_error(console, *resource.error(), what, [&resource] { resource.refresh(); });
        return false;
    }
    if (console.link.state() == LinkState::lost) {
        ui.message(
            Icon::offline,
            "The host cannot be reached",
            console.link.trouble().message + "\nThis fills by itself when the host is back.",
            {},
            Tone::warning
        );
        return false;
    }
    const auto waited = console.clock.steady() - resource.asked_at();
    const bool is_slow = resource.is_loading() && waited > 2s && waited < 1h;
    ui.message(
        Icon::clock,
        "Loading " + std::string{what},
        is_slow ? "The host has not answered for "
                + span_text(std::chrono::duration_cast<std::chrono::seconds>(waited)) + "."
                : ""
    );
    return false;
}

} // namespace mortise::ui
