#include "control/query_hint.hpp"

#include "control/nearest.hpp"

#include <algorithm>
#include <cctype>

namespace mortise::host {
namespace {

bool is_of_name(char c) noexcept
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Whether the statement has that word.
bool mentions(std::string_view sql, std::string_view word)
{
    for (std::size_t at = sql.find(word); at != std::string_view::npos; at = sql.find(word, at + 1)) {
        const bool begins = at == 0 || !is_of_name(sql[at - 1]);
        const std::size_t end = at + word.size();
        if (begins && (end == sql.size() || !is_of_name(sql[end]))) return true;
    }
    return false;
}

} // namespace

Error with_meant_name(Error error, const Views& views, const Principal& principal, std::string_view sql)
{
    constexpr std::string_view of_column = "there is no column called ";
    if (!error.hint.empty() || !error.message.starts_with(of_column)) return error;
    std::string_view wanted = std::string_view{error.message}.substr(of_column.size());
    if (const std::size_t dot = wanted.rfind('.'); dot != std::string_view::npos)
        wanted.remove_prefix(dot + 1); // "c.name"
    std::vector<std::string> names;
    for (const Views::Description& view : views.describe(principal))
        if (mentions(sql, view.name))
            for (const QueryColumn& column : view.columns)
                names.push_back(column.name);
    if (const std::string meant = nearest(wanted, names); !meant.empty())
        error.hint = "did you mean " + meant + '?';
    return error;
}

} // namespace mortise::host
