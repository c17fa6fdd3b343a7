#include "commands/message_commands.hpp"

#include "commands/describe.hpp"
#include "commands/import_files.hpp"
#include "mime/glib.hpp"
#include "mime/mbox.hpp"
#include "store/bounce_keeper.hpp"
#include "store/ingest.hpp"

#include <chrono>
#include <filesystem>
#include <set>

namespace mortise::plugins::email {

namespace {

/// After that long an import stops and says where to go on.
constexpr std::chrono::seconds import_time{240};
constexpr std::size_t most_errors = 100;

std::string import_folder(const Host& host)
{
    const Settings settings = require(host.settings());
    return std::string{settings["import_folder"].text()};
}

std::string decode_base64(std::string_view text)
{
    std::string clean;
    for (const char c : text)
        if (g_ascii_isalnum(c) != 0 || c == '+' || c == '/' || c == '=')
            clean += c;
        else if (g_ascii_isspace(c) == 0)
            fail(ErrorCode::invalid, "email.base64", "raw is no base64", "raw");
    gsize size = 0;
    const std::unique_ptr<guchar, FreeGlib> bytes{g_base64_decode(clean.c_str(), &size)};
    return {reinterpret_cast<const char*>(bytes.get()), size};
}

std::string message_of(const Arguments& arguments)
{
    const bool has_raw = arguments["raw"].exists();
    if (has_raw == arguments["text"].exists())
        fail(ErrorCode::invalid, "email.message", "give the message as raw or as text, one of them", "raw");
    return has_raw ? decode_base64(arguments["raw"].text()) : std::string{arguments["text"].text()};
}

Value id_or_null(Id id)
{
    return id ? Value{id} : Value{};
}

/// Counts what became of messages.
struct Tally {
    std::int64_t read{0};
    std::int64_t stored{0};
    std::int64_t duplicate{0};
    std::int64_t filtered{0};
    std::int64_t waiting{0};
    std::int64_t bounces{0};
    List errors;
    std::vector<std::string> passed_over; ///< files that are no messages

