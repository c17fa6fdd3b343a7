#pragma once

/// \file
/// A view that a plugin declares, whatever its kind. One that this console does not know is a labelled
/// placeholder.

#include "shell/console.hpp"

namespace mortise::ui {

/// Thread-safety: the UI thread.
class ViewScreen final : public Screen {
public:
    explicit ViewScreen(std::string view) : m_name{std::move(view)} { }
    ~ViewScreen() override;
    std::string title() const override;
    Icon icon() const override { return m_inner ? m_inner->icon() : Icon::table; }
    void draw(Console& console) override;
    std::vector<Action> actions(Console& console) override;

private:
    std::string m_name;
    std::string m_title;
    int m_version{-1};
    boost::json::value m_view;
    std::unique_ptr<Screen> m_inner;
};

/// The screen of a view; null for a kind that is not known.
std::unique_ptr<Screen> make_view(Console& console, const boost::json::value& view);

} // namespace mortise::ui
