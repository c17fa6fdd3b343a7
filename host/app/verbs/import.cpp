#include "app/file_upload.hpp"
#include "app/progress_bar.hpp"
#include "app/verbs/verbs.hpp"
#include "base/json.hpp"
#include "exchange/stream/byte_sink.hpp"
#include "exchange/stream/byte_source.hpp"

#include <optional>
#include <span>

namespace mortise::host {
namespace {

constexpr std::size_t part_bytes = std::size_t{1} << 20;
constexpr std::size_t most_complaints = 20; // told to people; the others are in the file of --errors

Result<std::string> read_all(const std::string& path)
{
    MORTISE_TRY(const auto file, FileSource::open(path));
    std::string text;
    std::vector<char> buffer(part_bytes);
    while (true) {
        MORTISE_TRY(const std::size_t count, file->read(buffer));
        if (count == 0) return text;
        text.append(buffer.data(), count);
    }
}

Result<boost::json::object> params_of(Program& program, const ImportOptionsOfVerb& options)
{
    boost::json::object params;
    const auto set = [&params](std::string_view name, const std::string& value) {
        if (!value.empty()) params[name] = value;
    };
    set("type", options.type);
    set("format", options.format);
    set("mode", options.mode);
    set("resume", options.resume);
    if (!options.match.empty())
        params["match"] = boost::json::array(options.match.begin(), options.match.end());
    if (options.dry_run) params["context"] = {{"dry_run", true}};
    if (!options.map.empty()) {
        MORTISE_TRY(const std::string text, read_all(options.map));
        MORTISE_TRY(params["mapping"], parse_json(text, options.map));
    }
    MORTISE_CHECK(program.connection());
    if (program.is_direct()) {
        params["path"] = std::filesystem::absolute(options.file).native();
        return params;
    }
    MORTISE_TRY(params["upload"], upload_file(program, options.file));
    return params;
}

/// What comes while the import runs. On the connection's thread.
class Listener {
public:
    Listener(Output& output, ByteSink* errors) : m_output{output}, m_errors{errors}, m_bar{!output.is_json()}
    {
    }

    void take(const boost::json::object& chunk)
    {
        if (const boost::json::value& notice = at_path(chunk, "notice"); notice.is_string()) {
            m_bar.clear();
            m_output.note(printable(cell_text(notice)));
        }
        if (const boost::json::object* complaint = at_path(chunk, "complaint").if_object())
            complain(*complaint);
        if (const boost::json::value& refused = at_path(chunk, "refused");
            refused.is_string() && m_errors && !m_failed)
            if (auto written = m_errors->write(refused.get_string()); !written)
                m_failed = std::move(written).error();
    }

    void progress(const boost::json::object& progress)
    {
        const auto number = [&progress](std::string_view name) {
            const boost::json::value& value = at_path(progress, name);
            return value.is_number() ? value.to_number<std::uint64_t>() : 0;
        };
        m_bar.show(number("read"), number("bytes"), number("size"));
    }

    Result<void> finish()
    {
        m_bar.clear();
        if (m_complaints > most_complaints)
            m_output.note("and " + std::to_string(m_complaints - most_complaints) + " more complaints");
        if (m_failed) return *std::move(m_failed);
        return m_errors ? m_errors->finish() : Result<void>{};
    }

private:
    void complain(const boost::json::object& complaint)
    {
        if (++m_complaints > most_complaints) return;
        m_bar.clear();
        const std::string where = cell_text(at_path(complaint, "where"));
        const std::string hint = cell_text(at_path(complaint, "hint"));
        m_output.note(
            "line " + cell_text(at_path(complaint, "line")) + (where.empty() ? "" : ", " + printable(where))
            + ": " + printable(cell_text(at_path(complaint, "message")))
            + (hint.empty() ? "" : "; " + printable(hint))
            + (at_path(complaint, "kept") == true ? " (row kept)" : "")
        );
    }

    Output& m_output;
    ByteSink* m_errors;
    ProgressBar m_bar;
    std::size_t m_complaints{0};
    std::optional<Error> m_failed;
};

} // namespace

Result<Exit> import_file(Program& program, const ImportOptionsOfVerb& options)
{
    program.stop_signals(); // before there are other threads
    MORTISE_TRY(boost::json::object params, params_of(program, options));
    std::unique_ptr<FileSink> errors;
    if (!options.errors.empty()) {
        MORTISE_TRY(errors, FileSink::create(options.errors));
    }
    Output& output = program.output();
    Listener listener{output, errors.get()};
    auto result = program.call_until_stopped(
        "import.run",
        std::move(params),
        {[&listener](const boost::json::value& chunk) { listener.take(chunk.as_object()); },
         [&listener](const boost::json::object& progress) { listener.progress(progress); }}
    );
    MORTISE_CHECK(listener.finish());
    if (!result) return std::move(result).error();
    const boost::json::object& counts = result->as_object();
    output.print(*result, [&] {
        const auto text = [&counts](std::string_view name) { return cell_text(at_path(counts, name)); };
        output.line(
            "read " + text("read") + ": created " + text("created") + ", updated " + text("updated")
            + ", skipped " + text("skipped") + ", refused " + text("refused")
        );
        if (at_path(counts, "left") != 0)
            output.line(text("left") + " rows were kept without a reference that was not there");
        if (options.dry_run)
            output.line("nothing was written: this was a dry run");
        else
            output.line("import " + text("import") + ", " + text("seconds") + " seconds");
    });
    return at_path(counts, "refused") == 0 ? Exit::done : Exit::partly;
}

} // namespace mortise::host
