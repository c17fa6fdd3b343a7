#pragma once

/// \file
/// Backups: make one while the host works, check the database, and how to go back to one.

#include "shell/console.hpp"

namespace mortise::ui {

/// Thread-safety: the UI thread.
class BackupScreen final : public Screen {
public:
    std::string title() const override { return "Backup"; }
    Icon icon() const override { return Icon::export_; }
    void draw(Console& console) override;

private:
    void set_up(Console& console);
    void draw_make(Console& console);
    void draw_verify(Console& console);
    void draw_restore(Console& console);
    static void draw_checks(Console& console, const boost::json::value& answer);
    void draw_error(Console& console);
    void make(Console& console, bool replace);
    void verify(Console& console);

    std::string m_path;
    std::string m_section; ///< the database, in the preferences
    boost::json::value m_made;
    boost::json::value m_verified;
    std::optional<Error> m_error;
    std::string m_step; ///< what the host does now
    bool m_is_making{false};
    Ticket m_call;
};

} // namespace mortise::ui
