#include "records/record_reader.hpp"

#include "records/field_codec.hpp"
#include "records/row_storage.hpp"
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
    case FieldKind::rich_text:
        return false;
    default:
        return true;
    }
}

void bind_value(Statement& statement, int index, const Value& value)
{
    if (const auto* number = value.as<std::int64_t>())
        statement.bind(index, *number);
    else if (value.kind() == Kind::text)
        statement.bind(index, value.text());
    else
        statement.bind_null(index);
}

Value stored_value(const Statement& statement, int column)
{
    switch (statement.storage_class(column)) {
    case StorageClass::integer:
        return statement.integer(column);
    case StorageClass::text:
        return statement.text(column);
    case StorageClass::null:
    case StorageClass::real:
    case StorageClass::blob:
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
};

Result<void> RecordReader::may_read() const
{
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
    const Id visible_to = m_principal.row_owner();
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
    MORTISE_TRY(const Value wanted, coerce(field, value));
    std::vector<Row> rows;
    if (wanted.is_null()) return rows;
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
    select->bind(3, m_principal.row_owner().number);
    select->bind(4, static_cast<std::int64_t>(std::min(limit, most_rows)));
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        rows.push_back(read_row(*select, m_type));
    }
    select->reset();
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
    sorting.column = quoted_name(columns_of(field).front());
    return sorting;
}

Result<std::string> RecordReader::condition(
    const Sorting& sorting,
    const ListOptions& options,
    std::vector<Value>& parameters,
    const ListPosition& after
) const
{
    const auto parameter = [&](Value value) {
        parameters.push_back(std::move(value));
        return "?" + std::to_string(parameters.size());
    };
    std::string sql = options.deleted ? "+deleted_at IS NOT NULL" : "+deleted_at IS NULL";
    if (const Id visible_to = m_principal.row_owner())
        sql += " AND likelihood(owner = " + parameter(visible_to.number) + ", 0.9)";
    if (options.after.empty()) return sql;
    const std::string beyond = sorting.descending ? " < " : " > ";
    const std::string id = parameter(after.id.number);
    if (sorting.by_id) return sql + " AND id" + beyond + id;
    if (after.sort_value.is_null()) return sql + " AND " + sorting.column + " IS NULL AND id" + beyond + id;
    const std::string value = parameter(after.sort_value);
    return sql + " AND (" + sorting.column + ", id)" + beyond + "(" + value + ", " + id + ")";
}

Result<ListPage> RecordReader::list(const ListOptions& options, const CursorKey& key)
{
    MORTISE_CHECK(may_read());
    MORTISE_TRY(const Sorting sorting, sorting_of(options.sort));
    const std::size_t limit = std::clamp<std::size_t>(options.limit, 1, most_rows);
    const std::string purpose = m_type.name + "|" + options.sort + "|" + (options.deleted ? "deleted" : "")
        + "|" + std::to_string(m_principal.row_owner().number);
    ListPosition after;
    if (!options.after.empty()) {
        MORTISE_TRY(after, open_cursor(key, purpose, options.after));
    }
    ListPage page;
    ListPosition last;
    // Two passes at most: rows with a value, then, when those are used up, rows without one.
    for (bool nulls : {false, true}) {
        if (nulls && (sorting.by_id || page.rows.size() > limit)) break;
        if (!nulls && !options.after.empty() && !sorting.by_id && after.sort_value.is_null()) continue;
        ListOptions part = options;
        if (nulls && !after.sort_value.is_null()) part.after.clear();
        std::vector<Value> parameters;
        MORTISE_TRY(std::string where, condition(sorting, part, parameters, after));
        if (!sorting.by_id) where += " AND " + sorting.column + (nulls ? " IS NULL" : " IS NOT NULL");
        const std::string direction = sorting.descending ? " DESC" : "";
        const std::string order
            = sorting.by_id || nulls ? "id" + direction : sorting.column + direction + ", id" + direction;
        const std::string sql = "SELECT " + sorting.column + ", " + m_type.sql.columns + " FROM "
            + quoted_name(m_type.table) + " WHERE " + where + " ORDER BY " + order + " LIMIT "
            + std::to_string(limit + 1);
        MORTISE_TRY(Statement * select, m_connection.cached(sql));
        for (std::size_t i = 0; i < parameters.size(); ++i)
            bind_value(*select, static_cast<int>(i) + 1, parameters[i]);
        while (page.rows.size() <= limit) {
            MORTISE_TRY(const bool more, select->step());
            if (!more) break;
            if (page.rows.size() == limit) {
                page.next = seal_cursor(key, purpose, last);
                select->reset();
                return page;
            }
            page.rows.push_back(read_row(*select, m_type, 1));
            last = {sorting.by_id ? Value{} : stored_value(*select, 0), page.rows.back().id};
        }
        select->reset();
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
