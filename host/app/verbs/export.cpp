#include "app/output_file.hpp"
#include "app/progress_bar.hpp"
#include "app/verbs/verbs.hpp"
#include "exchange/export/exporter.hpp"

#include <optional>
#include <string_view>
#include <unistd.h>

namespace mortise::host {
namespace {

/// JSON Lines as one JSON document: an array.
class JsonArraySink final : public ByteSink {
public:
    explicit JsonArraySink(ByteSink& sink) : m_sink{sink} { }

    Result<void> write(std::string_view lines) override
    {
        while (!lines.empty()) {
            const std::string_view line = lines.substr(0, lines.find('\n'));
            lines.remove_prefix(std::min(line.size() + 1, lines.size()));
            MORTISE_CHECK(m_sink.write(m_begun ? ",\n" : "["));
            m_begun = true;
            MORTISE_CHECK(m_sink.write(line));
        }
        return {};
    }

    Result<void> finish() override
    {
        MORTISE_CHECK(m_sink.write(m_begun ? "]\n" : "[]\n"));
        return m_sink.finish();
    }

private:
    ByteSink& m_sink;
    bool m_begun{false};
};

Result<std::string> format_of(const Program& program, const ExportOptionsOfVerb& options)
{
    const bool json = program.options().json;
    if (options.output.empty() && json && !options.format.empty() && options.format != "jsonl")
        return Error{
            ErrorCode::invalid,
            "with --json standard output is a JSON document, and " + options.format + " is none",
            "cli.usage",
            "--format",
            "name a file with -o, or leave --json out"
        };
    if (!options.format.empty()) return options.format;
    if (options.output.empty()) return std::string{json ? "jsonl" : "csv"};
    switch (guess_export_format(options.output)) {
    case ExportFormat::csv:
        return std::string{"csv"};
    case ExportFormat::jsonl:
        return std::string{"jsonl"};
    case ExportFormat::vcard:
        return std::string{"vcard"};
    }
    return std::string{};
}

/// Writes what comes. On the connection's thread; the first failure is kept and ends nothing by itself.
class Listener {
public:
    Listener(ByteSink& sink, bool shows_progress) : m_sink{sink}, m_bar{shows_progress} { }

    void take(const boost::json::object& chunk)
    {
        const boost::json::value& text = at_path(chunk, "text");
        if (!text.is_string() || m_failed) return;
        if (auto written = m_sink.write(text.get_string()); !written) m_failed = std::move(written).error();
    }

    void progress(const boost::json::object& progress)
    {
        const auto number = [&progress](std::string_view name) {
            const boost::json::value& value = at_path(progress, name);
            return value.is_number() ? value.to_number<std::uint64_t>() : 0;
        };
        m_bar.show(number("records"), number("records"), number("total"));
    }

    Result<void> finish()
    {
        m_bar.clear();
        return m_failed ? Result<void>{*std::move(m_failed)} : m_sink.finish();
    }

    void clear() { m_bar.clear(); }

private:
    ByteSink& m_sink;
    ProgressBar m_bar;
    std::optional<Error> m_failed;
};

Result<boost::json::value>
run(Program& program, const ExportOptionsOfVerb& options, const std::string& format, Listener& listener)
{
    boost::json::object params{{"type", options.type}, {"format", format}};
    if (!options.where.empty()) params["where"] = options.where;
    if (options.no_formula_guard) params["formula_guard"] = false;
    auto result = program.call_until_stopped(
        "export.run",
        std::move(params),
        {[&listener](const boost::json::value& chunk) { listener.take(chunk.as_object()); },
         [&listener](const boost::json::object& progress) { listener.progress(progress); }}
    );
    listener.clear();
    return result;
}

} // namespace

Result<Exit> export_records(Program& program, const ExportOptionsOfVerb& options)
{
    program.stop_signals(); // before there are other threads
    MORTISE_TRY(const std::string format, format_of(program, options));
    Output& output = program.output();
    if (options.output.empty()) {
        const auto sink = FileSink::borrow(STDOUT_FILENO, "standard output");
        JsonArraySink array{*sink};
        // Progress between the lines of a file on the same screen would help nobody.
        Listener listener{
            output.is_json() ? static_cast<ByteSink&>(array) : *sink,
            !output.is_json() && ::isatty(STDOUT_FILENO) == 0
        };
        MORTISE_CHECK(run(program, options, format, listener));
        MORTISE_CHECK(listener.finish());
        return Exit::done;
    }
    MORTISE_TRY(const auto file, OutputFile::create(options.output));
    Listener listener{file->sink(), !output.is_json()};
    MORTISE_TRY(boost::json::value result, run(program, options, format, listener));
    MORTISE_CHECK(listener.finish());
    MORTISE_CHECK(file->keep());
    boost::json::object& counts = result.as_object();
    counts["file"] = options.output;
    counts["format"] = format;
    output.print(result, [&] {
        output.line(
            "wrote " + cell_text(at_path(counts, "records")) + " records into " + options.output + " ("
            + cell_text(at_path(counts, "seconds")) + " seconds)"
        );
        if (const boost::json::value& left = at_path(counts, "restricted"); left != 0)
            output.line("  " + cell_text(left) + " left out: the contacts that they are of are restricted");
    });
    return Exit::done;
}

} // namespace mortise::host
