#pragma once

/// \file
/// `SchemaForm`: a form made from a JSON Schema, whatever it says. What it cannot draw as controls it takes
/// as JSON.

#include "widgets/ui.hpp"

#include <boost/json/value.hpp>

#include <map>

namespace mortise::ui {

struct FormProblem {
    std::string where; ///< JSON pointer
    std::string text;
};

/// Thread-safety: the UI thread.
class SchemaForm {
public:
    SchemaForm(boost::json::value schema, boost::json::value values);

    /// Draws the fields; true if something was changed.
    bool draw(Ui& ui);
    const boost::json::value& values() const noexcept { return m_values; }
    void set_values(boost::json::value values);
    /// What the schema says against the values, as far as the form can tell; the host checks again.
    std::vector<FormProblem> problems() const;
    /// Shows the problem at its field, and goes there.
    void show_problem(FormProblem problem);
    void clear_problem() { m_shown.reset(); }
    /// Gives the keys to the first field in the next frame.
    void take_keys() noexcept { m_take_keys = true; }
    /// Whether a field was left, or Enter pressed in one, in the last frame.
    bool was_entered() const noexcept { return m_entered; }
    bool is_empty() const;

private:
    bool draw_value(
        Ui& ui,
        const boost::json::value& schema,
        boost::json::value& value,
        const std::string& where,
        int depth
    );
    bool draw_object(
        Ui& ui,
        const boost::json::value& schema,
        boost::json::value& value,
        const std::string& where,
        int depth
    );
    bool draw_array(
        Ui& ui,
        const boost::json::value& schema,
        boost::json::value& value,
        const std::string& where,
        int depth
    );
    bool
    draw_text(Ui& ui, const boost::json::value& schema, boost::json::value& value, const std::string& where);
    /// `labels`: what people read, in the order of the options; as many as there are.
    bool draw_choice(
        Ui& ui,
        const boost::json::array& options,
        const boost::json::array& labels,
        boost::json::value& value,
        const std::string& where
    );
    bool draw_variants(
        Ui& ui,
        const boost::json::array& variants,
        boost::json::value& value,
        const std::string& where,
        int depth
    );
    bool draw_json(Ui& ui, boost::json::value& value, const std::string& where);

    boost::json::value m_schema;
    boost::json::value m_values;
    std::map<std::string, std::string> m_texts; ///< what is being typed, by place
    std::map<std::string, std::size_t> m_variants;
    std::optional<FormProblem> m_shown;
    bool m_take_keys{false};
    bool m_entered{false};
};

} // namespace mortise::ui
