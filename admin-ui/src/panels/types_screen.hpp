#pragma once

/// \file
/// Record types and their fields.

#include "model/table_rows.hpp"
#include "shell/console.hpp"

namespace mortise::ui {

/// Thread-safety: the UI thread.
class TypesScreen final : public Screen {
public:
    explicit TypesScreen(std::string type);
    std::string title() const override { return "Record types"; }
    Icon icon() const override { return Icon::types; }
    void draw(Console& console) override;

private:
    std::string m_chosen;
    Grid m_grid;
    ObjectRows m_rows;
    Grid m_fields;
    ObjectRows m_field_rows;
};

} // namespace mortise::ui
