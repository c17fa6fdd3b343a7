#pragma once

/// \file
/// `SavedDefinition`: a record that a definition belongs to, a segment or a report: its name, what the host
/// has of it, and saving it by the commands of its plugin.

#include "shell/console.hpp"

#include <optional>
#include <string>

namespace mortise::ui {

/// What is called how.
struct DefinitionWords {
    const char* type; ///< "report"; the argument of `define` is called so
    const char* create; ///< the command that makes one
    const char* define; ///< the command that changes one
    const char* save_new; ///< on the button
    const char* saved_new; ///< "Saved the report "
};

/// Thread-safety: the UI thread.
class SavedDefinition {
public:
    /// `id`: "new", or of the record.
    SavedDefinition(Console& console, DefinitionWords words, std::string id);

    bool is_new() const noexcept { return m_id.empty(); }
    const std::string& id() const noexcept { return m_id; }
    const std::string& name() const noexcept { return m_name; }
    /// Null for a new one, and while it is not there.
    const boost::json::value* record() const noexcept { return is_new() ? nullptr : m_record.value(); }
    bool is_saved(const boost::json::value& definition) const { return definition == m_saved; }

    /// Draws what stands for it while it is not there; else takes what the host has into `definition`,
    /// unless that was touched here, and tells whether it did. Nothing: there is nothing to draw yet.
    std::optional<bool>
    follow(Console& console, boost::json::value& definition, const boost::json::value& empty);
    /// Why it cannot be saved; empty if it can. `problem`: what is wrong with the definition itself.
    std::string why_not_saved(const boost::json::value& definition, std::string_view problem) const;
    /// The name, and the button that saves; true if it was pressed.
    bool draw_head(Ui& ui, const std::string& why_not);
    /// What went wrong when it was saved.
    void draw_problem(Ui& ui) const;
    void save(Console& console, const boost::json::value& definition);

private:
    DefinitionWords m_words;
    std::string m_id; ///< empty: a new one
    Resource m_record;
    int m_taken{-1};
    std::string m_name;
    boost::json::value m_saved; ///< as the host has it
    std::optional<Error> m_error;
    bool m_begins{true};
    Ticket m_saving;
};

} // namespace mortise::ui
