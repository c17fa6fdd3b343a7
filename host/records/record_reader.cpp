#include "records/record_reader.hpp"

#include "base/json.hpp"
#include "records/field_codec.hpp"
#include "records/list_filter.hpp"
#include "records/redirects.hpp"
#include "records/row_storage.hpp"
#include "records/seen_schema.hpp"
#include "store/connection.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

constexpr std::size_t most_rows = 1000;

Error not_found(const RecordType& type, Id id)
{
    return Error{
        .code = ErrorCode::not_found,
        .message = "there is no " + type.name + " " + std::to_string(id.number),
        .key = "records.not_found",
        .where = std::to_string(id.number),
    };
}

bool sorts(FieldKind kind)
{
    switch (kind) {
    case FieldKind::multi_enumeration:
    case FieldKind::list:
    case FieldKind::address:
    case FieldKind::json:
    case FieldKind::file:
    case FieldKind::rich_text:
        return false;
    default:
        return true;
    }
}

Value stored_value(const Statement& statement, int column)
{
    switch (statement.storage_class(column)) {
    case StorageClass::integer:
        return statement.integer(column);
    case StorageClass::text:
        return statement.text(column);
    case StorageClass::blob:
        return Bytes{statement.bytes(column).begin(), statement.bytes(column).end()};
    case StorageClass::null:
    case StorageClass::real:
        break;
    }
    return {};
}

} // namespace

/// How a list is sorted. Rows without a value come last, whichever the direction.
struct RecordReader::Sorting {
    std::string column; ///< quoted; "id" when the list is by id
    bool descending{false};
    bool by_id{true};
    bool indexed{true}; ///< an index gives the order
};

/// One of the two statements of a list: rows with a value to sort by, or those without.
struct RecordReader::Part {
    const Sorting& sorting;
    const ListOptions& options;
    const CompiledFilter& filter;
    const ListPosition* after{nullptr}; ///< null: from the start
    bool nulls{false};
    bool sort_found{false}; ///< few rows are found by the filter's index, and then sorted
    std::size_t limit{0};
};

RecordReader::RecordReader(Connection& connection, const Principal& principal, const TypePointer& type)
    : m_connection{connection},
      m_principal{principal},
      m_seen{principal.rights ? seen_type(type, *principal.rights) : type},
      m_given{type},
      m_type{m_seen ? *m_seen : *m_given}
{
}

Result<void> RecordReader::may_read() const
{
    if (!m_seen) return Schema{{}, 0}.require(m_given->name).error(); // as if it were not there
    if (m_principal.plugin && m_type.owner == m_principal.plugin->plugin()) return {};
    return m_principal.require(m_type.plural + ".read");
}

Result<Row> RecordReader::get(Id id, bool with_deleted)
{
    MORTISE_CHECK(may_read());
    MORTISE_TRY(Statement * select, m_connection.cached(m_type.sql.select_by_id));
    select->bind(1, id.number);
    MORTISE_TRY(const bool found, select->step());
    if (!found) {
        select->reset();
        return not_found(m_type, id);
    }
    Row row = read_row(*select, m_type);
    select->reset();
    if (row.is_deleted() && !with_deleted && m_type.name == "contact") {
        MORTISE_TRY(const Id survivor, redirected(m_connection, id));
        if (survivor) return get(survivor, false);
    }
    const Id visible_to = row_owner();
    if ((visible_to && row.owner != visible_to) || (row.is_deleted() && !with_deleted))
        return not_found(m_type, id);
    return row;
}

Result<std::vector<Row>>
RecordReader::find(std::string_view field_name, const Value& value, std::size_t limit)
{
    MORTISE_CHECK(may_read());
    MORTISE_TRY(const std::size_t slot, m_type.require_slot(field_name));
    const Field& field = m_type.fields[slot];
    MORTISE_TRY(Value wanted, coerce(field, value));
    std::vector<Row> rows;
    if (wanted.is_null()) return rows;
    if (const Id* referred = wanted.as<Id>(); referred && field.reference_type == "contact") {
        MORTISE_TRY(const Id survivor, redirected(m_connection, *referred));
        if (survivor) wanted = survivor;
    }
    std::string sql = m_type.sql.select + " WHERE ";
    int parameter = 0;
    for (const std::string& column : columns_of(field)) {
        sql += parameter == 0 ? "" : " AND ";
        ++parameter;
        sql.append(quoted_name(column)).append(" = ?").append(std::to_string(parameter));
    }
    sql += " AND +deleted_at IS NULL AND (?3 = 0 OR +owner = ?3) ORDER BY id LIMIT ?4";
    MORTISE_TRY(Statement * select, m_connection.cached(sql));
    int index = 1;
    bind_field(*select, index, field, wanted);
    select->bind(3, row_owner().number);
    select->bind(4, static_cast<std::int64_t>(std::min(limit, most_rows)));
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        rows.push_back(read_row(*select, m_type));
    }
    select->reset();
    if (rows.empty() && m_type.name == "contact") return find_merged(field, wanted, limit);
    return rows;
}

