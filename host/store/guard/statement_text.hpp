#pragma once

/// \file
/// What the guard decides from a statement's text, before SQLite sees it.

#include "store/guard.hpp"

#include <mortise/result.hpp>

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace mortise::host {

/// Names that begin so belong to the host and to SQLite; no statement may contain these bytes, in any case.
/// It is sound because SQLite's names have no escapes but doubled quotes.
bool has_reserved_name(std::string_view text) noexcept;

/// How much text a reference to a view stands for; by its name in small letters.
using ViewSizes = std::map<std::string, std::size_t, std::less<>>;
/// In small letters.
using SqlNames = std::set<std::string, std::less<>>;

struct CheckedText {
    std::string text; ///< what to prepare; as long as what was checked
    SqlNames clause_names; ///< of WITH clauses: the only names beside views that FROM may use
};

/// Checks `sql`, or says why it is refused.
///
/// `||` becomes `->`, which binds alike and is a function by name: the guard's own, which cannot fail
/// (SQLite's operator fails on a result that is too big, and so would tell what a hidden row holds).
Result<CheckedText> checked_text(std::string_view sql, const ViewSizes& views, const GuardRules& rules);

/// "line 2, column 7" of the byte at `offset`; columns count characters.
std::string place_in(std::string_view sql, std::size_t offset);

} // namespace mortise::host
