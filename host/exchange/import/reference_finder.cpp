#include "exchange/import/reference_finder.hpp"

namespace mortise::host {

std::string ReferenceFinder::key_of(const ReferenceRule& rule, std::string_view text)
{
    std::string key = rule.type;
    key.append(1, '\0').append(rule.by).append(1, '\0').append(text);
    return key;
}

Result<Id> ReferenceFinder::find(const ReferenceRule& rule, const std::string& text)
{
    const std::string key = key_of(rule, text);
    if (const auto found = m_found.find(key); found != m_found.end()) return found->second;
    MORTISE_TRY(const std::vector<Row> rows, m_records.find(m_principal, rule.type, rule.by, Value{text}, 2));
    if (rows.size() > 1)
        return Error{
            .code = ErrorCode::conflict,
            .message = "more than one " + rule.type + " has the " + rule.by + " \"" + text + "\"",
            .key = "import.ambiguous_reference",
            .where = {},
            .hint = "merge the duplicates, or name the record by a field that is unique",
        };
    if (rows.empty()) // a later row may still make it
        return Id{};
    m_found.emplace(key, rows.front().id);
    return rows.front().id;
}

void ReferenceFinder::remember(const ReferenceRule& rule, const std::string& text, Id id)
{
    m_found.insert_or_assign(key_of(rule, text), id);
}

void ReferenceFinder::forget(Id id)
{
    std::erase_if(m_found, [id](const auto& entry) { return entry.second == id; });
}

} // namespace mortise::host