/// Contacts that had the value when they were merged away are found as those that they were merged into.
Result<std::vector<Row>> RecordReader::find_merged(const Field& field, const Value& wanted, std::size_t limit)
{
    MORTISE_TRY(Statement * any, m_connection.cached("SELECT 1 FROM \"mt$redirect$\" LIMIT 1"));
    MORTISE_TRY(const bool has_any, any->step());
    any->reset();
    if (!has_any) return std::vector<Row>{};
    std::string sql = R"(SELECT id FROM "mt$contact" WHERE )";
    int parameter = 0;
    for (const std::string& column : columns_of(field)) {
        sql += parameter == 0 ? "" : " AND ";
        ++parameter;
        sql.append(quoted_name(column)).append(" = ?").append(std::to_string(parameter));
    }
    sql += R"( AND +deleted_at IS NOT NULL AND EXISTS (SELECT 1 FROM "mt$redirect$" r WHERE r.old = id) ORDER BY id LIMIT 1000)";
    MORTISE_TRY(Statement * select, m_connection.cached(sql));
    int index = 1;
    bind_field(*select, index, field, wanted);
    std::vector<Id> merged;
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        merged.push_back({select->integer(0)});
    }
    select->reset();
    std::vector<Row> rows;
    for (const Id id : merged) {
        if (rows.size() >= limit) break;
        auto row = get(id, false);
        if (!row && row.error().code != ErrorCode::not_found) return std::move(row).error();
        if (row && std::ranges::find(rows, row->id, &Row::id) == rows.end()) rows.push_back(*std::move(row));
    }
    return rows;
}

Result<RecordReader::Sorting> RecordReader::sorting_of(const std::string& sort) const
{
    Sorting sorting;
    std::string name = sort;
    if (name.starts_with('-')) {
        sorting.descending = true;
        name.erase(0, 1);
    }
    if (name.empty() || name == "id") {
        sorting.column = "id";
        return sorting;
    }
    sorting.by_id = false;
    sorting.indexed = false;
    if (name == "created_at" || name == "updated_at" || name == "owner" || name == "version") {
        sorting.column = name;
        return sorting;
    }
    MORTISE_TRY(const std::size_t slot, m_type.require_slot(name));
    const Field& field = m_type.fields[slot];
    if (!sorts(field.kind))
        return Error{
            .code = ErrorCode::invalid,
            .message = "a list cannot be sorted by " + name + ", which is of the kind "
                + std::string{name_of(field.kind)},
            .key = "records.unsortable",
            .where = "sort",
        };
    sorting.column = quoted_name(field.sorted ? key_column_of(field) : columns_of(field).front());
    sorting.indexed = field.sorted || field.indexed || field.unique;
    return sorting;
}

/// Walking the order of the list is right when many rows fulfil the filter, and looking them up is right when
/// few do. A glance into the index tells which.
Result<bool>
RecordReader::prefers_index_of_filter(const Sorting& sorting, const Value& filter, const ListTools& tools)
{
    constexpr std::int64_t few = 1000;
    MORTISE_TRY(
        const CompiledFilter compiled, compile_filter(m_type, filter, tools.collator, 1, FilterUse::free)
    );
    if (!sorting.indexed) return true;
    for (const FilterLead& lead : compiled.leads) {
        MORTISE_TRY(
            Statement * probe,
            m_connection.cached(
                "SELECT count(*) FROM (SELECT 1 FROM " + quoted_name(m_type.table) + " WHERE " + lead.column
                + " = ?1 LIMIT " + std::to_string(few + 1) + ")"
            )
        );
        bind_stored(*probe, 1, lead.value);
        MORTISE_CHECK(probe->step());
        const std::int64_t found = probe->integer(0);
        probe->reset();
        if (found <= few) return true;
    }
    return false;
}