    void add(const Taken& taken)
    {
        if (taken.result == "stored")
            ++stored;
        else if (taken.result == "duplicate")
            ++duplicate;
        else if (taken.result == "filtered")
            ++filtered;
        else
            ++waiting;
        if (taken.result != "duplicate") bounces += static_cast<std::int64_t>(taken.bounces.addresses.size());
    }
    void add_error(const std::string& where, const Error& error)
    {
        if (errors.size() < most_errors)
            errors.push_back(Map{{"where", where}, {"key", error.key}, {"message", error.message}});
    }
};

/// A file among others, such as a picture, is no message; one that says so by its name is, however broken.
bool looks_like_message(const std::filesystem::path& file, std::string_view content)
{
    if (lower_ascii(file.extension().string()) == ".eml") return true;
    const Headers headers = split_headers(content.substr(0, std::size_t{64} << 10U), {}).headers;
    return headers.has("from") || headers.has("received") || headers.has("date") || headers.has("message-id");
}

void import_one(
    const Host& host,
    Ingest& ingest,
    std::string_view raw,
    const Place& place,
    const std::string& where,
    Tally& tally
)
{
    ++tally.read;
    try {
        Taken taken;
        require(host.transact([&](Work& work) { taken = ingest.take(raw, place, work); }));
        tally.add(taken);
    } catch (const Failure& failure) {
        tally.add_error(where, failure.error());
        // What became of it must be told even then.
        const Error& error = failure.error();
        const auto noted = host.transact([&](Work& work) {
            ingest.note_left(place, "error", error.message + " " + error.where, work);
        });
        if (!noted) tally.add_error(where, noted.error());
    }
}

} // namespace

Id require_mailbox(const Host& host, std::string_view address)
{
    if (address.empty()) return {};
    const auto found = require(host.find("mailbox", "address", normal_address(address), 1, {"id"}));
    if (!found.empty()) return found.front().id();
    fail(ErrorCode::not_found, "email.no_mailbox", "there is no mailbox " + std::string{address}, "mailbox");
}

Value parse(const Host& host, const Arguments& arguments)
{
    std::string raw;
    if (arguments["path"].exists())
        raw = read_file(require_importable(import_folder(host), arguments["path"].text()));
    else
        raw = message_of(arguments);
    Entity entity;
    const Message message = read_message(raw, {}, &entity);
    return describe(message, find_bounce(message, entity));
}

Value ingest(const Host& host, const Arguments& arguments, Work& work)
{
    const std::string raw = message_of(arguments);
    const Place place{
        require_mailbox(host, arguments["mailbox"].text()), std::string{arguments["folder"].text()}, 0, 0
    };
    const Taken taken = Ingest{host}.take(raw, place, work);
    return Map{
        {"result", taken.result},
        {"reason", taken.reason},
        {"message", id_or_null(taken.message)},
        {"thread", id_or_null(taken.thread)},
        {"contact", id_or_null(taken.contact)},
        {"bounces", describe(taken.bounces)}
    };
}

Value import_messages(const Host& host, const Arguments& arguments)
{
    const auto path = require_importable(import_folder(host), arguments["path"].text());
    const Id mailbox = require_mailbox(host, arguments["mailbox"].text());
    const std::int64_t after = arguments["after"].integer();
    const auto started = std::chrono::steady_clock::now();
    Ingest ingest{host};
    Tally tally;
    std::int64_t number = 0;
    bool is_done = true;
    for (const auto& file : files_of(path)) {
        std::string content;
        try {
            content = read_file(file);
        } catch (const Failure& failure) {
            tally.add_error(file.filename().string(), failure.error());
            continue;
        }
        const bool is_box = is_mbox(content);
        const std::vector<std::string_view> messages
            = is_box ? split_mbox(content) : std::vector<std::string_view>{content};
        const Place place{mailbox, clean_line(file.filename().string()), 0, 0};
        for (const std::string_view message : messages) {
            if (!is_box && !looks_like_message(file, message)) {
                tally.passed_over.push_back(file.filename().string());
                continue;
            }
            if (++number <= after) continue;
            if (std::chrono::steady_clock::now() - started > import_time) {
                is_done = false;
                break;
            }
            const std::string where = file.filename().string() + ", message " + std::to_string(number);
            if (is_box)
                import_one(host, ingest, unquote_from(message), place, where, tally);
            else
                import_one(host, ingest, message, place, where, tally);
        }
        if (!is_done) break;
    }
    return Map{
        {"read", tally.read},
        {"stored", tally.stored},
        {"duplicate", tally.duplicate},
        {"filtered", tally.filtered},
        {"waiting", tally.waiting},
        {"bounces", tally.bounces},
        {"errors", std::move(tally.errors)},
        {"passed_over", static_cast<std::int64_t>(tally.passed_over.size())},
        {"next", is_done ? Value{} : Value{after + tally.read}}
    };
}

Value add_mailbox(const Host&, const Arguments& arguments, Work& work)
{
    const std::string address = normal_address(arguments["address"].text());
    if (address.empty())
        fail(
            ErrorCode::invalid,
            "email.address",
            "\"" + std::string{arguments["address"].text()} + "\" is no address",
            "address"
        );
    Map values{{"address", address}, {"display_name", arguments["display_name"].value()}};
    for (const char* name :
         {"strangers",
          "imap_host",
          "imap_port",
          "imap_security",
          "imap_folders",
          "imap_idle",
          "poll_minutes",
          "sent_copy",
          "sent_folder",
          "sync_since",
          "smtp_host",
          "smtp_port",
          "smtp_security",
          "user_name",
          "login",
          "signature",
          "hourly_limit",
          "daily_limit",
          "time_zone"})
        if (const ValueView given = arguments[std::string_view{name}]; given.exists())
            values.set(name, given.value());
    const Id mailbox = work.create("mailbox", values);
    if (arguments["imap_host"].exists()) {
        work.start("email.sync", {{"mailbox", mailbox}});
        work.start("email.watch");
    }
    return Map{{"mailbox", mailbox}};
}

Value adopt_sender(const Host& host, const Arguments& arguments, Work& work)
{
    const Record message = require(host.get("email_message", arguments.id("message")));
    const std::string address = normal_address(message["from_address"].text());
    if (address.empty())
        refuse("email.no_sender", "the message has no sender who could be a contact", "message");
    Id contact = arguments.id("contact");
    if (!contact) contact = find_contact(host, address);
    if (!contact) {
        const std::string name{message["from_name"].text()};
        contact = work.create(
            "contact",
            {{"kind", "person"},
             {"name", name.empty() ? address.substr(0, address.find('@')) : name},
             {"email", address},
             {"source", "email"}}
        );
    } else if (find_contact(host, address) != contact) {
        require(host.get("contact", contact, {"id"}));
        work.create("contact_point", {{"contact", contact}, {"kind", "email"}, {"value", address}});
    }
    const Rows rows = require(host.query(
        "SELECT p.id AS participant, p.message AS message, p.role AS role, m.contact AS contact, m.state AS "
        "state,"
        " m.thread AS thread, t.contact AS thread_contact FROM email_participant p JOIN email_message m ON "
        "m.id = p.message"
        " LEFT JOIN email_thread t ON t.id = m.thread"
        " WHERE p.address = :address AND p.contact IS NULL ORDER BY p.id LIMIT 1000",
        Map{{"address", address}}
    ));
    std::int64_t count = 0;
    std::set<Id> written; // a record is written once in a unit
    for (const Row row : rows) {
        work.update("email_participant", row["participant"].id(), {{"contact", contact}});
        if ((row["contact"].is_null() || row["state"].text() == "waiting")
            && written.insert(row["message"].id()).second) {
            work.update("email_message", row["message"].id(), {{"contact", contact}, {"state", "received"}});
            ++count;
        }
        if (row["thread_contact"].is_null() && !row["thread"].is_null()
            && written.insert(row["thread"].id()).second)
            work.update("email_thread", row["thread"].id(), {{"contact", contact}});
    }
    return Map{{"contact", contact}, {"messages", count}};
}

Value suppress(const Host& host, const Arguments& arguments, Work& work)
{
    const std::string address = normal_address(arguments["address"].text());
    if (address.empty())
        fail(
            ErrorCode::invalid,
            "email.address",
            "\"" + std::string{arguments["address"].text()} + "\" is no address",
            "address"
        );
    suppress_address(host, address, arguments["because"].text(), work);
    return Map{{"address", address}};
}

Value allow(const Host& host, const Arguments& arguments, Work& work)
{
    const std::string address = normal_address(arguments["address"].text());
    allow_address(host, address, work);
    return Map{{"address", address}};
}

} // namespace mortise::plugins::email
