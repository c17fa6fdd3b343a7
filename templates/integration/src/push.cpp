#include "push.hpp"

#include "contact_json.hpp"
#include "http_client.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace my_plugin {

namespace {

constexpr const char* changed_contacts
    = "FROM contact WHERE updated_at > :changed_at OR (updated_at = :changed_at AND id > :contact)";

/// How far contacts were sent.
struct Mark {
    mortise::Id record; ///< 0: none is kept yet
    std::int64_t changed_at{0};
    std::int64_t contact{0};

    mortise::Map parameters() const { return {{"changed_at", changed_at}, {"contact", contact}}; }
};

Mark read_mark(const mortise::Host& host)
{
    const auto found = mortise::require(host.find("my_plugin_mark", "name", "contacts"));
    if (found.empty()) return {};
    const mortise::Record& record = found.front();
    return {
        record.id(), record["changed_at"].get_or(mortise::Instant{}).microseconds, record["contact"].integer()
    };
}

struct Batch {
    std::vector<Contact> contacts;
    Mark end;
};

Batch read_batch(const mortise::Host& host, const Mark& from)
{
    const std::string sql = std::string{"SELECT id, version, name, email, updated_at "} + changed_contacts
        + " ORDER BY updated_at, id LIMIT 50";
    Batch batch{{}, from};
    for (const mortise::Row row : mortise::require(host.query(sql, from.parameters()))) {
        batch.contacts.push_back(
            {row["id"].id().number,
             row["version"].integer(),
             std::string{row["name"].text()},
             std::string{row["email"].text()}}
        );
        batch.end.changed_at = row["updated_at"].get_or(mortise::Instant{}).microseconds;
        batch.end.contact = row["id"].id().number;
    }
    return batch;
}

void send(const mortise::Host& host, const Contact& contact, Request request, const mortise::Job& job)
{
    request.body = contact_json(contact);
    request.key = idempotency_key(contact);
    const Response response = post(host, request);
    job.stop_if_cancelled();
    const std::string answer
        = response.status == 0 ? response.problem : "it answered " + std::to_string(response.status);
    switch (judge(response)) {
    case Outcome::done:
        return;
    case Outcome::try_later: // the host runs the job again, later and later
        mortise::fail(
            mortise::ErrorCode::retry, "my_plugin.unreachable", "the server is not ready: " + answer
        );
    case Outcome::give_up:
        mortise::fail(
            mortise::ErrorCode::refused, "my_plugin.not_taken", "the server refuses contacts: " + answer
        );
    }
}

/// Keeps how far it came, and writes on each contact's timeline that something left the house.
void keep(const mortise::Host& host, Mark& mark, const Batch& batch)
{
    mortise::require(host.transact([&](mortise::Work& work) {
        const mortise::Map values{
            {"name", "contacts"},
            {"changed_at", mortise::Instant{batch.end.changed_at}},
            {"contact", batch.end.contact}
        };
        if (mark.record)
            work.update("my_plugin_mark", mark.record, values);
        else
            work.create("my_plugin_mark", values);
        for (const Contact& contact : batch.contacts)
            work.publish("my_plugin.pushed", mortise::Id{contact.id}, {{"version", contact.version}});
    }));
    mark = read_mark(host);
}

} // namespace

mortise::Value push_contacts(const mortise::Host& host, mortise::Job& job)
{
    const mortise::Settings settings = mortise::require(host.settings());
    Request request;
    request.server = settings["server"].text();
    request.encrypted = settings["encrypted"].boolean(true);
    request.path = settings["path"].text();
    request.timeout_ms = static_cast<std::uint32_t>(settings["timeout_seconds"].integer(10)) * 1000;
    if (request.server.empty()) return mortise::Map{{"pushed", 0}};
    if (host.has("mortise.secrets/1")) { // a host that cannot keep secrets yet sends without a token
        if (auto token = mortise::if_found(host.reveal("token"))) // else nobody has set one
            request.token = *std::move(token);
    }

    Mark mark = read_mark(host);
    const auto rows = mortise::require(
        host.query(std::string{"SELECT count(*) AS contacts "} + changed_contacts, mark.parameters())
    );
    const auto total = static_cast<std::uint64_t>(rows.front()["contacts"].integer());
    std::uint64_t done = 0;
    for (Batch batch = read_batch(host, mark); !batch.contacts.empty(); batch = read_batch(host, mark)) {
        for (const Contact& contact : batch.contacts) {
            send(host, contact, request, job);
            job.progress(++done, std::max(done, total));
        }
        keep(host, mark, batch);
    }
    host.log().info(
        "my_plugin.pushed",
        "contacts are up to date on the other side",
        {{"contacts", static_cast<std::int64_t>(done)}}
    );
    return mortise::Map{{"pushed", static_cast<std::int64_t>(done)}};
}

} // namespace my_plugin
