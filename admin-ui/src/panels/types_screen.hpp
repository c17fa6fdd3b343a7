#pragma once

/// \file
/// Record types and their fields; fields of this installation are added and archived here.

#include "model/table_rows.hpp"
#include "shell/console.hpp"

namespace mortise::ui {

/// "Shoe size" -> "shoe_size": what a field may be called.
std::string name_for_label(std::string_view label);

/// Thread-safety: the UI thread.
class TypesScreen final : public Screen {
public:
    explicit TypesScreen(std::string type);
    std::string title() const override { return "Record types"; }
    Icon icon() const override { return Icon::types; }
    void draw(Console& console) override;
    std::vector<Action> actions(Console& console) override;

private:
    void draw_type(Console& console, const boost::json::value& type);
    void draw_designer(Console& console);
    void add_field(Console& console);
    void
    archive(Console& console, const std::string& type, const std::string& name, const std::string& label);
    void draw_field_actions(Console& console, const boost::json::value& field);

    std::string m_chosen;
    Grid m_grid;
    ObjectRows m_rows;
    Grid m_fields;
    ObjectRows m_field_rows;
    bool m_designs{false};
    bool m_begins{false};
    bool m_named_by_hand{false};
    FieldInfo m_draft{.name = {}, .kind = "text", .label = {}};
    std::string m_options;
    std::optional<Error> m_error;
    Ticket m_call;
    Ticket m_archiving;
};

} // namespace mortise::ui
