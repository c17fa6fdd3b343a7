#pragma once

/// \file
/// What a view of a plugin shows on the command line: its declaration, the record that it is about, its rows.

#include "app/program.hpp"

#include <mortise/result.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::host {

/// The list at a path of an object; an empty one if there is none.
const boost::json::array& array_at(const boost::json::object& object, std::string_view path);
/// The object of a list that has this "name"; null if none has.
const boost::json::object*
find_named(const boost::json::object& answer, std::string_view list, std::string_view name);

/// A view, what enabled plugins declare (the answer of "views.list"), and the record that it is about, if it
/// is about one.
struct Look {
    const boost::json::object& view;
    const boost::json::object& declared;
    boost::json::object record{};

    /// What its source has under "query", "command" or "type"; empty: nothing.
    std::string source(std::string_view key) const;
    /// The same error, of this view: whose it is, what of its source failed, and where that is declared.
    /// `failed`: "query", "type" or "command"; `declared_at`: what `where` is a place in, if it is one.
    Error told_of(
        Error error, std::string_view failed, const boost::json::object& declared_at, std::string_view under
    ) const;
    /// The record type that its rows or its record are of; empty: none.
    std::string type() const;
};

/// The rows of its source, at most `limit`, as the API gives them; amounts, times and decimals of a query in
/// the kinds that the manifest declares for its columns. Errors: those of the source, told of the view.
Result<boost::json::array> rows_of(Program& program, const Look& look, std::uint64_t limit);

} // namespace mortise::host
