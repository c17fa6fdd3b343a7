#include "exchange/import/import_job.hpp"

#include "exchange/import/csv_import_source.hpp"
#include "exchange/import/json_import_source.hpp"
#include "exchange/import/vcard_import_source.hpp"

#include <utility>

namespace mortise::host {

namespace {

std::string_view name_of(ImportMode mode)
{
    switch (mode) {
    case ImportMode::create:
        return "create";
    case ImportMode::update:
        return "update";
    case ImportMode::upsert:
        return "upsert";
    case ImportMode::skip:
        return "skip";
    }
    return "";
}

Result<std::unique_ptr<ImportSource>>
open_source(ByteSource& bytes, const RecordType& type, const ImportRequest& request)
{
    const Mapping* mapping = request.mapping ? &*request.mapping : nullptr;
    switch (request.format) {
    case ImportFormat::csv: {
        MORTISE_TRY(auto source, CsvImportSource::open(bytes, type, mapping));
        return std::unique_ptr<ImportSource>{std::move(source)};
    }
    case ImportFormat::jsonl: {
        MORTISE_TRY(auto source, JsonImportSource::open(bytes, type, mapping));
        return std::unique_ptr<ImportSource>{std::move(source)};
    }
    case ImportFormat::vcard:
        break;
    }
    if (type.name != "contact")
        return Error{
            .code = ErrorCode::invalid,
            .message = "vCards are contacts and cannot become records of the type " + type.name,
            .key = "import.format",
            .where = request.file,
        };
    MORTISE_TRY(auto source, VCardImportSource::open(bytes, type));
    return std::unique_ptr<ImportSource>{std::move(source)};
}

/// The record of the import, through its life.
class ImportRecord {
public:
    ImportRecord(Records& records, const CallContext& context) : m_records{records}, m_context{context} { }

    Result<Id> begin(const ImportRequest& request, const std::string& type)
    {
        MORTISE_TRY(
            const Commit commit,
            change(
                {.operation = Operation::create,
                 .type = "import",
                 .id = {},
                 .version = {},
                 .values = {{"file", request.file}, {"record_type", type}, {"mode", name_of(request.mode)}}}
            )
        );
        return m_id = commit.ids.front();
    }

    /// Takes up an import that did not end, and tells what it had done.
    Result<void> resume(Id import, const std::string& type, ImportOptions& options)
    {
        MORTISE_TRY(const Row row, m_records.get(m_context.principal, "import", import));
        const TypePointer imports = m_records.schema()->find("import");
        const std::string state{value_of(*imports, row, "state").text()};
        const std::string taken{value_of(*imports, row, "record_type").text()};
        if (state == "done" || state == "undone")
            return not_resumable(
                import,
                "it is " + state,
                state == "done"
                    ? "nothing is left of it to do; what it refused is in the file given with --errors"
                    : "import the file again, without --resume"
            );
        if (taken != type)
            return not_resumable(
                import, "it takes in " + taken + ", not " + type, "give the type with --type " + taken
            );
        m_id = import;
        MORTISE_CHECK(end("running", ""));
        const auto number = [&](const char* field) {
            return static_cast<std::uint64_t>(value_of(*imports, row, field).get_or<std::int64_t>(0));
        };
        options.import = import;
        options.resume_after = number("rows_done");
        options.resume_from.read = number("read");
        options.resume_from.created = number("created");
        options.resume_from.updated = number("updated");
        options.resume_from.skipped = number("skipped");
        options.resume_from.refused = number("refused");
        options.resume_from.left = number("left");
        options.resume_from.resolved = number("resolved");
        return {};
    }

    Result<void> end(const char* state, const std::string& message)
    {
        if (!m_id) return {};
        MORTISE_CHECK(change(
            {.operation = Operation::update,
             .type = "import",
             .id = m_id,
             .version = {},
             .values = {{"state", state}, {"message", message}}}
        ));
        return {};
    }

    Id id() const noexcept { return m_id; }

private:
    static Error not_resumable(Id import, const std::string& reason, std::string hint)
    {
        const std::string number = std::to_string(import.number);
        return Error{
            .code = ErrorCode::state,
            .message = "import " + number + " cannot go on: " + reason,
            .key = "import.not_resumable",
            .where = number,
            .hint = std::move(hint),
        };
    }

    Result<Commit> change(Change change)
    {
        UnitOfWork unit;
        unit.changes.push_back(std::move(change));
        return m_records.commit(m_context, unit);
    }

