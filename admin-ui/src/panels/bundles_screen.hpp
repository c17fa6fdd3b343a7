#pragma once

/// \file
/// Bundles: sets of plugins with their settings, fields and records. What one would do in words, applying it
/// step by step, taking the last one back, what was applied, and a bundle made of what runs.

#include "model/table_rows.hpp"
#include "shell/console.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mortise::ui {

/// Thread-safety: the UI thread.
class BundlesScreen final : public Screen {
public:
    /// `rest`: the name of a bundle, with "?sample" behind it for its sample data; or empty.
    BundlesScreen(Console& console, const std::string& rest);
    std::string title() const override { return "Bundles"; }
    Icon icon() const override { return Icon::bundle; }
    void draw(Console& console) override;
    std::vector<Action> actions(Console& console) override;

private:
    enum class Form : std::uint8_t { none, file, writing };

    void choose(const std::string& name);
    void ask_plan();
    const boost::json::value& shipped(const std::string& name) const;
    /// Of the run that a rollback would take back; empty if there is none.
    std::string last_applied() const;

    void draw_head(Console& console);
    void draw_file_form(Console& console);
    void draw_export_form(Console& console);
    void draw_list(Console& console, float width);
    void draw_history(Console& console);
    void draw_plan(Console& console);
    void draw_steps(Console& console, const boost::json::value& plan);
    bool draw_mark(Ui& ui, std::size_t step);
    void draw_lines(
        Console& console, std::string_view title, const boost::json::array& lines, Icon icon, Tone tone
    );
    void draw_permissions(Console& console, const boost::json::array& permissions);
    void draw_apply(Console& console, const boost::json::value& plan);

    std::string why_not_applied(Console& console) const;
    void apply(Console& console);
    void ask_rollback(Console& console);
    void rollback(Console& console);
    void look_at_file();
    void export_bundle(Console& console, bool replace);
    void changed(Console& console);

    Resource m_list;
    Resource m_plan;
    Grid m_grid;
    ObjectRows m_rows;
    Grid m_runs_grid;
    ObjectRows m_runs;
    std::size_t m_tab{0};
    std::string m_chosen; ///< the name of one that came with the system; empty: that of the file
    boost::json::value m_from_file;
    bool m_wants_sample{false};
    std::optional<Error> m_error; ///< of applying
    boost::json::value m_progress;
    std::vector<std::string> m_applying; ///< the steps that are being done
    Form m_form{Form::none};
    bool m_form_begins{false};
    std::string m_file;
    std::string m_name;
    std::string m_types;
    std::optional<Error> m_form_error;
    std::vector<std::string> m_notes; ///< what an export left out
    Ticket m_call;
    Ticket m_looking;
    Ticket m_exporting;
};

} // namespace mortise::ui
