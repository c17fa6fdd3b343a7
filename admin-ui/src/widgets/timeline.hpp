#pragma once

/// \file
/// What happened, by day.

#include "widgets/ui.hpp"

namespace mortise::ui {

struct TimelineEntry {
    std::string time; ///< RFC 3339
    std::string text;
    std::string who;
    std::string id;
    Tone tone{Tone::neutral};
};

/// Gives the index of an entry that was pressed.
std::optional<std::size_t> draw_timeline_entries(Ui& ui, const std::vector<TimelineEntry>& entries);

Tone tone_of_event(std::string_view type);

} // namespace mortise::ui