    Records& m_records;
    const CallContext& m_context;
    Id m_id;
};

/// Writes the rows that were refused, each once, behind the header of the file.
class RefusedRows {
public:
    RefusedRows(ByteSink* sink, std::string header) : m_sink{sink}, m_header{std::move(header)} { }

    void add(const ImportComplaint& complaint)
    {
        if (!m_sink || complaint.kept || complaint.row == m_last || m_failed) return;
        m_last = complaint.row;
        std::string text = m_header.empty() ? "" : m_header + "\n";
        m_header.clear();
        text.append(*complaint.raw).append("\n");
        m_failed = !m_sink->write(text);
    }

    /// Those of the run that this one goes on with.
    Result<void> add_earlier(const OpenRows& open)
    {
        if (!m_sink) return {};
        for (std::uint64_t after = 0;;) {
            MORTISE_TRY(const auto rows, open.refused(after, 200));
            if (rows.empty()) return {};
            for (const auto& [row, raw] : rows)
                add({.row = row, .line = 0, .error = {}, .kept = false, .raw = &raw});
            after = rows.back().first;
        }
    }

    bool failed() const noexcept { return m_failed; }

private:
    ByteSink* m_sink;
    std::string m_header;
    std::uint64_t m_last{0};
    bool m_failed{false};
};

} // namespace

ImportFormat guess_import_format(std::string_view file_name) noexcept
{
    if (file_name.ends_with(".jsonl") || file_name.ends_with(".ndjson")) return ImportFormat::jsonl;
    if (file_name.ends_with(".vcf") || file_name.ends_with(".vcard")) return ImportFormat::vcard;
    return ImportFormat::csv;
}

bool parse_import_format(std::string_view name, ImportFormat& format) noexcept
{
    for (const auto& [known, value] :
         {std::pair{"csv", ImportFormat::csv},
          std::pair{"jsonl", ImportFormat::jsonl},
          std::pair{"vcard", ImportFormat::vcard}})
        if (name == known) {
            format = value;
            return true;
        }
    return false;
}

Result<ImportOutcome> run_import(
    Database& database,
    Records& records,
    const CallContext& context,
    ByteSource& bytes,
    const ImportRequest& request
)
{
    const std::string type_name
        = request.mapping && !request.mapping->type.empty() ? request.mapping->type : request.type;
    MORTISE_TRY(const TypePointer type, records.schema(context.principal)->require(type_name));
    MORTISE_TRY(const std::unique_ptr<ImportSource> source, open_source(bytes, *type, request));
    if (request.on_notice)
        for (const std::string& notice : source->notices())
            request.on_notice(notice);

    ImportRecord record{records, context};
    ImportOptions options{
        .type = type->name, .mode = request.mode, .match = request.match, .dry_run = request.dry_run
    };
    if (options.match.empty() && request.mapping) options.match = request.mapping->match;
    if (request.mapping)
        options.on_missing_reference = request.mapping->on_missing_reference;
    else if (request.format == ImportFormat::vcard) // nobody refuses a person for where it works
        options.on_missing_reference = OnMissingReference::leave;
    if (request.resume) {
        MORTISE_CHECK(record.resume(request.resume, type->name, options));
    } else if (!request.dry_run) {
        MORTISE_TRY(options.import, record.begin(request, type->name));
    }
    RefusedRows refused{request.refused_rows, source->header()};
    if (request.resume) MORTISE_CHECK(refused.add_earlier(OpenRows{database, request.resume}));
    options.source = request.source;
    options.on_progress = request.on_progress;
    options.on_complaint = [&](const ImportComplaint& complaint) {
        refused.add(complaint);
        if (request.on_complaint) request.on_complaint(complaint);
    };
    options.cancel = request.cancel;
    Importer importer{database, records, context, std::move(options)};
    auto done = importer.run(*source);
    if (!done) {
        const bool stopped = done.error().code == ErrorCode::cancelled;
        (void)record.end(stopped ? "stopped" : "failed", done.error().message);
        return std::move(done).error();
    }
    if (refused.failed())
        return Error{
            .code = ErrorCode::io,
            .message = "the import is done, but the file of refused rows could not be written",
            .key = "import.refused_rows",
            .where = {},
            .hint = "make room on the disk and import the file again with --mode skip",
        };
    return ImportOutcome{*done, record.id()};
}

} // namespace mortise::host
