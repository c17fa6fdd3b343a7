#include "exchange/import/open_rows.hpp"

#include "base/json.hpp"
#include "store/database.hpp"

namespace mortise::host {

namespace {

// Kinds of notes; part of the file's format.
constexpr std::int64_t kind_reference = 1;
constexpr std::int64_t kind_waiting = 2;
constexpr std::int64_t kind_refused = 3;
constexpr std::int64_t kind_done = 4;

std::string text_of(const Value& value, const char* name)
{
    return std::string{value[name].text()};
}

std::uint64_t number_of(const Value& value, const char* name)
{
    return static_cast<std::uint64_t>(value[name].get_or<std::int64_t>(0));
}

Map map_of(const ReferenceRule& rule)
{
    return {
        {"type", rule.type},
        {"by", rule.by},
        {"create", rule.create},
        {"values", rule.create_values},
        {"source", rule.source}
    };
}

ReferenceRule rule_of(const Value& value)
{
    return {
        text_of(value, "type"),
        text_of(value, "by"),
        value["create"].get_or<bool>(false),
        value["values"].get_or(Map{}),
        text_of(value, "source")
    };
}

std::string text_of(const ImportRow& row)
{
    List lookups;
    for (const ReferenceLookup& lookup : row.lookups)
        lookups.emplace_back(
            Map{{"field", lookup.field}, {"rule", map_of(*lookup.rule)}, {"text", lookup.text}}
        );
    List children;
    for (const ImportChild& child : row.children)
        children.emplace_back(
            Map{{"type", child.type}, {"parent", child.parent_field}, {"values", child.values}}
        );
    return json_text(
        Map{{"line", static_cast<std::int64_t>(row.line)},
            {"values", row.values},
            {"lookups", std::move(lookups)},
            {"children", std::move(children)},
            {"raw", row.raw},
            {"source", row.source},
            {"source_id", row.source_id}}
    );
}

ImportRow row_of(std::uint64_t number, const Value& value, ReferenceRules& rules)
{
    ImportRow row;
    row.number = number;
    row.line = number_of(value, "line");
    row.values = value["values"].get_or(Map{});
    for (const Value& lookup : value["lookups"].get_or(List{}))
        row.lookups.push_back(
            {text_of(lookup, "field"), rules.keep(rule_of(lookup["rule"])), text_of(lookup, "text")}
        );
    for (const Value& child : value["children"].get_or(List{}))
        row.children.push_back(
            {text_of(child, "type"), text_of(child, "parent"), child["values"].get_or(Map{})}
        );
    row.raw = text_of(value, "raw");
    row.source = text_of(value, "source");
    row.source_id = value["source_id"].get_or<std::int64_t>(0);
    return row;
}

Result<void> insert(
    Connection& connection,
    Id import,
    std::int64_t kind,
    std::uint64_t row,
    std::string_view field,
    std::string_view entry
)
{
    MORTISE_TRY(
        Statement * statement,
        connection.cached(R"(INSERT OR REPLACE INTO "mt$import_open" (import, kind, row, field, entry)
            VALUES (?1, ?2, ?3, ?4, ?5))")
    );
    statement->bind(1, import.number);
    statement->bind(2, kind);
    statement->bind(3, static_cast<std::int64_t>(row));
    statement->bind(4, field);
    statement->bind(5, entry);
    return statement->run();
}

Result<void>
erase(Connection& connection, Id import, std::int64_t kind, std::uint64_t row, std::string_view field)
{
    MORTISE_TRY(
        Statement * statement,
        connection.cached(
            R"(DELETE FROM "mt$import_open" WHERE import=?1 AND kind=?2 AND row=?3 AND field=?4)"
        )
    );
    statement->bind(1, import.number);
    statement->bind(2, kind);
    statement->bind(3, static_cast<std::int64_t>(row));
    statement->bind(4, field);
    return statement->run();
}

struct Note {
    std::uint64_t row;
    std::string field;
    std::string entry;
};

Result<std::vector<Note>> select(
    Database& database, Id import, std::int64_t kind, std::uint64_t after, bool backwards, std::size_t limit
)
{
    const ReadLease reader = database.read();
    MORTISE_TRY(
        Statement * statement,
        reader->cached(
            backwards
                ? R"(SELECT row, field, entry FROM "mt$import_open" WHERE import=?1 AND kind=?2 AND row<?3
                ORDER BY row DESC, field LIMIT ?4)"
                : R"(SELECT row, field, entry FROM "mt$import_open" WHERE import=?1 AND kind=?2 AND row>?3
                ORDER BY row, field LIMIT ?4)"
        )
    );
    statement->bind(1, import.number);
    statement->bind(2, kind);
    statement->bind(3, static_cast<std::int64_t>(after));
    statement->bind(4, static_cast<std::int64_t>(limit));
    std::vector<Note> notes;
    for (;;) {
        MORTISE_TRY(const bool more, statement->step());
        if (!more) break;
        notes.push_back(
            {static_cast<std::uint64_t>(statement->integer(0)),
             std::string{statement->text(1)},
             std::string{statement->text(2)}}
        );
    }
    statement->reset();
    return notes;
}

} // namespace

