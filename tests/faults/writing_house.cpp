#include "writing_house.hpp"

#include "records/audit/audit_verify.hpp"

#include <algorithm>

namespace mortise::host::test {

namespace {

struct Promise {
    const char* broken;
    const char* count; ///< SQL that counts what breaks it
};

constexpr Promise promises[] = {
    {"a contact has no event", R"(SELECT count(*) FROM "mt$contact" c WHERE NOT EXISTS (
        SELECT 1 FROM "mt$event" e JOIN "mt$name" n ON n.id = e.type
        WHERE e.number = c.since AND e.subject = c.id AND n.text = 'contact.created'))"},
    {"an event has no contact", R"(SELECT count(*) FROM "mt$event" e JOIN "mt$name" n ON n.id = e.type
        WHERE n.text = 'contact.created' AND e.subject NOT IN (SELECT id FROM "mt$contact"))"},
    {"an event has no data",
     R"(SELECT count(*) FROM "mt$event" WHERE number NOT IN (SELECT number FROM "mt$event_data"))"},
    {"a contact is not linked to its event", R"(SELECT count(*) FROM "mt$contact" c WHERE NOT EXISTS (
        SELECT 1 FROM "mt$event_link" l WHERE l.record = c.id AND l.number = c.since))"},
    {"the numbers of the log have holes", R"(SELECT max(number) - count(*) FROM "mt$event")"},
    {"a contact was greeted twice",
     R"(SELECT count(*) - count(DISTINCT contact) FROM "mt$contact_point" WHERE label = 'greeted')"},
    {"an effect and its acknowledgement do not agree", R"(SELECT
        (SELECT count(*) FROM "mt$contact_point" WHERE label = 'greeted') <>
        (SELECT count(*) FROM "mt$event" e JOIN "mt$name" n ON n.id = e.type WHERE n.text = 'contact.created'
            AND e.number <= coalesce((SELECT cursor FROM "mt$subscription" WHERE name = 'greeting'), 0)))"},
};

EventHandler answering()
{
    return [](std::span<const Event> batch, const CallContext&) {
        DeliveryOutcome outcome;
        outcome.handled = batch.size();
        for (const Event& event : batch)
            outcome.work.changes.push_back(
                {.operation = Operation::create,
                 .type = "contact_point",
                 .id = {},
                 .version = {},
                 .values
                 = {{"contact", event.subject},
                    {"kind", "messenger"},
                    {"value", "hello"},
                    {"label", "greeted"}}}
            );
        return outcome;
    };
}

Result<std::int64_t> count(Connection& reader, std::string_view sql)
{
    MORTISE_TRY(Statement statement, reader.prepare(sql));
    MORTISE_CHECK(statement.step());
    return statement.integer(0);
}

/// A database whose power went before the tables were there has no promise to keep.
bool is_blank(Connection& reader)
{
    const auto tables = count(
        reader,
        "SELECT count(*) FROM sqlite_schema WHERE name IN ('mt$contact', 'mt$event', 'mt$subscription')"
    );
    return tables && *tables < 3;
}

} // namespace

Result<std::unique_ptr<WritingHouse>>
WritingHouse::open(const std::filesystem::path& file, const DatabaseOptions& options)
{
    auto house = std::make_unique<WritingHouse>();
    const Clock& clock = system_clock_source();
    MORTISE_TRY(house->database, Database::open(file, options));
    house->writer = std::make_unique<Writer>(*house->database, clock);
    house->records = std::make_unique<Records>(*house->database, *house->writer, clock);
    house->log = std::make_unique<EventLog>(*house->database);
    house->dispatcher
        = std::make_unique<Dispatcher>(*house->database, *house->writer, *house->records, *house->log, clock);
    house->writer->on_commit([raw = house.get()](std::int64_t last) { raw->dispatcher->notify(last); });
    MORTISE_CHECK(house->writer->open());
    MORTISE_CHECK(house->records->open());
    MORTISE_CHECK(house->log->open());
    return house;
}

WritingHouse::~WritingHouse()
{
    if (dispatcher) dispatcher->stop();
}

Result<std::int64_t> WritingHouse::write_contact(const std::string& name)
{
    CallContext context;
    context.principal = Principal::system();
    context.client = "faults";
    UnitOfWork unit;
    unit.changes.push_back(
        {.operation = Operation::create,
         .type = "contact",
         .id = {},
         .version = {},
         .values = {{"name", name}}}
    );
    MORTISE_TRY(const Commit commit, records->commit(context, std::move(unit)));
    return commit.ids.front().number;
}

Result<void> WritingHouse::greet()
{
    const SubscriptionSpec greeting{
        .plugin = "test",
        .name = "greeting",
        .patterns = {"contact.created"},
        .principal = Principal::system(),
        .batch = 16,
        .from_start = true
    };
    MORTISE_CHECK(dispatcher->attach(greeting, answering()));
    return {};
}

DatabaseOptions frequent_checkpoints()
{
    DatabaseOptions options;
    options.create = true;
    options.readers = 2;
    options.checkpoint_bytes = 256 << 10;
    return options;
}

std::vector<std::string> lost(Database& database, const std::vector<std::int64_t>& acknowledged)
{
    if (acknowledged.empty()) return {};
    const ReadLease reader = database.read();
    auto look = reader->prepare(R"(SELECT count(*) FROM "mt$contact" c JOIN "mt$event_link" l
        ON l.record = c.id AND l.number = c.since WHERE c.id = ?)");
    if (!look) return {"the tables are gone: " + look.error().message};
    std::vector<std::string> gone;
    for (const std::int64_t id : acknowledged) {
        look->bind(1, id);
        const auto found = look->step();
        if (!found || look->integer(0) != 1)
            gone.push_back("contact " + std::to_string(id) + " was acknowledged and is gone");
        look->reset();
    }
    return gone;
}

std::vector<std::string> broken_promises(Database& database)
{
    const ReadLease reader = database.read();
    std::vector<std::string> broken;
    if (is_blank(*reader)) return broken;
    for (const Promise& promise : promises) {
        const auto breaches = count(*reader, promise.count);
        if (!breaches)
            broken.push_back(breaches.error().message);
        else if (*breaches != 0)
            broken.push_back(std::string{promise.broken} + ": " + std::to_string(*breaches) + " times");
    }
    const auto audit = verify_audit(*reader, {});
    if (!audit)
        broken.push_back(audit.error().message);
    else
        for (const AuditFinding& finding : audit->findings)
            broken.push_back("the audit trail: " + finding.what);
    return broken;
}

std::string structure_of(Database& database)
{
    const ReadLease reader = database.read();
    auto check = reader->prepare("PRAGMA integrity_check");
    if (!check) return check.error().message;
    if (const auto found = check->step(); !found) return found.error().message;
    return std::string{check->text(0)};
}

} // namespace mortise::host::test
