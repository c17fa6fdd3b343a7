#ifndef TRACED_CALLS_HPP
#define TRACED_CALLS_HPP

// What the plugin in C++ asks of the host when a test wants it to: each gives in words what came of it, the
// same as the plugin in C (traced_records.c, traced_host.c, traced_blobs.c, traced_net.c).
#include <mortise/consent.hpp>
#include <mortise/file.hpp>
#include <mortise/net.hpp>
#include <mortise/plugin.hpp>

#include <string>
#include <thread>

namespace traced {

using namespace mortise;

inline const std::string name_here = TRACED_NAME;
inline const std::string thing = name_here + "_thing";

/// "-7 plugin.not_declared", or "0".
template <class T>
std::string spell(const Result<T>& result)
{
    if (result) return "0";
    const Error& error = result.error();
    return std::to_string(to_status(error.code)) + (error.key.empty() ? "" : " " + error.key);
}

// For what the classes do not offer.

template <class Table, class Function, class... Arguments>
Result<void>
call(const Host& host, const Table* table, const char* id, Function Table::* function, Arguments... arguments)
{
    return detail::call(host.tables(), table, id, function, arguments...);
}

/// Who asks, and how.
inline std::string context_text(const Context& context)
{
    std::string said = context.is_preview() ? "1" : "0";
    for (const std::string_view text :
         {context.actor(), context.client(), context.channel(), context.locale(), context.key()})
        said += ", " + std::string{text};
    return said + ", " + std::to_string(context.user().number) + ", "
        + (context.deadline() > context.time() ? "in time" : "for ever");
}

/// Records and units of work

inline std::string thing_text(const Host& host, Id id)
{
    const auto rows = host.get(thing, std::span{&id, 1}, {"text"});
    if (!rows) return spell(rows) + ", ";
    if (rows->empty()) return "gone, ";
    const Record& row = rows->front();
    return std::string{row["text"].text()} + ' ' + std::to_string(row.version()) + ", ";
}

inline std::string change_records(const Host& host, Work& work)
{
    std::string said;
    Id id;
    require(host.transact([&](Work& unit) {
        id = unit.create(thing, {{"text", "first"}});
        unit.publish(name_here + ".said", id, {{"words", "in a unit"}}, {{"thing", id}});
    }));
    said += thing_text(host, id);
    const auto rename = [&](const char* text) {
        return host.transact([&](Work& unit) { unit.update(thing, id, {{"text", text}}, 1); });
    };
    require(rename("second"));
    said += thing_text(host, id);
    said += spell(rename("too late")) + ", ";
    {
        Unit unit{host.tables()};
        unit.update(thing, id, {{"text", "abandoned"}});
        unit.flush();
    }
    said += thing_text(host, id);
    require(host.transact([&](Work& unit) { unit.remove(thing, id); }));
    said += thing_text(host, id);
    require(host.transact([&](Work& unit) { unit.restore(thing, id); }));
    said += thing_text(host, id);
    said += "found " + std::to_string(require(host.find(thing, "text", "second")).size()) + ", ";
    std::uint64_t token = 0;
    const auto refused = call(
        host, host.tables().records, MORTISE_RECORDS_ID, &mortise_records::commit, work.number(), &token
    );
    return said + spell(refused);
}

inline void create_things(Work& work)
{
    work.create(thing, {{"text", "a"}, {"number", 1}, {"price", Decimal{1050, 2}}});
    work.create(thing, {{"text", "b"}, {"number", 2}, {"price", Decimal{2100, 2}}, {"label", "bee"}});
    work.create(thing, {{"text", "c"}, {"number", 3}, {"price", Decimal{3150, 2}}});
}

/// Files

inline std::string keep_file(const Host& host)
{
    FileWriter writer = require(FileWriter::begin(host));
    require(writer.write("one "));
    require(writer.write("two"));
    const Value paper = require(writer.finish("words.txt", "text/plain"));
    std::string said{paper["digest"].text().substr(0, 8)};
    said += ' ' + std::string{paper["name"].text()} + ' '
        + std::to_string(paper["size"].get_or<std::int64_t>(0)) + ' ' + std::string{paper["type"].text()}
        + ", ";
    Id id;
    require(host.transact([&](Work& unit) {
        id = unit.create(thing, {{"text", "with paper"}, {"paper", paper}});
    }));
    std::uint64_t file = 0;
    {
        const FileReader reader = require(FileReader::open(host, thing, id, "paper"));
        said += require(reader.read(4, 100)) + " of " + std::to_string(reader.size()) + ", ";
    }
    const auto* blobs = reinterpret_cast<const mortise_blobs*>(host.tables().find(MORTISE_BLOBS_ID));
    std::uint64_t size = 0;
    require(call(
        host,
        blobs,
        MORTISE_BLOBS_ID,
        &mortise_blobs::open,
        detail::as_text(thing),
        static_cast<std::uint64_t>(id.number),
        detail::as_text("paper"),
        &file,
        &size
    ));
    const ValueBlock more = require(encode(Value{"more"}));
    said += spell(call(host, blobs, MORTISE_BLOBS_ID, &mortise_blobs::write, file, more.tree())) + ", ";
    said += spell(call(host, blobs, MORTISE_BLOBS_ID, &mortise_blobs::close, file)) + ", ";
    return said + spell(call(host, blobs, MORTISE_BLOBS_ID, &mortise_blobs::close, file));
}

/// Queries

inline std::string count_contacts(const Host& host)
{
    const auto rows = require(
        host.query("SELECT name FROM contact WHERE name = :name", Map{{"name", "made by " + name_here}})
    );
    return std::to_string(rows.size()) + " rows";
}

inline std::string cell_text(const Cell& cell)
{
    if (cell.is_null()) return "-";
    if (cell.kind() == Kind::text) return std::string{cell.text()};
    if (cell.kind() != Kind::decimal) return std::to_string(cell.integer());
    const auto number = cell.get_or(Decimal{});
    return std::to_string(number.coefficient) + '/' + std::to_string(number.scale);
}

inline std::string ask_by_name(const Host& host)
{
    std::string said;
    const Rows rows = require(host.named(name_here + ".things", Map{{"least", 1}}));
    for (const Row& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            said += cell_text(row[i]) + (i + 1 < row.size() ? " " : ", ");
    int batches = 0;
    const auto stopped = host.query_batches(
        "SELECT text FROM " + thing + " WHERE number >= ?1",
        List{2},
        [&](const BatchView&) {
            ++batches;
            return false;
        },
        {.at_least = rows.snapshot(), .max_rows = 100}
    );
    said += stopped && batches == 1 ? "stopped, " : "not stopped, ";
    return said + spell(host.named(name_here + ".nothing"));
}

/// Gives each thing the versions that it went between, two at a time.
inline Id rewrite_things(const Host& host, const Migration& migration, Work& work)
{
    if (migration.type != thing) return {};
    const Rows rows = require(host.query(
        "SELECT id FROM " + thing + " WHERE id > :after ORDER BY id LIMIT 2",
        Map{{"after", migration.after.number}}
    ));
    Id last;
    for (const Row& row : rows) {
        last = row["id"].id();
        work.update(
            thing, last, {{"label", std::string{migration.from} + " to " + std::string{migration.to}}}
        );
    }
    host.log().info("traced.migrated", "a batch", {{"n", static_cast<std::int64_t>(rows.size())}});
    return last;
}

/// The clock, time zones, settings, secrets

inline std::string ask_zones(const Host& host)
{
    constexpr std::int64_t hour = 3'600'000'000;
    constexpr Instant summer{1'750'000'000'000'000}; // a Sunday in June 2025
    constexpr Date spring{20'177}; // 2025-03-30: clocks are put forward
    const auto count = [](std::int64_t number) { return std::to_string(number); };
    const TimeZone zurich = require(host.zone("Europe/Zurich"));
    const LocalTime local = require(zurich.to_local(summer));
    const std::int64_t wall = local.date.days * 24 * hour + local.time.microseconds;
    std::string said = count((wall - summer.microseconds) / hour) + " hours, ";
    said += require(zurich.to_time(local)) == summer ? "and back, " : "not back, ";
    const LocalTime never{spring, {2 * hour + hour / 2}};
    said += spell(zurich.to_time(never, LocalChoice::exact));
    const TimeSpan day = require(zurich.bounds({spring.days * 24 * hour + 12 * hour}));
    said += ", a day of " + count((day.end.microseconds - day.start.microseconds) / hour) + " hours, ";
    const auto times = require(zurich.next("30 8 * * mon-fri", summer, 2));
    said += "in " + count((times.at(0).microseconds - summer.microseconds) / (hour / 60)) + " minutes, ";
    said += "again in " + count((times.at(1).microseconds - times[0].microseconds) / hour) + " hours, ";
    bool is_listed = false;
    for (const std::string& name : require(host.zones()))
        is_listed = is_listed || name == "Europe/Zurich";
    return said + (is_listed ? "listed, " : "not listed, ") + spell(host.zone("Europe/Nowhere"));
}

inline std::string ask_settings(const Host& host)
{
    const Settings all = require(host.settings());
    std::string said = std::string{all["greeting"].text()} + ", ";
    std::string greeting;
    detail::CallbackSink sink{[&greeting](ValueView value) {
        greeting = value.text();
        return true;
    }};
    const auto get = [&](const char* key) {
        return call(
            host,
            host.tables().settings,
            MORTISE_SETTINGS_ID,
            &mortise_settings::get,
            detail::as_text(key),
            sink.sink()
        );
    };
    require(get("greeting"));
    said += greeting + ", ";
    return said + spell(get("nothing"));
}

/// Commands, consent, connections

inline std::string call_commands(const Host& host, const Arguments& arguments)
{
    const auto answer = host.call(
        "consents.may_send",
        {{"contact", arguments["contact"].integer()},
         {"point", arguments["point"].integer()},
         {"channel", "email"},
         {"purpose", "newsletter"}},
        {.timeout_ms = 10'000, .locale = "de"}
    );
    const std::string said = answer ? std::string{(*answer)["key"].text()} : spell(answer);
    return said + ", " + spell(host.call(name_here + ".echo"));
}

inline void post_commands(const Host& host)
{
    require(host.post(name_here + ".echo", {{"text", "posted"}}, 1));
    require(host.post(name_here + ".do", {{"what", "refuse"}}, 2));
    require(host.post(name_here + ".echo"));
}

inline std::string ask_consent(const Host& host, const Arguments& arguments)
{
    SendRequest request{
        .contact = Id{arguments["contact"].integer()},
        .point = Id{arguments["point"].integer()},
        .channel = "email",
        .purpose = "newsletter"
    };
    std::string said = require(may_send(host, {&request, 1})).front().allowed ? "may, " : "may not, ";
    const SendAnswer answer = require(request_tickets(host, {&request, 1})).front();
    if (!answer.allowed)
        said += answer.key + ", ";
    else
        for (int i = 0; i < 2; ++i)
            said += spell(redeem_ticket(host, answer.ticket)) + ", ";
    said += spell(redeem_ticket(host, 1)) + ", ";
    request.channel = "sms";
    return said + spell(request_tickets(host, {&request, 1}));
}

inline std::string talk(const Host& host, std::uint16_t port)
{
    constexpr std::uint32_t patience_ms = 10'000;
    std::string said;
    auto connection
        = require(Connection::open(host, "localhost", port, {.tls = false, .timeout_ms = patience_ms}));
    const auto exchange = [&](std::string_view words) {
        require(connection.write(words, patience_ms));
        said += require(connection.wait(patience_ms)) ? "ready, " : "not ready, ";
        said += require(connection.read(1000, patience_ms)) + ", ";
    };
    const auto describe = [&] {
        const Value facts = require(connection.describe());
        said += std::string{facts["host"].text()} + (facts["tls"].is_null() ? " plain, " : " encrypted, ");
    };
    exchange("hello");
    describe();
    exchange("encrypt");
    require(connection.start_tls({}, patience_ms));
    exchange("secret");
    describe();
    const auto* net = reinterpret_cast<const mortise_net*>(host.tables().find(MORTISE_NET_ID));
    const auto close
        = [&] { return call(host, net, MORTISE_NET_ID, &mortise_net::close, connection.number()); };
    said += spell(close()) + ", ";
    return said + spell(close());
}

/// A thread of the plugin's own may reserve ids, and may not find records.
inline std::string on_a_thread(const Host& host)
{
    std::string said;
    std::thread other{[&] {
        std::uint64_t first = 0;
        const auto reserved = call(
            host,
            host.tables().records,
            MORTISE_RECORDS_ID,
            &mortise_records::reserve,
            std::uint64_t{1},
            &first
        );
        const auto found = host.find("contact", "email", "a@example.org");
        said = std::string{reserved ? "reserved" : "not reserved"} + ", find answers "
            + std::to_string(found ? 0 : to_status(found.error().code));
    }};
    other.join();
    return said;
}

} // namespace traced

#endif
