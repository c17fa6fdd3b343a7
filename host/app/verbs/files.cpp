#include "app/file_upload.hpp"
#include "app/output_file.hpp"
#include "app/verbs/file_verbs.hpp"
#include "base/base64.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <unistd.h>

namespace mortise::host {
namespace {

/// By the ending of the name, for what people attach most; anything else says nothing of itself.
std::string media_type_of(const std::string& name)
{
    static constexpr std::array<std::array<std::string_view, 2>, 22> types{{
        {".csv", "text/csv"},
        {".doc", "application/msword"},
        {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
        {".eml", "message/rfc822"},
        {".gif", "image/gif"},
        {".html", "text/html"},
        {".ics", "text/calendar"},
        {".jpeg", "image/jpeg"},
        {".jpg", "image/jpeg"},
        {".json", "application/json"},
        {".md", "text/markdown"},
        {".odt", "application/vnd.oasis.opendocument.text"},
        {".ods", "application/vnd.oasis.opendocument.spreadsheet"},
        {".pdf", "application/pdf"},
        {".png", "image/png"},
        {".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
        {".svg", "image/svg+xml"},
        {".txt", "text/plain"},
        {".vcf", "text/vcard"},
        {".webp", "image/webp"},
        {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        {".zip", "application/zip"},
    }};
    const std::string folded = fold(name);
    for (const auto& [ending, type] : types)
        if (folded.ends_with(ending)) return std::string{type};
    return {};
}

/// Writes what comes. On the connection's thread; the first failure is kept and ends nothing by itself.
class Parts {
public:
    explicit Parts(ByteSink& sink) : m_sink{sink} { }

    void take(const boost::json::value& chunk)
    {
        const boost::json::value& part = at_path(chunk.as_object(), "base64");
        if (!part.is_string() || m_failed) return;
        const auto bytes = parse_base64(part.get_string());
        auto written = bytes ? m_sink.write({reinterpret_cast<const char*>(bytes->data()), bytes->size()})
                             : Result<void>{bytes.error()};
        if (!written) m_failed = std::move(written).error();
    }

    Result<void> finish() { return m_failed ? Result<void>{*std::move(m_failed)} : m_sink.finish(); }

private:
    ByteSink& m_sink;
    std::optional<Error> m_failed;
};

Result<boost::json::value> read(Program& program, const FileVerbOptions& options, ByteSink& sink)
{
    Parts parts{sink};
    auto answer = program.call_until_stopped(
        "files.read",
        {{"type", options.type}, {"id", options.id}, {"field", options.field}},
        {[&parts](const boost::json::value& chunk) { parts.take(chunk); }, {}}
    );
    if (!answer) return answer;
    MORTISE_CHECK(parts.finish());
    return answer;
}

} // namespace

Result<Exit> attach_file(Program& program, const FileVerbOptions& options)
{
    const std::string name
        = options.name.empty() ? std::filesystem::path{options.file}.filename().native() : options.name;
    MORTISE_TRY(const std::string upload, upload_file(program, options.file));
    boost::json::object params{{"upload", upload}, {"name", name}};
    const std::string type = options.media_type.empty() ? media_type_of(name) : options.media_type;
    if (!type.empty()) params["media_type"] = type;
    MORTISE_TRY(const boost::json::value facts, program.call("files.put", std::move(params)));
    MORTISE_TRY(
        const boost::json::value changed,
        program.call(
            "records.update",
            {{"type", options.type}, {"id", options.id}, {"values", {{options.field, facts}}}}
        )
    );
    Output& output = program.output();
    output.print(changed, [&] {
        output.line(
            options.type + " " + options.id + ": " + options.field + " is " + printable(name) + " ("
            + cell_text(at_path(facts.as_object(), "size")) + " bytes, "
            + cell_text(at_path(facts.as_object(), "type")) + ")"
        );
    });
    return Exit::done;
}

Result<Exit> save_file(Program& program, const FileVerbOptions& options)
{
    Output& output = program.output();
    program.stop_signals(); // before there are other threads
    if (options.file.empty()) {
        if (output.is_json())
            return Error{
                ErrorCode::invalid,
                "with --json standard output is a JSON document, and a file is none",
                "cli.usage",
                "--output",
                "name a file with -o, or leave --json out"
            };
        const auto sink = FileSink::borrow(STDOUT_FILENO, "standard output");
        MORTISE_CHECK(read(program, options, *sink));
        return Exit::done;
    }
    MORTISE_TRY(const auto file, OutputFile::create(options.file));
    MORTISE_TRY(boost::json::value facts, read(program, options, file->sink()));
    MORTISE_CHECK(file->keep());
    facts.as_object()["file"] = options.file;
    output.print(facts, [&] {
        const boost::json::object& told = facts.as_object();
        output.line(
            "wrote " + printable(cell_text(at_path(told, "name"))) + ", " + cell_text(at_path(told, "size"))
            + " bytes, into " + options.file
        );
    });
    return Exit::done;
}

} // namespace mortise::host