Result<void> OpenRows::add(Connection& connection, const OpenReference& reference) const
{
    const std::string entry = json_text(
        Map{{"line", static_cast<std::int64_t>(reference.line)},
            {"record", reference.record.number},
            {"rule", map_of(reference.rule)},
            {"text", reference.text}}
    );
    return insert(connection, m_import, kind_reference, reference.row, reference.field, entry);
}

Result<void> OpenRows::remove(Connection& connection, const OpenReference& reference) const
{
    return erase(connection, m_import, kind_reference, reference.row, reference.field);
}

Result<std::vector<OpenReference>> OpenRows::references(std::size_t limit) const
{
    MORTISE_TRY(const std::vector<Note> notes, select(m_database, m_import, kind_reference, 0, false, limit));
    std::vector<OpenReference> references;
    for (const Note& note : notes) {
        MORTISE_TRY(const Value value, parse_value(note.entry, "an open reference"));
        references.push_back(
            {note.row,
             number_of(value, "line"),
             Id{value["record"].get_or<std::int64_t>(0)},
             note.field,
             rule_of(value["rule"]),
             text_of(value, "text")}
        );
    }
    return references;
}

Result<void> OpenRows::add_waiting(Connection& connection, const ImportRow& row) const
{
    return insert(connection, m_import, kind_waiting, row.number, "", text_of(row));
}

Result<void> OpenRows::remove_waiting(Connection& connection, std::uint64_t row) const
{
    return erase(connection, m_import, kind_waiting, row, "");
}

Result<std::vector<ImportRow>>
OpenRows::waiting(std::uint64_t after, bool backwards, std::size_t limit, ReferenceRules& rules) const
{
    MORTISE_TRY(
        const std::vector<Note> notes, select(m_database, m_import, kind_waiting, after, backwards, limit)
    );
    std::vector<ImportRow> rows;
    for (const Note& note : notes) {
        MORTISE_TRY(const Value value, parse_value(note.entry, "a waiting row"));
        rows.push_back(row_of(note.row, value, rules));
    }
    return rows;
}

Result<void> OpenRows::add_refused(Connection& connection, std::uint64_t row, const std::string& raw) const
{
    return insert(connection, m_import, kind_refused, row, "", raw);
}

Result<std::vector<std::pair<std::uint64_t, std::string>>>
OpenRows::refused(std::uint64_t after, std::size_t limit) const
{
    MORTISE_TRY(std::vector<Note> notes, select(m_database, m_import, kind_refused, after, false, limit));
    std::vector<std::pair<std::uint64_t, std::string>> rows;
    rows.reserve(notes.size());
    for (Note& note : notes)
        rows.emplace_back(note.row, std::move(note.entry));
    return rows;
}

Result<void> OpenRows::add_done(Connection& connection, std::uint64_t row) const
{
    return insert(connection, m_import, kind_done, row, "", "");
}

Result<void> OpenRows::clear_done(Connection& connection) const
{
    MORTISE_TRY(
        Statement * statement,
        connection.cached(R"(DELETE FROM "mt$import_open" WHERE import=?1 AND kind=?2)")
    );
    statement->bind(1, m_import.number);
    statement->bind(2, kind_done);
    return statement->run();
}

Result<std::vector<std::uint64_t>> OpenRows::done() const
{
    constexpr std::size_t more_than_a_batch = 1'000'000;
    MORTISE_TRY(
        const std::vector<Note> notes, select(m_database, m_import, kind_done, 0, false, more_than_a_batch)
    );
    std::vector<std::uint64_t> rows;
    rows.reserve(notes.size());
    for (const Note& note : notes)
        rows.push_back(note.row);
    return rows;
}

Result<void> OpenRows::clear(Connection& connection) const
{
    MORTISE_TRY(Statement * statement, connection.cached(R"(DELETE FROM "mt$import_open" WHERE import=?1)"));
    statement->bind(1, m_import.number);
    return statement->run();
}

} // namespace mortise::host
