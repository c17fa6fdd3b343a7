#pragma once

/// \file
/// A host with merging, duplicates, consents and identities, without plugins.

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "commands/registry.hpp"
#include "duplicates/duplicates.hpp"
#include "events/event_log.hpp"
#include "identities/identities.hpp"
#include "identities/identity_commands.hpp"
#include "jobs/job_queue.hpp"
#include "merging/merging.hpp"
#include "records/tests/scratch_host.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace mortise::host {

class IdentitiesWorld {
public:
    IdentitiesWorld()
    {
        const auto opened = open();
        EXPECT_TRUE(opened) << opened.error().message;
    }
    ~IdentitiesWorld()
    {
        identities.stop();
        jobs.stop(std::chrono::seconds{5});
    }

    Result<void> open()
    {
        MORTISE_CHECK(merging.open());
        MORTISE_CHECK(duplicates.open(folder.path() / "duplicates.db"));
        MORTISE_CHECK(log.open());
        MORTISE_CHECK(jobs.open());
        MORTISE_CHECK(identities.open());
        identities.attach(jobs);
        return add_identity_commands(commands, identities, *host.records);
    }

    /// A message in JSON, of 2026-01-01 at `minute` past midnight; `id` is made of all of it.
    static Map message(const std::string& source, int minute, const std::string& rest)
    {
        const std::string text = R"({"source": ")" + source + R"(", "id": "m)" + std::to_string(minute)
            + R"(", "at": "2025-12-01T)" + (minute / 60 < 10 ? "0" : "") + std::to_string(minute / 60) + ":"
            + (minute % 60 < 10 ? "0" : "") + std::to_string(minute % 60) + R"(:00Z", )" + rest + "}";
        const auto parsed = parse_value(text, "message");
        EXPECT_TRUE(parsed) << text;
        return parsed ? parsed->get_or(Map{}) : Map{};
    }
    static std::string known_as(std::initializer_list<std::pair<std::string, std::string>> names)
    {
        std::string text = R"("identities": [)";
        for (const auto& [name, strength] : names) {
            const std::size_t sign = name.find('=');
            text.append(text.ends_with('[') ? "" : ", ")
                .append(
                    R"({"namespace": ")" + name.substr(0, sign) + R"(", "value": ")" + name.substr(sign + 1)
                )
                .append(R"(", "strength": ")" + strength + R"("})");
        }
        return text + "]";
    }
    IngestOutcome ingest(const Map& given)
    {
        auto outcome = identities.ingest(ScratchHost::system(), given);
        EXPECT_TRUE(outcome) << outcome.error().where << ": " << outcome.error().message;
        return outcome ? *std::move(outcome) : IngestOutcome{};
    }
    Row row(Id contact) const
    {
        auto found = host.records->get(Principal::system(), "contact", contact, true);
        EXPECT_TRUE(found) << found.error().message;
        return found ? *std::move(found) : Row{};
    }
    Value value(Id contact, const char* field) const
    {
        return value_of(*host.records->schema()->find("contact"), row(contact), field);
    }
    std::string text(Id contact, const char* field) const
    {
        return std::string{value(contact, field).text()};
    }
    std::vector<Row> all(const char* type) const
    {
        const auto page = host.records->list(Principal::system(), type, {.limit = 1000});
        EXPECT_TRUE(page) << page.error().message;
        return page ? page->rows : std::vector<Row>{};
    }
    Id identity(std::string_view name_space, std::string_view value) const
    {
        const ReadLease reader = host.database->read();
        const auto found = find_identity(*reader, *host.records->schema(), name_space, value);
        EXPECT_TRUE(found && *found) << name_space << ' ' << value;
        return found && *found ? (*found)->id : Id{};
    }
    Id contact_of(std::string_view name_space, std::string_view value)
    {
        const auto found = identities.identify(Principal::system(), name_space, value);
        EXPECT_TRUE(found) << found.error().message;
        return found ? found->id : Id{};
    }
    /// The types of the events that others told of the contact, sorted.
    std::multiset<std::string> events(Id contact)
    {
        EventFilter filter;
        filter.subject = contact;
        filter.limit = 1000;
        const auto found = log.list(Principal::system(), filter);
        EXPECT_TRUE(found);
        std::multiset<std::string> types;
        for (const Event& event : *found)
            if (event.type.starts_with("page.")) types.insert(event.type);
        return types;
    }
    Value call(const char* command, Map arguments)
    {
        auto answer = commands.call(command, ScratchHost::system(), arguments);
        EXPECT_TRUE(answer) << answer.error().where << ": " << answer.error().message;
        return answer ? *std::move(answer) : Value{};
    }
    void update(Id contact, Map values)
    {
        const auto done = host.commit(
            {.operation = Operation::update,
             .type = "contact",
             .id = contact,
             .version = {},
             .values = std::move(values)}
        );
        EXPECT_TRUE(done) << done.error().message;
    }
    /// Merges all pairs that wait for somebody to decide.
    void decide_all()
    {
        for (;;) {
            const auto pairs = duplicates.book().after({}, 1000);
            ASSERT_TRUE(pairs);
            std::vector<Pair> open;
            for (const Pair& pair : *pairs)
                if (pair.state == PairState::open && pair.first != pair.second) open.push_back(pair);
            if (open.empty()) return;
            const auto merged = duplicates.merge(ScratchHost::system(), open, false, "looked at");
            ASSERT_TRUE(merged) << merged.error().message;
            for (const MergedGroup& group : *merged)
                ASSERT_EQ(group.group.left_because, "");
        }
    }
    /// All that is known of people but for ids, by contact: names of it, fields, events, and what counts.
    std::multiset<std::string> dump()
    {
        std::multiset<std::string> all_of_them;
        const RecordType& contacts = *host.records->schema()->find("contact");
        const RecordType& type = *host.records->schema()->find("identity");
        for (const Row& each : all("contact")) {
            Map map = map_of(contacts, each);
            for (const char* field : {"id", "version", "created_at", "updated_at"})
                map.erase(field);
            std::set<std::string> names;
            const auto known = identities.provenance(Principal::system(), each.id);
            EXPECT_TRUE(known);
            for (const Row& identity : known->identities) {
                Map name = map_of(type, identity);
                for (const char* field : {"id", "version", "created_at", "updated_at", "contact"})
                    name.erase(field);
                names.insert(json_text(Value{name}));
            }
            std::string text;
            for (const std::string& name : names)
                text += name + "\n";
            text += json_text(Value{map}) + "\n";
            for (const FieldDecision& field : known->fields) {
                text += contacts.fields[field.slot].name + ": " + json_text(field.decision.value);
                if (field.decision.winner) text += " of " + field.claims[*field.decision.winner].source;
                text += "\n";
            }
            for (const std::string& event : events(each.id))
                text += event + "\n";
            all_of_them.insert(text);
        }
        return all_of_them;
    }

    ScratchHost host;
    ScratchFolder folder;
    Merging merging{*host.database, *host.writer, *host.records, host.clock};
    Duplicates duplicates{DuplicateServices{*host.database, *host.writer, *host.records, merging, host.clock}
    };
    EventLog log{*host.database};
    JobQueue jobs{*host.database, *host.writer, host.clock, JobStart::by_hand};
    CommandRegistry commands;
    Identities identities{
        IdentityServices{*host.database, *host.writer, *host.records, merging, duplicates, host.clock}
    };
};

} // namespace mortise::host
