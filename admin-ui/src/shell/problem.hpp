#pragma once

/// \file
/// How screens that ask anew at each change tell what went wrong, beside what they had before.

#include "shell/console.hpp"

#include <string>
#include <string_view>

namespace mortise::ui {

/// What, where, and how to mend it, a line each.
std::string problem_text(const Error& error);
void draw_problem(Ui& ui, const Error& error);

enum class AfterProblem : std::uint8_t {
    go_on, ///< what was there before can be shown below it
    ask_again, ///< the same, and the button was pressed
    stop, ///< there is no right to see anything of it
};

/// `no_right`: "No right to count"; `again`: on the button.
AfterProblem
draw_asked_problem(Ui& ui, const Error& error, std::string_view no_right, std::string_view again);

} // namespace mortise::ui
