#include "shell/problem.hpp"

namespace mortise::ui {

std::string problem_text(const Error& error)
{
    std::string text = error.message;
    if (!error.where.empty()) text += "\nwhere: " + error.where;
    if (!error.hint.empty()) text += "\n" + error.hint;
    return text;
}

void draw_problem(Ui& ui, const Error& error)
{
    ui.note(Icon::error, problem_text(error), Tone::danger);
}

AfterProblem draw_asked_problem(Ui& ui, const Error& error, std::string_view no_right, std::string_view again)
{
    if (error.code == ErrorCode::denied) {
        ui.message(Icon::lock, no_right, error.message + ". " + error.hint, {}, Tone::warning);
        return AfterProblem::stop;
    }
    draw_problem(ui, error);
    return ui.button(again, {.icon = Icon::refresh}) ? AfterProblem::ask_again : AfterProblem::go_on;
}

} // namespace mortise::ui
