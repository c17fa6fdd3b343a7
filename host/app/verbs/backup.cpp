#include "app/progress_bar.hpp"
#include "app/secret_input.hpp"
#include "app/verbs/verbs.hpp"
#include "base/hash.hpp"
#include "control/backup/report.hpp"

#include <atomic>
#include <chrono>
#include <optional>
#include <span>
#include <stop_token>
#include <thread>

namespace mortise::host {
namespace {

/// Tells a person what is being done.
class Steps {
public:
    explicit Steps(Output& output) : m_bar{!output.is_json()} { }

    void show(const std::string& step, std::uint64_t done, std::uint64_t all)
    {
        m_bar.show_step(step, done, all);
    }

    void show(const boost::json::object& progress)
    {
        const auto number = [&progress](std::string_view name) {
            const boost::json::value& value = at_path(progress, name);
            return value.is_number() ? value.to_number<std::uint64_t>() : 0;
        };
        show(cell_text(at_path(progress, "step")), number("done"), number("all"));
    }

    void clear() { m_bar.clear(); }

private:
    ProgressBar m_bar;
};

/// Work in this process that an interrupt stops.
template <class Work>
auto until_stopped(Program& program, Steps& shown, Work work)
{
    std::atomic<bool> cancel{false};
    StopSignals& signals = program.stop_signals();
    const std::jthread watch{[&](const std::stop_token& over) {
        constexpr int look_every_ms = 20;
        while (!over.stop_requested() && !cancel)
            if (signals.wait(look_every_ms)) cancel = true;
    }};
    const BackupSteps steps{
        .on_progress = [&shown](
                           const std::string& step, std::uint64_t done, std::uint64_t all
                       ) { shown.show(step, done, all); },
        .cancel = &cancel,
    };
    auto result = work(steps);
    shown.clear();
    return result;
}

void print_checks(Output& output, const boost::json::array& checks)
{
    for (const boost::json::value& item : checks) {
        const boost::json::object& check = item.as_object();
        const bool sound = at_path(check, "wrong") == 0;
        output.line(
            "  " + cell_text(at_path(check, "name")) + ": " + cell_text(at_path(check, "looked_at"))
            + " looked at, " + (sound ? "all well" : cell_text(at_path(check, "wrong")) + " wrong")
        );
        for (const boost::json::value& finding : at_path(check, "findings").as_array())
            output.line("    " + printable(cell_text(finding)));
    }
}

void print_about(Output& output, const boost::json::object& about)
{
    output.line(
        "  of " + cell_text(at_path(about, "created_at")) + ", database "
        + cell_text(at_path(about, "database")) + ", incarnation " + cell_text(at_path(about, "incarnation"))
    );
    if (const boost::json::object* records = at_path(about, "records").if_object()) {
        std::string text;
        for (const auto& [name, count] : *records)
            if (count != 0) text += (text.empty() ? "" : ", ") + std::string{name} + ' ' + cell_text(count);
        output.line("  records: " + (text.empty() ? "none" : text));
    }
}

void print_erasures(Output& output, const RestoredErasures& erasures)
{
    for (const std::string& list : erasures.foreign)
        output.line("  " + list + " names nobody of this database");
    if (erasures.sources.empty()) {
        output.line(
            "  no list of erasures of this database was there: whoever was erased after this backup was made "
            "is in it again. Restore it once more with --erasures FILE if you have the list (erasures.ledger)"
        );
        return;
    }
    const ErasedAgain& done = erasures.done;
    output.line(
        "  erasures: " + std::to_string(done.applied) + " applied again, " + std::to_string(done.before)
        + " in the backup already, " + std::to_string(done.not_there) + " of contacts that it does not have"
    );
    for (const Id other : done.with_others)
        output.line(
            "  contact " + std::to_string(other.number)
            + " went with one of them, with which it had been merged in this backup"
        );
}

/// The key that the options name; nothing if they name none. It is never an argument itself, which others of
/// the machine could read.
Result<std::optional<BackupKey>> key_of(const BackupOptions& options)
{
    if (options.key_file.empty() && options.passphrase_file.empty()) return std::optional<BackupKey>{};
    if (!options.key_file.empty()) {
        MORTISE_TRY(BackupKey key, read_backup_key(options.key_file));
        return std::optional{std::move(key)};
    }
    const std::string& name = options.passphrase_file;
    if (name == "-") {
        MORTISE_TRY(BackupKey key, make_backup_key(BackupKey::Kind::passphrase, read_secret("passphrase")));
        return std::optional{std::move(key)};
    }
    MORTISE_TRY(BackupKey key, read_backup_key(name, BackupKey::Kind::passphrase));
    return std::optional{std::move(key)};
}

Result<Exit> verify_file(Program& program, const BackupOptions& options)
{
    const std::string& file = options.file;
    MORTISE_TRY(const std::optional<BackupKey> key, key_of(options));
    Output& output = program.output();
    Steps shown{output};
    const auto began = std::chrono::steady_clock::now();
    MORTISE_TRY(const BackupOutcome outcome, until_stopped(program, shown, [&](BackupSteps steps) {
                    steps.key = key ? &*key : nullptr;
                    return verify_backup(file, steps);
                }));
    boost::json::object json = report_of(outcome);
    json["file"] = file;
    json["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    output.print(json, [&] {
        output.line(
            std::string{
                is_sound(outcome.checks) ? "the backup is whole and sound: "
                                         : "the backup is whole, but its database is not sound: "
            }
            + file
        );
        print_about(output, outcome.contents.about);
        print_checks(output, at_path(json, "checks").as_array());
    });
    return is_sound(outcome.checks) ? Exit::done : Exit::failed;
}

} // namespace

