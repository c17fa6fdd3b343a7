#include "store/guard/authorizer.hpp"

#include "base/text.hpp"
#include "store/guard/functions.hpp"

#include <algorithm>
#include <sqlite3.h>

namespace mortise::host {

namespace {

std::string_view view_of(const char* text) noexcept
{
    return text ? std::string_view{text} : std::string_view{};
}

} // namespace

bool Authorizer::IgnoringCase::operator()(std::string_view a, std::string_view b) const noexcept
{
    return std::ranges::lexicographical_compare(a, b, [](char x, char y) {
        return ascii_lower(x) < ascii_lower(y);
    });
}

Authorizer::Authorizer(const ViewSet& views, QueryBudget& budget) : m_budget{budget}
{
    for (const GuardedView& view : views.views) {
        Names& names = m_views[view.name];
        names.insert(view.dependencies.begin(), view.dependencies.end());
        if (views.scoped) names.emplace(scope_table);
    }
}

void Authorizer::install(sqlite3* database) noexcept
{
    sqlite3_set_authorizer(database, decide, this);
}

int Authorizer::decide(
    void* self, int action, const char* first, const char* second, const char* schema, const char* context
) noexcept
{
    auto& authorizer = *static_cast<Authorizer*>(self);
    if (authorizer.m_budget.spent())
        return SQLITE_DENY; // the only place that is visited while SQLite prepares
    if (authorizer.allows(action, view_of(first), view_of(second), view_of(schema), view_of(context)))
        return SQLITE_OK;
    authorizer.m_denial.action = action;
    authorizer.m_denial.name = view_of(action == SQLITE_FUNCTION ? second : first);
    return SQLITE_DENY;
}

bool Authorizer::allows(
    int action,
    std::string_view first,
    std::string_view second,
    std::string_view schema,
    std::string_view context
) const
{
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
        return true;
    case SQLITE_FUNCTION:
        return is_guarded_function(second);
    case SQLITE_READ:
        return may_read(first, second, schema, context);
    default:
        return false;
    }
}

bool Authorizer::may_read(
    std::string_view object, std::string_view column, std::string_view schema, std::string_view context
) const
{
    if (schema == "temp" && m_views.contains(object)) return true;
    // A table of FROM no column of which is used: SQLite tells its name as it is written, and no schema. A
    // name that is a view is that view, or a WITH clause that hides it: neither tells more than was granted.
    if (column.empty() && schema.empty()
        && (m_views.contains(object) || (m_clause_names && m_clause_names->contains(ascii_lower(object)))))
        return true;
    if (equal_ignoring_ascii_case(object, "json_each") || equal_ignoring_ascii_case(object, "json_tree"))
        return true;
    const auto reader = m_views.find(context);
    if (reader == m_views.end() || !reader->second.contains(object)) return false;
    m_read.insert(reader->first);
    return schema == (equal_ignoring_ascii_case(object, scope_table) ? "temp" : "main");
}

} // namespace mortise::host
