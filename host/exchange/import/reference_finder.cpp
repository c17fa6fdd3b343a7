#include "exchange/import/reference_finder.hpp"

#include "base/number_text.hpp"

namespace mortise::host {

std::string ReferenceFinder::key_of(const ReferenceRule& rule, std::string_view text)
{
    std::string key = rule.type;
    key.append(1, '\0').append(rule.by).append(1, '\0').append(rule.source).append(1, '\0').append(text);
    return key;
}

Result<Id> ReferenceFinder::find(const ReferenceRule& rule, const std::string& text)
{
    const std::string key = key_of(rule, text);
    if (const auto found = m_found.find(key); found != m_found.end()) return found->second;
    if (rule.by.empty()) {
        const auto number = parse_integer(text);
        if (!number)
            return Error{
                .code = ErrorCode::invalid,
                .message = "\"" + text + "\" is no record's id",
                .key = "import.no_id",
                .where = {},
                .hint = "an export names records by their ids, which are whole numbers",
            };
        MORTISE_TRY(const Id id, find_origin(rule.type, rule.source, *number));
        if (id) m_found.emplace(key, id);
        return id;
    }
    MORTISE_TRY(const std::vector<Row> rows, m_records.find(m_principal, rule.type, rule.by, Value{text}, 2));
    if (rows.size() > 1)
        return Error{
            .code = ErrorCode::conflict,
            .message = "more than one " + rule.type + " has the " + rule.by + " \"" + text + "\"",
            .key = "import.ambiguous_reference",
            .where = {},
            .hint = "name the record by a field that is unique, or delete the one that is too many",
        };
    if (rows.empty()) // a later row may still make it
        return Id{};
    m_found.emplace(key, rows.front().id);
    return rows.front().id;
}

Result<Id>
ReferenceFinder::find_origin(const std::string& type, const std::string& source, std::int64_t number)
{
    MORTISE_TRY(Id id, m_origins.find(source, number));
    const auto is_there = [&]() -> Result<bool> {
        const auto row = m_records.get(m_principal, type, id);
        if (row) return true;
        return row.error().code == ErrorCode::not_found ? Result<bool>{false} : row.error();
    };
    if (id) {
        MORTISE_TRY(const bool there, is_there());
        if (there) return id;
    }
    if (source != m_own_source) return Id{};
    id = Id{number};
    MORTISE_TRY(const bool there, is_there());
    return there ? id : Id{};
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