Result<Exit> back_up(Program& program, const BackupOptions& options)
{
    MORTISE_TRY(const std::optional<BackupKey> key, key_of(options));
    program.stop_signals(); // before there are other threads
    Output& output = program.output();
    Steps shown{output};
    boost::json::object params{
        {"path", std::filesystem::absolute(options.file).lexically_normal().native()},
        {"replace", program.options().yes}
    };
    if (key) {
        params["key"] = hex(std::as_bytes(std::span{key->secret.view()}));
        params["key_kind"] = key->kind == BackupKey::Kind::passphrase ? "passphrase" : "file";
    }
    auto result = program.call_until_stopped(
        "backup.run",
        std::move(params),
        {{}, [&shown](const boost::json::object& progress) { shown.show(progress); }}
    );
    shown.clear();
    if (!result) return std::move(result).error();
    const boost::json::object& answer = result->as_object();
    output.print(*result, [&] {
        output.line("wrote the backup " + cell_text(at_path(answer, "file")) + " and checked it");
        print_about(output, at_path(answer, "about").as_object());
        output.line(
            "  " + cell_text(at_path(answer, "bytes")) + " bytes, " + cell_text(at_path(answer, "files"))
            + " files beside the database, " + cell_text(at_path(answer, "seconds")) + " seconds"
        );
    });
    return Exit::done;
}

Result<Exit> restore(Program& program, const BackupOptions& options)
{
    const std::string& file = options.file;
    MORTISE_TRY(const std::optional<BackupKey> key, key_of(options));
    program.stop_signals();
    Output& output = program.output();
    Steps shown{output};
    const std::filesystem::path& folder = program.options().data;
    std::error_code failed;
    bool replace = program.options().yes;
    if (!replace && std::filesystem::exists(DataFolder{folder}.database(), failed)) {
        MORTISE_CHECK(program.confirm(
            "put the backup in the place of what is in " + folder.native() + ", which is kept beside it"
        ));
        replace = true;
    }
    MORTISE_TRY(const RestoreOutcome outcome, until_stopped(program, shown, [&](BackupSteps steps) {
                    steps.key = key ? &*key : nullptr;
                    return restore_backup(
                        file, folder, {.replace = replace, .erasures = options.erasures}, steps
                    );
                }));
    boost::json::object json = report_of(outcome.backup);
    json["folder"] = folder.native();
    json["kept"] = outcome.kept.empty() ? boost::json::value() : boost::json::value(outcome.kept.native());
    json["incarnation"] = outcome.incarnation;
    json["erasures"] = report_of(outcome.erasures);
    output.print(json, [&] {
        output.line("restored " + folder.native() + " from " + file);
        print_about(output, outcome.backup.contents.about);
        output.line("  it is now incarnation " + std::to_string(outcome.incarnation));
        if (!outcome.kept.empty()) output.line("  what was there before is kept in " + outcome.kept.native());
        print_erasures(output, outcome.erasures);
    });
    return Exit::done;
}

Result<Exit> verify(Program& program, const BackupOptions& options)
{
    program.stop_signals();
    if (!options.file.empty()) return verify_file(program, options);
    if (!options.key_file.empty() || !options.passphrase_file.empty())
        return Error{
            ErrorCode::invalid,
            "a key is for a backup, and none was named",
            "cli.usage.key",
            {},
            "name it: mortise verify FILE --key-file KEY; without both the database is checked"
        };
    Output& output = program.output();
    Steps shown{output};
    auto result = program.call_until_stopped(
        "database.verify", {}, {{}, [&shown](const boost::json::object& progress) { shown.show(progress); }}
    );
    shown.clear();
    if (!result) return std::move(result).error();
    const boost::json::object& answer = result->as_object();
    const bool sound = at_path(answer, "ok") == true;
    output.print(*result, [&] {
        output.line(
            std::string{sound ? "the database is sound" : "the database is not sound"} + " ("
            + cell_text(at_path(answer, "database")) + ")"
        );
        print_checks(output, at_path(answer, "checks").as_array());
        if (!sound) output.line("take a backup that is sound: mortise restore FILE; and keep this folder");
    });
    return sound ? Exit::done : Exit::failed;
}

} // namespace mortise::host
