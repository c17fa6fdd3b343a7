#pragma once

/// \file
/// Finding the plugin that is to blame: halves of them go off, and you say whether it is still wrong.

#include "model/bisect.hpp"
#include "shell/console.hpp"

namespace mortise::ui {

/// Thread-safety: the UI thread.
class BisectScreen final : public Screen {
public:
    std::string title() const override { return "Find the culprit"; }
    Icon icon() const override { return Icon::search; }
    void draw(Console& console) override;

private:
    void draw_begin(Console& console);
    void draw_question(Console& console);
    void draw_end(Console& console);
    void draw_plugins(Console& console);
    void answer(Console& console, bool is_still_wrong);
    void keep(Console& console);
    void stop(Console& console, std::string said);
    /// Switches plugins until `m_bisect.off()` is off and the rest on.
    void apply(Console& console);
    void step(Console& console);
    void switched(Console& console, const std::string& id, bool on, const Result<boost::json::value>& answer);
    static std::string name_of(Console& console, const std::string& id);
    bool is_on(Console& console, const std::string& id) const;

    Bisect m_bisect;
    std::string m_section; ///< of the preferences; the database that it is about
    std::vector<std::string> m_to_disable;
    std::vector<std::string> m_to_enable;
    std::map<std::string, bool> m_known; ///< what was switched here, before the list tells of it
    std::size_t m_tried{0};
    std::optional<Error> m_error;
    bool m_ends{false};
    std::string m_said;
    Ticket m_call;
};

} // namespace mortise::ui
