#include "exchange/export/exporter.hpp"

#include "base/json.hpp"
#include "exchange/csv/csv_writer.hpp"
#include "exchange/export/vcard_export.hpp"
#include "exchange/vcard/vcard_writer.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

namespace mortise::host {

namespace {

constexpr std::size_t page_size = 500;

/// A value as a cell: text as it is, the rest as its JSON says; `json` fields always as JSON, so that the
/// text "5" and the number 5 stay two things.
std::string cell_of(const Field& field, const Value& value)
{
    if (value.is_null()) return {};
    if (field.kind == FieldKind::json) return json_text(value);
    if (value.kind() == Kind::text) return std::string{value.text()};
    std::string text = json_text(value);
    if (text.size() >= 2 && text.front() == '"') text = text.substr(1, text.size() - 2);
    return text;
}

/// Writes one format.
class RecordWriter {
public:
    RecordWriter(const RecordType& type, const ExportRequest& request, ByteSink& sink)
        : m_type{type},
          m_request{request},
          m_sink{sink}
    {
    }
    virtual ~RecordWriter() = default;
    virtual Result<void> begin() { return {}; }
    virtual Result<void> write(const Row& row) = 0;

protected:
    const RecordType& m_type;
    const ExportRequest& m_request;
    ByteSink& m_sink;
};

class CsvRecords final : public RecordWriter {
public:
    CsvRecords(const RecordType& type, const ExportRequest& request, ByteSink& sink)
        : RecordWriter{type, request, sink},
          m_csv{sink, {.formula_guard = request.formula_guard}}
    {
    }

    Result<void> begin() override
    {
        std::vector<std::string> header{"id", std::string{exported_from}, "owner"};
        for (const Field& field : m_type.fields) {
            if (field.archived || field.hidden) continue;
            header.push_back(field.name);
            if (field.is_money()) header.push_back(field.name + "_currency");
        }
        return m_csv.write(std::span<const std::string>{header});
    }

    Result<void> write(const Row& row) override
    {
        m_cells.assign(
            {std::to_string(row.id.number),
             m_request.source,
             row.owner ? std::to_string(row.owner.number) : std::string{}}
        );
        for (std::size_t slot = 0; slot < m_type.fields.size(); ++slot) {
            const Field& field = m_type.fields[slot];
            if (field.archived || field.hidden) continue;
            if (!field.is_money()) {
                m_cells.push_back(cell_of(field, row.values[slot]));
                continue;
            }
            const auto money = parse_value(json_text(row.values[slot]), "money").value_or(Value{});
            m_cells.emplace_back(money["amount"].text());
            m_cells.emplace_back(money["currency"].text());
        }
        return m_csv.write(std::span<const std::string>{m_cells});
    }

private:
    CsvWriter m_csv;
    std::vector<std::string> m_cells;
};

class JsonRecords final : public RecordWriter {
public:
    using RecordWriter::RecordWriter;

    Result<void> write(const Row& row) override
    {
        Map map = map_of(m_type, row);
        map.set(std::string{exported_from}, m_request.source);
        for (const Field& field : m_type.fields)
            if (field.archived) map.erase(field.name);
        return m_sink.write(json_text(Value{std::move(map)}) + "\n");
    }
};

class VCardRecords final : public RecordWriter {
public:
    VCardRecords(
        const RecordType& type,
        const ExportRequest& request,
        ByteSink& sink,
        Records& records,
        const Principal& principal
    )
        : RecordWriter{type, request, sink},
          m_records{records},
          m_principal{principal}
    {
    }

