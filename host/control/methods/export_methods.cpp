#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
#include "exchange/export/exporter.hpp"

#include <atomic>
#include <chrono>

namespace mortise::host {
namespace {

constexpr std::size_t part_bytes = std::size_t{64} << 10;

/// The file goes to the client as parts of the answer, each of whole rows.
class FileParts final : public ByteSink {
public:
    explicit FileParts(Call& call) : m_call{call} { }

    Result<void> write(std::string_view bytes) override
    {
        m_held += bytes;
        return m_held.size() < part_bytes ? Result<void>{} : finish();
    }

    Result<void> finish() override
    {
        if (m_held.empty()) return {};
        m_bytes += m_held.size();
        return m_call.send_chunk(boost::json::object{{"text", std::exchange(m_held, {})}});
    }

    std::uint64_t bytes() const noexcept { return m_bytes; }

private:
    Call& m_call;
    std::string m_held;
    std::uint64_t m_bytes{0};
};

/// How many records there will be, for progress; nothing where counting would cost as much as the export.
std::optional<std::uint64_t> count_of(Host& host, const Call& call, const ExportRequest& request)
{
    if (!request.where.empty()) return std::nullopt;
    const TypePointer type = host.records().schema(call.principal())->find(request.type);
    if (!type) return std::nullopt;
    auto rows
        = host.views().query(call.principal(), {.sql = "SELECT count(id) FROM " + quoted_name(type->name)});
    if (!rows) return std::nullopt;
    const auto found = rows->step();
    if (!found || !*found) return std::nullopt;
    return static_cast<std::uint64_t>(rows->raw().integer(0));
}

Answer run(Host& host, Call& call, const Arguments& arguments)
{
    const auto began = std::chrono::steady_clock::now();
    std::atomic<bool> cancel{false};
    const std::stop_callback on_stop{call.stop(), [&cancel] { cancel = true; }};
    ExportRequest request;
    request.type = arguments.text("type");
    if (arguments.has("format"))
        static_cast<void>(parse_export_format(arguments.text("format"), request.format));
    request.where = arguments.text("where");
    request.source = host.source();
    request.formula_guard = !arguments.has("formula_guard") || arguments.flag("formula_guard");
    request.cancel = &cancel;
    const auto total = count_of(host, call, request);
    request.on_progress = [&](std::uint64_t records) {
        boost::json::object json{{"records", records}};
        if (total) json["total"] = *total;
        call.send_progress(std::move(json));
    };
    FileParts parts{call};
    MORTISE_TRY(
        const ExportCount written, run_export(host.records(), host.views(), call.context(), request, parts)
    );
    return boost::json::value(boost::json::object{
        {"records", written.records},
        {"restricted", written.restricted},
        {"bytes", parts.bytes()},
        {"seconds", std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count()},
    });
}

} // namespace

void add_export_methods(Api& api, Host& host)
{
    api.add({
        .name = "export.run",
        .help = "Writes the records of a type that the user may see as the text of a file that an import takes",
        .params = {
            {"type", ParamKind::text, "record type", true},
            {"format", ParamKind::text, "without it csv", false, {"csv", "vcard", "jsonl"}},
            {"where", ParamKind::text, "an SQL condition over the type's view; without it all"},
            {"formula_guard", ParamKind::boolean, "csv: keep spreadsheets from running texts as formulas; without it true"},
        },
        .result = "{records, bytes, seconds, restricted: left out, of contacts whose processing is restricted}; before it chunks {text: the next whole rows of the file}",
        .chunks = true,
        .handler = [&host](Call& call, const Arguments& arguments) { return run(host, call, arguments); },
    });
}

} // namespace mortise::host