Result<std::string> RecordReader::statement_of(const Part& part, std::vector<Value>& parameters) const
{
    const Sorting& sorting = part.sorting;
    parameters = part.filter.parameters;
    const auto parameter = [&](Value value) {
        parameters.push_back(std::move(value));
        return "?" + std::to_string(parameters.size());
    };
    std::string where = part.options.deleted ? "+deleted_at IS NOT NULL" : "+deleted_at IS NULL";
    if (const Id visible_to = row_owner())
        where += " AND likelihood(owner = " + parameter(visible_to.number) + ", 0.9)";
    if (!part.filter.sql.empty()) where += " AND " + part.filter.sql;
    // A plus keeps SQLite from walking the index of the order.
    const std::string plus = part.sort_found ? "+" : "";
    const std::string column = plus + sorting.column;
    const bool only_id = sorting.by_id || part.nulls;
    if (!sorting.by_id) where += " AND " + column + (part.nulls ? " IS NULL" : " IS NOT NULL");
    if (part.after) {
        const std::string beyond = sorting.descending ? " < " : " > ";
        const std::string id = parameter(part.after->id.number);
        where += only_id ? " AND " + plus + "id" + beyond + id
                         : " AND (" + column + ", id)" + beyond + "(" + parameter(part.after->sort_value)
                + ", " + id + ")";
    }
    const std::string direction = sorting.descending ? " DESC" : "";
    const std::string order = only_id ? plus + "id" + direction : column + direction + ", id" + direction;
    return "SELECT " + sorting.column + ", " + m_type.sql.columns + " FROM " + quoted_name(m_type.table)
        + " WHERE " + where + " ORDER BY " + order + " LIMIT " + std::to_string(part.limit);
}

Result<bool>
RecordReader::fill(ListPage& page, ListPosition& last, Statement& select, std::size_t limit, bool by_id) const
{
    while (true) {
        MORTISE_TRY(const bool more, select.step());
        if (!more || page.rows.size() == limit) return more;
        page.rows.push_back(read_row(select, m_type, 1));
        last = {by_id ? Value{} : stored_value(select, 0), page.rows.back().id};
    }
}

Result<ListPage> RecordReader::list(const ListOptions& options, const ListTools& tools)
{
    MORTISE_CHECK(may_read());
    MORTISE_TRY(const Sorting sorting, sorting_of(options.sort));
    MORTISE_TRY(const bool sort_found, prefers_index_of_filter(sorting, options.where, tools));
    MORTISE_TRY(
        const CompiledFilter filter,
        compile_filter(
            m_type, options.where, tools.collator, 1, sort_found ? FilterUse::free : FilterUse::walk
        )
    );
    const std::size_t limit = std::clamp<std::size_t>(options.limit, 1, most_rows);
    const std::string purpose = m_type.name + "|" + options.sort + "|" + (options.deleted ? "deleted" : "")
        + "|" + std::to_string(row_owner().number)
        + (options.where.is_null() ? "" : "|" + json_text(options.where));
    ListPosition after;
    if (!options.after.empty()) {
        MORTISE_TRY(after, open_cursor(tools.key, purpose, options.after));
    }
    ListPage page;
    ListPosition last;
    const bool is_behind_values = !options.after.empty() && after.sort_value.is_null();
    // Two passes at most: rows with a value, then, when those are used up, rows without one.
    for (const bool nulls : {false, true}) {
        if (nulls && (sorting.by_id || page.rows.size() > limit)) break;
        if (!nulls && !sorting.by_id && is_behind_values) continue;
        const bool goes_on = !options.after.empty() && (!nulls || is_behind_values);
        std::vector<Value> parameters;
        MORTISE_TRY(
            const std::string sql,
            statement_of(
                {.sorting = sorting,
                 .options = options,
                 .filter = filter,
                 .after = goes_on ? &after : nullptr,
                 .nulls = nulls,
                 .sort_found = sort_found && !options.where.is_null(),
                 .limit = limit + 1 - page.rows.size()},
                parameters
            )
        );
        MORTISE_TRY(Statement * select, m_connection.cached(sql));
        for (std::size_t i = 0; i < parameters.size(); ++i)
            bind_stored(*select, static_cast<int>(i) + 1, parameters[i]);
        MORTISE_TRY(const bool has_more, fill(page, last, *select, limit, sorting.by_id));
        select->reset();
        if (has_more) {
            page.next = seal_cursor(tools.key, purpose, last);
            break;
        }
    }
    return page;
}

Result<std::vector<Row>> RecordReader::history(Id id)
{
    MORTISE_TRY(Row current, get(id, true));
    std::vector<Row> rows;
    MORTISE_TRY(Statement * select, m_connection.cached(m_type.sql.select_history));
    select->bind(1, id.number);
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        rows.push_back(read_row(*select, m_type));
    }
    select->reset();
    rows.push_back(std::move(current));
    return rows;
}

} // namespace mortise::host
