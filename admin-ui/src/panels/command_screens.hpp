#pragma once

/// \file
/// Everything that can be done, by name, with its description.

#include "model/table_rows.hpp"
#include "shell/console.hpp"

namespace mortise::ui {

/// Thread-safety: the UI thread.
class CommandScreen final : public Screen {
public:
    explicit CommandScreen(std::string command);
    std::string title() const override { return "Commands"; }
    Icon icon() const override { return Icon::bolt; }
    void draw(Console& console) override;
    std::vector<Action> actions(Console& console) override;

private:
    void draw_command(Console& console, const boost::json::value& command);

    Grid m_grid;
    ObjectRows m_rows;
    std::string m_filter;
    std::string m_chosen;
    bool m_takes_filter{false};
};

} // namespace mortise::ui
