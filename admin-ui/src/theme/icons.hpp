#pragma once

/// \file
/// The console's own icons: strokes on a grid of 20 by 20, so that they are sharp at every scale.

#include "imgui_compat.hpp"

#include <cstdint>
#include <string_view>

namespace mortise::ui {

enum class Icon : std::uint8_t {
    none,
    home,
    people,
    person,
    building,
    board,
    plug,
    bolt,
    clock,
    gear,
    table,
    terminal,
    upload,
    users,
    search,
    chart,
    close,
    check,
    warning,
    info,
    error,
    chevron_down,
    chevron_right,
    plus,
    refresh,
    more,
    history,
    types,
    undo,
    trash,
    edit,
    theme,
    play,
    pause,
    filter,
    columns,
    lock,
    offline,
    link,
    inbox,
    feed,
    money,
    tag,
    mail,
    note,
    restore,
    export_,
    list,
    duplicates,
    bundle,
};

/// Draws it into a square of `size` pixels with its corner at `at`.
void draw_icon(ImDrawList& list, Icon icon, ImVec2 at, float size, ImU32 color);
/// The icon that a plugin or a record type names; a plain one if there is none of that name.
Icon icon_named(std::string_view name);

} // namespace mortise::ui
