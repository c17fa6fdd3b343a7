#pragma once

/// \file
/// A view of a manifest with its data: what a console would draw, without drawing.

#include "box.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mortise::testkit {

struct ShownColumn {
    std::string field;
    std::string label;
    std::string total{}; ///< "sum", "count" ...; empty: none
};

struct ShownAction {
    std::string label; ///< on its button
    std::string command;
    Map arguments{}; ///< "{field}" filled in as far as it could be
};

struct ShownRow {
    Id id{};
    std::string title{}; ///< what people call it
    std::string group{}; ///< board: title of its column
    Map fields{};
    std::vector<ShownAction> actions{};
};

struct ShownGroup {
    Id id{};
    std::string title{};
};

struct ShownView {
    std::string name;
    std::string kind;
    std::string title;
    std::string empty{}; ///< what it says when there is nothing to show
    std::vector<ShownColumn> columns{};
    std::vector<ShownGroup> groups{}; ///< board: its columns
    std::string total{}; ///< board: the field that is summed
    std::vector<ShownRow> rows{};
    std::vector<ShownAction> actions{}; ///< of the view as a whole
    boost::json::value json{}; ///< as the manifest has it
};

/// Looks a view up and runs its source with the rights of the user in `arguments` ("as"); "record" is the
/// record that is on show, for tabs and pages. Errors: not_found; those of the source.
Result<ShownView> load_view(Box& box, const Map& arguments);

/// A value as a person reads it: "100.00 USD", "2026-01-01"; a reference by the title of its record.
std::string display(Box& box, const Value& value);
/// The same for a field of the view: an option by its label.
std::string display(Box& box, const ShownView& view, const std::string& field, const Value& value);
/// "{field}" in texts of `wanted` becomes the value of the field.
Map fill_in(const boost::json::value& wanted, const Map& fields);

/// The view as lines of text.
std::string text_of(Box& box, const ShownView& view);

} // namespace mortise::testkit
