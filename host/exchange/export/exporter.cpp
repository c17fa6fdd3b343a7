#include "exchange/export/exporter.hpp"

#include "base/json.hpp"
#include "exchange/csv/csv_writer.hpp"
#include "exchange/export/vcard_export.hpp"
#include "exchange/vcard/vcard_writer.hpp"

#include <algorithm>
#include <utility>

namespace mortise::host {

namespace {

constexpr std::size_t page_size = 500;

/// A value as a cell: text as it is, money as amount and currency in two cells, the rest as its JSON says.
std::string cell_of(const Value& value)
{
    if (value.is_null()) return {};
    if (value.kind() == Kind::text) return std::string{value.text()};
    std::string text = json_text(value);
    if (text.size() >= 2 && text.front() == '"') text = text.substr(1, text.size() - 2);
    return text;
}

/// Writes one format.
class RecordWriter {
public:
    RecordWriter(const RecordType& type, ByteSink& sink) : m_type{type}, m_sink{sink} { }
    virtual ~RecordWriter() = default;
    virtual Result<void> begin() { return {}; }
    virtual Result<void> write(const Row& row) = 0;

protected:
    const RecordType& m_type;
    ByteSink& m_sink;
};

class CsvRecords final : public RecordWriter {
public:
    CsvRecords(const RecordType& type, ByteSink& sink) : RecordWriter{type, sink}, m_csv{sink} { }

    Result<void> begin() override
    {
        std::vector<std::string> header{"id", "owner"};
        for (const Field& field : m_type.fields) {
            header.push_back(field.name);
            if (field.is_money()) header.push_back(field.name + "_currency");
        }
        return m_csv.write(std::span<const std::string>{header});
    }

    Result<void> write(const Row& row) override
    {
        std::vector<std::string> cells{
            std::to_string(row.id.number), row.owner ? std::to_string(row.owner.number) : ""
        };
        for (std::size_t slot = 0; slot < m_type.fields.size(); ++slot) {
            if (!m_type.fields[slot].is_money()) {
                cells.push_back(cell_of(row.values[slot]));
                continue;
            }
            const auto money = parse_value(json_text(row.values[slot]), "money").value_or(Value{});
            cells.emplace_back(money["amount"].text());
            cells.emplace_back(money["currency"].text());
        }
        return m_csv.write(std::span<const std::string>{cells});
    }

private:
    CsvWriter m_csv;
};

class JsonRecords final : public RecordWriter {
public:
    using RecordWriter::RecordWriter;

    Result<void> write(const Row& row) override
    {
        return m_sink.write(json_text(Value{map_of(m_type, row)}) + "\n");
    }
};

class VCardRecords final : public RecordWriter {
public:
    VCardRecords(const RecordType& type, ByteSink& sink, Records& records, const Principal& principal)
        : RecordWriter{type, sink},
          m_records{records},
          m_principal{principal}
    {
    }

    Result<void> write(const Row& row) override
    {
        MORTISE_TRY(
            const std::vector<Row> points,
            m_records.find(m_principal, "contact_point", "contact", Value{row.id}, 1000)
        );
        const TypePointer point_type = m_records.schema()->find("contact_point");
        return write_vcard(m_sink, card_of(vcard_of(m_type, row, *point_type, points), VCardVersion::v4_0));
    }

private:
    Records& m_records;
    const Principal& m_principal;
};

/// The ids that fulfil a condition, through the guarded view.
Result<std::vector<Id>> ids_where(Views& views, const Principal& principal, const ExportRequest& request)
{
    MORTISE_TRY(
        QueryRows rows,
        views.query(
            principal,
            {.sql
             = "SELECT id FROM " + quoted_name(request.type) + " WHERE (" + request.where + "\n) ORDER BY id"}
        )
    );
    std::vector<Id> ids;
    for (;;) {
        MORTISE_TRY(const bool more, rows.step());
        if (!more) return ids;
        ids.push_back({rows.raw().integer(0)});
    }
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

Result<std::uint64_t> run_export(
    Records& records, Views& views, const CallContext& context, const ExportRequest& request, ByteSink& sink
)
{
    MORTISE_TRY(const TypePointer type, records.schema()->require(request.type));
    std::unique_ptr<RecordWriter> writer;
    switch (request.format) {
    case ExportFormat::csv:
        writer = std::make_unique<CsvRecords>(*type, sink);
        break;
    case ExportFormat::jsonl:
        writer = std::make_unique<JsonRecords>(*type, sink);
        break;
    case ExportFormat::vcard:
        if (type->name != "contact")
            return Error{
                .code = ErrorCode::invalid,
                .message = "only contacts can be written as vCards",
                .key = "export.format",
                .where = type->name,
                .hint = "export as csv or jsonl",
            };
        writer = std::make_unique<VCardRecords>(*type, sink, records, context.principal);
        break;
    }
    MORTISE_CHECK(writer->begin());
    std::uint64_t written = 0;
    const auto write_all = [&](const std::vector<Row>& rows) -> Result<void> {
        for (const Row& row : rows)
            MORTISE_CHECK(writer->write(row));
        written += rows.size();
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
        ExportRequest named = request;
        named.type = type->name;
        MORTISE_TRY(const std::vector<Id> ids, ids_where(views, context.principal, named));
        for (std::size_t at = 0; at < ids.size(); at += page_size) {
            MORTISE_TRY(
                const std::vector<Row> rows,
                records.get(
                    context.principal,
                    type->name,
                    std::span{ids}.subspan(at, std::min(page_size, ids.size() - at))
                )
            );
            MORTISE_CHECK(write_all(rows));
        }
    } else {
        ListOptions options{.sort = {}, .limit = page_size, .after = {}, .deleted = false};
        do {
            MORTISE_TRY(ListPage page, records.list(context.principal, type->name, options));
            MORTISE_CHECK(write_all(page.rows));
            options.after = page.next;
        } while (!options.after.empty());
    }
    MORTISE_CHECK(sink.finish());
    return written;
}

} // namespace mortise::host
