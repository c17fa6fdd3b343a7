#include "base/hash.hpp"
#include "base/json.hpp"
#include "control/backup/backup.hpp"
#include "control/backup/report.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/backup_rights.hpp"
#include "control/methods/methods.hpp"
#include "records/files/file_keeper.hpp"

#include <atomic>
#include <chrono>
#include <optional>

namespace mortise::host {
namespace {

/// The file is written by the host's process: for those who could write it themselves, and for nobody else.
Result<std::filesystem::path> target_of(Call& call, const Arguments& arguments)
{
    const std::filesystem::path path = arguments.text("path");
    if (!path.is_absolute())
        return Error{
            ErrorCode::invalid,
            "the path " + path.native() + " does not begin with /",
            "rpc.params",
            "/path",
            "the host has a working folder of its own"
        };
    MORTISE_CHECK(require_own_os_user(call, "/path"));
    return path;
}

/// What it is to be encrypted with; nothing if it is not to be.
Result<std::optional<BackupKey>> key_of(const Arguments& arguments)
{
    if (!arguments.has("key")) {
        if (!arguments.has("key_kind")) return std::optional<BackupKey>{};
        return Error{
            ErrorCode::invalid,
            "a kind of key is given and no key",
            "rpc.params",
            "/key",
            "give the key, or leave both out: the backup is not encrypted then"
        };
    }
    auto read = parse_hex(arguments.text("key"));
    if (!read) {
        Error error = std::move(read).error();
        error.key = "rpc.params";
        error.where = "/key";
        return error;
    }
    std::string bytes = *std::move(read);
    MORTISE_TRY(
        BackupKey key,
        make_backup_key(
            arguments.text("key_kind") == "passphrase" ? BackupKey::Kind::passphrase : BackupKey::Kind::file,
            std::move(bytes)
        )
    );
    return std::optional{std::move(key)};
}

/// Takes what the steps of a backup tell to the client.
BackupSteps steps_of(Call& call, const std::atomic<bool>& cancel)
{
    return {
        .on_progress = [&call](
                           const std::string& step, std::uint64_t done, std::uint64_t all
                       ) { call.send_progress({{"step", step}, {"done", done}, {"all", all}}); },
        .cancel = &cancel,
    };
}

double seconds_since(std::chrono::steady_clock::time_point began)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

Answer back_up(Host& host, Call& call, const Arguments& arguments)
{
    const auto began = std::chrono::steady_clock::now();
    MORTISE_CHECK(require_whole_database(call, "take a backup"));
    MORTISE_TRY(const std::filesystem::path path, target_of(call, arguments));
    std::atomic<bool> cancel{false};
    const std::stop_callback on_stop{call.stop(), [&cancel] { cancel = true; }};
    MORTISE_TRY(const std::optional<BackupKey> key, key_of(arguments));
    BackupSteps steps = steps_of(call, cancel);
    steps.key = key ? &*key : nullptr;
    const auto hold = host.files().blobs().hold(); // what the copy refers to stays until it is in the backup
    MORTISE_TRY(
        const BackupOutcome outcome,
        make_backup(host.database(), host.folder(), path, arguments.flag("replace"), steps)
    );
    boost::json::object json = report_of(outcome);
    json["file"] = path.native();
    json["encrypted"] = key.has_value();
    json["seconds"] = seconds_since(began);
    return boost::json::value(std::move(json));
}

Answer verify(Host& host, Call& call)
{
    const auto began = std::chrono::steady_clock::now();
    MORTISE_CHECK(require_whole_database(call, "look at the whole database"));
    std::atomic<bool> cancel{false};
    const std::stop_callback on_stop{call.stop(), [&cancel] { cancel = true; }};
    const VerifyOptions options{
        .on_check = [&call](const std::string& check
                    ) { call.send_progress({{"step", "check " + check}, {"done", 0}, {"all", 0}}); },
        .cancel = &cancel,
    };
    MORTISE_TRY(
        const auto reader, Connection::open(host.database().reader_settings())
    ); // one of its own: it is busy for long
    MORTISE_TRY(std::vector<DatabaseCheck> checks, verify_database(*reader, options));
    if (is_sound(checks)) {
        MORTISE_TRY(
            DatabaseCheck files,
            verify_files(*reader, *host.records().schema(), host.files().blobs(), options)
        );
        checks.push_back(std::move(files));
    }
    return boost::json::value(boost::json::object{
        {"ok", is_sound(checks)},
        {"database", host.source()},
        {"checks", report_of(checks)},
        {"seconds", seconds_since(began)},
    });
}

} // namespace

void add_backup_methods(Api& api, Host& host)
{
    api.add({
        .name = "backup.run",
        .help = "Writes a backup of the data folder into a file of the host's machine, while it works; needs scope all",
        .params = {
            {"path", ParamKind::text, "the file, from / on", true},
            {"replace", ParamKind::boolean, "a file of that name may be replaced"},
            {"key", ParamKind::text, "what it is encrypted with, in hexadecimal digits; without it it is not"},
            {"key_kind", ParamKind::text, "what the key is; without it a file", false, {"file", "passphrase"}},
        },
        .result = "{file, bytes, encrypted, about: {database, incarnation, created_at, records: {type: how many}, ...}, "
                  "files: how many beside the database, checks: [{name, looked_at, wrong, findings}], seconds}",
        .effect = Effect::write,
        .handler = [&host](Call& call, const Arguments& arguments) { return back_up(host, call, arguments); },
    });
    api.add({
        .name = "database.verify",
        .help
        = "Checks the database: pages, references, history, event numbers, what events say, and files; needs "
          "scope all",
        .result = "{ok, database, checks: [{name, looked_at, wrong, findings}], seconds}",
        .handler = [&host](Call& call, const Arguments&) { return verify(host, call); },
    });
}

} // namespace mortise::host
