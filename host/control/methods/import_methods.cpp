#include "base/base64.hpp"
#include "base/json.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
#include "control/upload.hpp"
#include "exchange/import/import_job.hpp"

#include <mortise/control/error_json.hpp>

#include <atomic>
#include <chrono>

namespace mortise::host {
namespace {

constexpr std::size_t refused_part_bytes = std::size_t{64} << 10;

/// The refused rows go back to the client as parts of the answer.
class RefusedRows final : public ByteSink {
public:
    explicit RefusedRows(Call& call) : m_call{call} { }

    Result<void> write(std::string_view bytes) override
    {
        m_held += bytes;
        return m_held.size() < refused_part_bytes ? Result<void>{} : finish();
    }

    Result<void> finish() override
    {
        if (m_held.empty()) return {};
        return m_call.send_chunk(boost::json::object{{"refused", std::exchange(m_held, {})}});
    }

private:
    Call& m_call;
    std::string m_held;
};

boost::json::object progress_json(const ImportProgress& progress)
{
    return {
        {"read", progress.read},
        {"created", progress.created},
        {"updated", progress.updated},
        {"skipped", progress.skipped},
        {"refused", progress.refused},
        {"left", progress.left},
    };
}

Result<ImportRequest> read_request(const Arguments& arguments, const std::string& file)
{
    ImportRequest request;
    request.file = file;
    request.format = guess_import_format(file);
    if (arguments.has("format") && !parse_import_format(arguments.text("format"), request.format))
        return Error{
            ErrorCode::invalid,
            "there is no format " + arguments.text("format"),
            "rpc.params",
            "/format",
            "csv, vcard or jsonl"
        };
    if (arguments.has("mapping")) {
        MORTISE_TRY(request.mapping, parse_mapping(to_json(arguments.value("mapping"))));
    }
    const std::string mapped_type = request.mapping ? request.mapping->type : std::string{};
    request.type = arguments.text("type", mapped_type.empty() ? "contact" : mapped_type);
    if (arguments.has("mode") && !parse_import_mode(arguments.text("mode"), request.mode))
        return Error{
            ErrorCode::invalid,
            "there is no mode " + arguments.text("mode"),
            "rpc.params",
            "/mode",
            "create, update, upsert or skip"
        };
    MORTISE_TRY(request.match, arguments.texts("match"));
    request.resume = arguments.id("resume");
    return request;
}

/// The bytes to import: an upload of the session, or a file if the client is in this process.
struct Source {
    std::shared_ptr<Upload> upload{}; // kept, although the session may end
    std::unique_ptr<ByteSource> bytes{};
    std::string file{};
};

Result<Source> open_source(Call& call, const Arguments& arguments)
{
    if (arguments.has("upload")) {
        MORTISE_TRY(auto upload, find_upload(call.session(), arguments.text("upload")));
        MORTISE_TRY(const int descriptor, upload->rewind());
        auto bytes = FileSource::borrow(descriptor, upload->name());
        std::string file = upload->name();
        return Source{std::move(upload), std::move(bytes), std::move(file)};
    }
    if (!call.session().is_local() || !arguments.has("path"))
        return Error{
            ErrorCode::invalid,
            "upload is missing",
            "rpc.params",
            "/upload",
            "send the file with upload.open and upload.write"
        };
    MORTISE_TRY(auto bytes, FileSource::open(arguments.text("path")));
    return Source{nullptr, std::move(bytes), arguments.text("path")};
}

Answer run(Host& host, Call& call, const Arguments& arguments)
{
    const auto began = std::chrono::steady_clock::now();
    MORTISE_TRY(const Source source, open_source(call, arguments));
    MORTISE_TRY(ImportRequest request, read_request(arguments, source.file));
    std::atomic<bool> cancel{false};
    const std::stop_callback on_stop{call.stop(), [&cancel] { cancel = true; }};
    RefusedRows refused{call};
    const auto size = source.bytes->size();
    request.source = host.source();
    request.dry_run = call.context().dry_run;
    request.cancel = &cancel;
    request.refused_rows = &refused;
    request.on_progress = [&](const ImportProgress& progress) {
        boost::json::object json = progress_json(progress);
        json["bytes"] = progress.bytes;
        if (size) json["size"] = *size;
        call.send_progress(std::move(json));
    };
    // A client that has gone is noticed by `cancel`.
    request.on_notice = [&call](const std::string& notice) {
        static_cast<void>(call.send_chunk(boost::json::object{{"notice", notice}}));
    };
    request.on_complaint = [&call](const ImportComplaint& complaint) {
        boost::json::object json = control::json_of(complaint.error);
        json["row"] = complaint.row;
        json["line"] = complaint.line;
        json["kept"] = complaint.kept;
        static_cast<void>(call.send_chunk(boost::json::object{{"complaint", std::move(json)}}));
    };
    MORTISE_TRY(
        const ImportOutcome outcome,
        run_import(host.database(), host.records(), call.context(), *source.bytes, request)
    );
    MORTISE_CHECK(refused.finish());
    if (arguments.has("upload")) call.session().release(arguments.text("upload"));
    boost::json::object result = progress_json(outcome.progress);
    result["import"]
        = outcome.import ? boost::json::value(number_text(outcome.import.number)) : boost::json::value();
    result["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return boost::json::value(std::move(result));
}

Answer write_upload(const Call&, Upload& upload, const Arguments& arguments)
{
    std::string bytes = arguments.text("text");
    if (arguments.has("base64")) {
        MORTISE_TRY(const Bytes decoded, parse_base64(arguments.text("base64")));
        bytes.assign(reinterpret_cast<const char*>(decoded.data()), decoded.size());
    }
    MORTISE_TRY(
        const std::uint64_t size, upload.write(static_cast<std::uint64_t>(arguments.integer("offset")), bytes)
    );
    return boost::json::value(boost::json::object{{"size", size}});
}

void add_uploads(Api& api, Host& host)
{
    api.add({
        .name = "upload.open",
        .help = "Begins to send a file, for a call that reads one",
        .params = {{"name", ParamKind::text, "the file's name, for people and to tell the format by", true}},
        .result = "{upload: its handle, good until it was read or the session ends}",
        .effect = Effect::write,
        .handler = [&host](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_TRY(auto upload, Upload::create(host.folder().path, arguments.text("name")));
            const std::string handle = call.session().keep("upload", std::move(upload));
            return boost::json::value(boost::json::object{{"upload", handle}});
        },
    });
    api.add({
        .name = "upload.write",
        .help = "Sends the next part of a file",
        .params = {
            {"upload", ParamKind::text, "the handle", true},
            {"offset", ParamKind::integer, "how much was sent before", true},
            {"text", ParamKind::text, "the part, if it is UTF-8"},
            {"base64", ParamKind::text, "the part, whatever it is"},
        },
        .result = "{size: how much there is now}",
        .effect = Effect::write,
        .handler = [](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_TRY(const auto upload, find_upload(call.session(), arguments.text("upload")));
            return write_upload(call, *upload, arguments);
        },
    });
}

} // namespace

void add_import_methods(Api& api, Host& host)
{
    add_uploads(api, host);
    api.add({
        .name = "import.run",
        .help = "Takes the rows of a file in as records. call.cancel stops it between batches; resume goes on",
        .params = {
            {"upload", ParamKind::text, "the file, from upload.open"},
            {"path", ParamKind::text, "instead of an upload, for clients in the host's own process"},
            {"type", ParamKind::text, "record type; without it what the mapping says, else contact"},
            {"format", ParamKind::text, "without it by the file's name", false, {"csv", "vcard", "jsonl"}},
            {"mapping", ParamKind::object, "how columns become fields (mapping.schema.json)"},
            {"mode", ParamKind::text, "without it create", false, {"create", "update", "upsert", "skip"}},
            {"match", ParamKind::list, "the fields that make a row an existing record"},
            {"resume", ParamKind::id, "an import that was stopped; the file must be the same"},
        },
        .result = "{read, created, updated, skipped, refused, left, import, seconds}; before it chunks {notice}, "
                  "{complaint: {row, line, code, message, kept, ...}}, {refused: text of refused rows}",
        .effect = Effect::write,
        .chunks = true,
        .handler = [&host](Call& call, const Arguments& arguments) { return run(host, call, arguments); },
    });
}

} // namespace mortise::host