    Result<void> write(const Row& row) override
    {
        std::vector<Row> points;
        if (m_principal.reads("contact_point")) {
            MORTISE_TRY(points, m_records.find(m_principal, "contact_point", "contact", Value{row.id}, 1000));
        }
        const TypePointer point_type = m_records.schema()->find("contact_point");
        MORTISE_TRY(const std::string organisation, name_of_organisation(row));
        const VCardContact contact
            = vcard_of(m_type, row, *point_type, points, organisation, m_request.source);
        return write_vcard(m_sink, card_of(contact, VCardVersion::v4_0));
    }

private:
    /// Neighbours mostly work at the same places.
    Result<std::string> name_of_organisation(const Row& row)
    {
        const Id id = value_of(m_type, row, "organisation").get_or(Id{});
        if (!id) return std::string{};
        if (const auto known = m_names.find(id.number); known != m_names.end()) return known->second;
        if (m_names.size() >= 10'000) m_names.clear();
        const auto found = m_records.get(m_principal, "contact", id);
        if (!found && found.error().code != ErrorCode::not_found) return found.error();
        std::string name = found ? std::string{value_of(m_type, *found, "name").text()} : std::string{};
        m_names.emplace(id.number, name);
        return name;
    }

    Records& m_records;
    const Principal& m_principal;
    std::unordered_map<std::int64_t, std::string> m_names;
};

/// The next ids that fulfil a condition, through the guarded view. A condition that is more than one
/// expression, "1) OR (1", could not break out of the view, but would give the same page for ever.
Result<std::vector<Id>> ids_where(
    Views& views,
    const Principal& principal,
    const std::string& view,
    const ExportRequest& request,
    std::int64_t after
)
{
    QueryRequest query;
    query.sql = "SELECT id FROM " + quoted_name(view) + " WHERE (" + request.where
        + "\n) AND id > :mortise_after ORDER BY id LIMIT " + std::to_string(page_size);
    query.named.emplace_back("mortise_after", Value{after});
    query.limits.cancel = request.cancel;
    MORTISE_TRY(QueryRows rows, views.query(principal, query));
    std::vector<Id> ids;
    for (;;) {
        MORTISE_TRY(const bool more, rows.step());
        if (!more) return ids;
        const Id id{rows.raw().integer(0)};
        if (id.number <= after)
            return Error{
                .code = ErrorCode::invalid,
                .message = "the condition is not one expression: " + request.where,
                .key = "export.condition",
                .where = "where",
                .hint = "look at its brackets",
            };
        after = id.number;
        ids.push_back(id);
    }
}

Result<std::unique_ptr<RecordWriter>> make_writer(
    Records& records,
    const RecordType& type,
    const Principal& principal,
    const ExportRequest& request,
    ByteSink& sink
)
{
    switch (request.format) {
    case ExportFormat::csv:
        return std::unique_ptr<RecordWriter>{std::make_unique<CsvRecords>(type, request, sink)};
    case ExportFormat::jsonl:
        return std::unique_ptr<RecordWriter>{std::make_unique<JsonRecords>(type, request, sink)};
    case ExportFormat::vcard:
        break;
    }
    if (type.name != "contact")
        return Error{
            .code = ErrorCode::invalid,
            .message = "only contacts can be written as vCards, and " + type.name + " is another type",
            .key = "export.format",
            .where = "format",
            .hint = "export as csv or jsonl",
        };
    return std::unique_ptr<RecordWriter>{
        std::make_unique<VCardRecords>(type, request, sink, records, principal)
    };
}

} // namespace

bool parse_export_format(std::string_view name, ExportFormat& format) noexcept
{
    for (const auto& [known, value] :
         {std::pair{"csv", ExportFormat::csv},
          std::pair{"jsonl", ExportFormat::jsonl},
          std::pair{"vcard", ExportFormat::vcard}})
        if (name == known) {
            format = value;
            return true;
        }
    return false;
}

ExportFormat guess_export_format(std::string_view file_name) noexcept
{
    if (file_name.ends_with(".jsonl") || file_name.ends_with(".ndjson")) return ExportFormat::jsonl;
    if (file_name.ends_with(".vcf") || file_name.ends_with(".vcard")) return ExportFormat::vcard;
    return ExportFormat::csv;
}

Result<ExportCount> run_export(
    Records& records, Views& views, const CallContext& context, const ExportRequest& request, ByteSink& sink
)
{
    MORTISE_TRY(const TypePointer type, records.schema(context.principal)->require(request.type));
    MORTISE_TRY(
        const std::unique_ptr<RecordWriter> writer,
        make_writer(records, *type, context.principal, request, sink)
    );
    MORTISE_CHECK(writer->begin());
    ExportCount count;
    const auto write_all = [&](const std::vector<Row>& rows) -> Result<void> {
        std::vector<Id> ids;
        for (const Row& row : rows)
            ids.push_back(row.id);
        // Of each page behind its reading; and not by its values, of which some may be hidden.
        MORTISE_TRY(const std::set<std::int64_t> restricted, records.restricted(type->name, ids));
        for (const Row& row : rows) {
            if (restricted.contains(row.id.number)) {
                ++count.restricted;
                continue;
            }
            MORTISE_CHECK(writer->write(row));
            ++count.records;
        }
        const std::uint64_t written = count.records;
        if (request.on_progress) request.on_progress(written);
        if (request.cancel && request.cancel->load(std::memory_order_relaxed))
            return Error{
                .code = ErrorCode::cancelled,
                .message = "the export was stopped after " + std::to_string(written) + " records",
                .key = "export.cancelled"
            };
        return {};
    };
    if (!request.where.empty()) {
        std::int64_t after = 0;
        for (;;) {
            MORTISE_TRY(
                const std::vector<Id> ids, ids_where(views, context.principal, type->name, request, after)
            );
            if (ids.empty()) break;
            after = ids.back().number;
            MORTISE_TRY(
                const std::vector<Row> rows, records.get(context.principal, type->name, std::span{ids})
            );
            MORTISE_CHECK(write_all(rows));
        }
    } else {
        ListOptions options{.sort = {}, .limit = page_size, .after = {}, .deleted = false};
        do {
            MORTISE_TRY(const ListPage page, records.list(context.principal, type->name, options));
            MORTISE_CHECK(write_all(page.rows));
            options.after = page.next;
        } while (!options.after.empty());
    }
    MORTISE_CHECK(sink.finish());
    return count;
}

} // namespace mortise::host
