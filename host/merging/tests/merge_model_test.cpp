// Random operations on contacts and what refers to them, against a model in memory that knows nothing of how
// merging is done: after each merge and unmerge, and at the end, both say the same.
//
//   MORTISE_MERGE_OPERATIONS=1000000   how many; 20,000 without it
//   MORTISE_MERGE_SEED=17              to repeat a run

#include "base/json.hpp"
#include "merging/merging.hpp"
#include "records/tests/scratch_host.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

namespace mortise::host {
namespace {

constexpr const char* plugin_types = R"json([
{ "name": "ticket", "title_field": "title", "fields": [
  { "name": "title", "kind": "text", "label": "Title" },
  { "name": "contact", "kind": "reference", "reference": "contact", "label": "Contact", "indexed": true, "timeline": true },
  { "name": "watcher", "kind": "reference", "reference": "contact", "label": "Watcher", "indexed": true } ] }
])json";

constexpr std::array fields{"job_title", "industry", "source"};

std::uint64_t number_from(const char* name, std::uint64_t otherwise)
{
    const char* given = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nothing here sets it
    return given ? std::strtoull(given, nullptr, 10) : otherwise;
}

struct ModelContact {
    std::array<std::string, fields.size()> values;
    std::array<std::uint64_t, fields.size()> set_at{}; ///< by the model's clock
    std::int64_t merged_into{0};
};

struct ModelTicket {
    std::string title;
    std::array<std::int64_t, 2> contacts{}; ///< contact, watcher; 0: none
    bool deleted{false};
};

/// What a merge wrote, and over what.
struct ModelMerge {
    std::int64_t survivor{0};
    std::vector<std::int64_t> losers;
    std::map<std::size_t, std::pair<std::string, std::string>> values; ///< by field: before, after
    std::map<std::pair<std::int64_t, std::size_t>, std::int64_t> references; ///< (ticket, field): before
    std::set<std::int64_t> records; ///< that it changed
    bool undone{false};
};

class Model {
public:
    std::map<std::int64_t, ModelContact> contacts;
    std::map<std::int64_t, ModelTicket> tickets;
    std::map<std::int64_t, ModelMerge> merges; // in order

    std::int64_t present(std::int64_t contact) const
    {
        while (contacts.at(contact).merged_into != 0)
            contact = contacts.at(contact).merged_into;
        return contact;
    }

    void set(std::int64_t contact, std::size_t field, std::string value)
    {
        ModelContact& one = contacts.at(present(contact));
        if (one.values[field] == value) return;
        one.values[field] = std::move(value);
        one.set_at[field] = ++m_clock;
    }

    void merge(std::int64_t id, std::int64_t survivor, const std::vector<std::int64_t>& losers)
    {
        ModelMerge merge;
        merge.survivor = survivor;
        merge.losers = losers;
        merge.records.insert(losers.begin(), losers.end());
        ModelContact& kept = contacts.at(survivor);
        ++m_clock;
        for (std::size_t field = 0; field < fields.size(); ++field) {
            const ModelContact* latest = kept.values[field].empty() ? nullptr : &kept;
            for (const std::int64_t loser : losers) {
                const ModelContact& other = contacts.at(loser);
                if (!other.values[field].empty() && (!latest || other.set_at[field] > latest->set_at[field]))
                    latest = &other;
            }
            if (!latest || latest->values[field] == kept.values[field]) continue;
            merge.values[field] = {kept.values[field], latest->values[field]};
            kept.values[field] = latest->values[field];
            kept.set_at[field] = m_clock;
            merge.records.insert(survivor);
        }
        for (auto& [ticket, one] : tickets)
            for (std::size_t field = 0; field < one.contacts.size(); ++field)
                if (std::ranges::find(losers, one.contacts[field]) != losers.end()) {
                    merge.references[{ticket, field}] = one.contacts[field];
                    one.contacts[field] = survivor;
                    merge.records.insert(ticket);
                }
        for (const std::int64_t loser : losers)
            contacts.at(loser).merged_into = survivor;
        merges.emplace(id, std::move(merge));
    }

    bool is_blocked(std::int64_t id) const
    {
        const ModelMerge& merge = merges.at(id);
        return std::any_of(merges.upper_bound(id), merges.end(), [&](const auto& later) {
            return !later.second.undone
                && (std::ranges::find(later.second.losers, merge.survivor) != later.second.losers.end()
                    || std::ranges::any_of(later.second.records, [&](std::int64_t record) {
                           return merge.records.contains(record);
                       }));
        });
    }

    void unmerge(std::int64_t id)
    {
        ModelMerge& merge = merges.at(id);
        merge.undone = true;
        ++m_clock;
        ModelContact& kept = contacts.at(merge.survivor);
        for (const auto& [field, values] : merge.values)
            if (kept.values[field] == values.second) {
                kept.values[field] = values.first;
                kept.set_at[field] = m_clock;
            }
        for (const auto& [place, before] : merge.references) {
            std::int64_t& now = tickets.at(place.first).contacts[place.second];
            if (now == merge.survivor) now = before;
        }
        for (const std::int64_t loser : merge.losers)
            contacts.at(loser).merged_into = 0;
    }

private:
    std::uint64_t m_clock{0};
};

class RandomRun {
public:
    explicit RandomRun(std::uint64_t seed)
        : m_random{seed},
          m_merging{*m_host.database, *m_host.writer, *m_host.records, m_host.clock}
    {
    }

    void open()
    {
        const auto types = parse_type_declarations(*parse_json(plugin_types, "types"), "", "");
        ASSERT_TRUE(types);
        ASSERT_TRUE(m_merging.open());
        ASSERT_TRUE(m_host.records->declare("com.test", *types));
        m_contact_type = m_host.records->schema()->find("contact");
        m_ticket_type = m_host.records->schema()->find("ticket");
    }

    void step()
    {
        m_host.clock.advance(Duration{1});
        const std::uint64_t what = below(100);
        if (m_contacts.size() < 4 || what < 6)
            create_contact();
        else if (what < 32)
            update_contact();
        else if (what < 50)
            create_ticket();
        else if (what < 68)
            update_ticket();
        else if (what < 72)
            remove_or_restore_ticket();
        else if (what < 84)
            merge();
        else
            unmerge();
    }

    /// Compares all that there is and turns to new contacts and tickets: merging for ever would end in one
    /// contact that has everything.
    void start_anew()
    {
        compare_all();
        m_model = {};
        m_contacts.clear();
        m_tickets.clear();
        m_open.clear();
    }

    void compare_all()
    {
        for (const auto& [id, contact] : m_model.contacts)
            compare_contact(id, contact);
        for (const auto& [id, ticket] : m_model.tickets)
            compare_ticket(id, ticket);
    }

    std::size_t merges{0};
    std::size_t unmerges{0};
    std::size_t blocked{0};

private:
    std::uint64_t below(std::uint64_t end)
    {
        return std::uniform_int_distribution<std::uint64_t>{0, end - 1}(m_random);
    }

    std::int64_t any(const std::vector<std::int64_t>& ids) { return ids[below(ids.size())]; }
    std::int64_t any_contact() { return any(m_contacts); }

    Commit commit(Operation operation, const char* type, std::int64_t id, Map values)
    {
        auto done = m_host.commit(
            {.operation = operation, .type = type, .id = Id{id}, .version = {}, .values = std::move(values)}
        );
        EXPECT_TRUE(done) << done.error().where << ": " << done.error().message;
        return done ? *std::move(done) : Commit{};
    }

    void create_contact()
    {
        ModelContact contact;
        const Commit done = commit(Operation::create, "contact", 0, {{"name", "Someone"}});
        m_contacts.push_back(done.ids.front().number);
        m_model.contacts.emplace(m_contacts.back(), contact);
    }

    void update_contact()
    {
        const std::int64_t id = any_contact();
        const std::size_t field = below(fields.size());
        std::string value = below(5) == 0 ? "" : "value " + std::to_string(below(6));
        commit(Operation::update, "contact", id, {{fields[field], value.empty() ? Value{} : Value{value}}});
        m_model.set(id, field, std::move(value));
    }

    void create_ticket()
    {
        ModelTicket ticket;
        ticket.title = "ticket " + std::to_string(below(100));
        Map values{{"title", ticket.title}};
        for (std::size_t field = 0; field < 2; ++field)
            if (below(4) != 0) point(ticket, field, values);
        const Commit done = commit(Operation::create, "ticket", 0, std::move(values));
        m_tickets.push_back(done.ids.front().number);
        m_model.tickets.emplace(m_tickets.back(), std::move(ticket));
    }

    /// By an id that may be old.
    void point(ModelTicket& ticket, std::size_t field, Map& values)
    {
        const std::int64_t contact = any_contact();
        values.set(field == 0 ? "contact" : "watcher", Id{contact});
        ticket.contacts[field] = m_model.present(contact);
    }

    void update_ticket()
    {
        if (m_tickets.empty()) return;
        const std::int64_t id = any(m_tickets);
        ModelTicket& ticket = m_model.tickets.at(id);
        if (ticket.deleted) return;
        Map values;
        if (below(2) == 0)
            values.set("title", ticket.title = "ticket " + std::to_string(below(100)));
        else if (const std::size_t field = below(2); below(4) == 0) {
            values.set(field == 0 ? "contact" : "watcher", Value{});
            ticket.contacts[field] = 0;
        } else
            point(ticket, field, values);
        commit(Operation::update, "ticket", id, std::move(values));
    }

    void remove_or_restore_ticket()
    {
        if (m_tickets.empty()) return;
        const std::int64_t id = any(m_tickets);
        ModelTicket& ticket = m_model.tickets.at(id);
        commit(ticket.deleted ? Operation::restore : Operation::remove, "ticket", id, {});
        ticket.deleted = !ticket.deleted;
    }

    void merge()
    {
        const std::int64_t survivor = m_model.present(any_contact());
        std::set<std::int64_t> losers;
        for (std::uint64_t i = below(3) + 1; i > 0; --i)
            losers.insert(m_model.present(any_contact()));
        losers.erase(survivor);
        if (losers.empty()) return;
        MergeRequest request;
        request.survivor = Id{survivor};
        for (const std::int64_t loser : losers)
            request.losers.push_back(Id{loser});
        const auto merged = m_merging.merge(ScratchHost::system(), request);
        ASSERT_TRUE(merged) << merged.error().where << ": " << merged.error().message;
        m_model.merge(merged->merge.number, survivor, {losers.begin(), losers.end()});
        m_open.push_back(merged->merge.number);
        ++merges;
        compare_merge(merged->merge.number);
    }

    void unmerge()
    {
        if (m_open.empty()) return;
        const std::size_t place = below(3) == 0
            ? below(m_open.size())
            : m_open.size() - 1 - below(std::min<std::size_t>(m_open.size(), 8));
        const std::int64_t id = m_open[place];
        const auto undone = m_merging.unmerge(ScratchHost::system(), Id{id});
        if (m_model.is_blocked(id)) {
            ASSERT_FALSE(undone) << "merge " << id;
            ASSERT_EQ(undone.error().key, "merge.in_the_way");
            ++blocked;
            return;
        }
        ASSERT_TRUE(undone) << undone.error().where << ": " << undone.error().message;
        m_model.unmerge(id);
        m_open.erase(m_open.begin() + static_cast<std::ptrdiff_t>(place));
        ++unmerges;
        compare_merge(id);
    }

    void compare_merge(std::int64_t id)
    {
        const ModelMerge& merge = m_model.merges.at(id);
        compare_contact(merge.survivor, m_model.contacts.at(merge.survivor));
        for (const std::int64_t loser : merge.losers)
            compare_contact(loser, m_model.contacts.at(loser));
        for (const auto& [place, before] : merge.references)
            compare_ticket(place.first, m_model.tickets.at(place.first));
    }

    void compare_contact(std::int64_t id, const ModelContact& contact)
    {
        const auto row = m_host.records->get(Principal::system(), "contact", Id{id});
        ASSERT_TRUE(row) << row.error().message;
        ASSERT_EQ(row->id.number, m_model.present(id)) << "contact " << id;
        if (contact.merged_into != 0) return;
        for (std::size_t field = 0; field < fields.size(); ++field)
            ASSERT_EQ(value_of(*m_contact_type, *row, fields[field]).text(), contact.values[field])
                << "contact " << id << ", " << fields[field];
    }

    void compare_ticket(std::int64_t id, const ModelTicket& ticket)
    {
        const auto row = m_host.records->get(Principal::system(), "ticket", Id{id}, true);
        ASSERT_TRUE(row) << row.error().message;
        ASSERT_EQ(row->is_deleted(), ticket.deleted) << "ticket " << id;
        ASSERT_EQ(value_of(*m_ticket_type, *row, "title").text(), ticket.title) << "ticket " << id;
        ASSERT_EQ(value_of(*m_ticket_type, *row, "contact").get_or(Id{}).number, ticket.contacts[0])
            << "ticket " << id;
        ASSERT_EQ(value_of(*m_ticket_type, *row, "watcher").get_or(Id{}).number, ticket.contacts[1])
            << "ticket " << id;
    }

    std::mt19937_64 m_random;
    ScratchHost m_host;
    Merging m_merging;
    TypePointer m_contact_type;
    TypePointer m_ticket_type;
    Model m_model;
    std::vector<std::int64_t> m_contacts;
    std::vector<std::int64_t> m_tickets;
    std::vector<std::int64_t> m_open;
};

TEST(MergeModel, RandomOperationsAgree)
{
    const std::uint64_t seed = number_from("MORTISE_MERGE_SEED", std::random_device{}());
    const std::uint64_t operations = number_from("MORTISE_MERGE_OPERATIONS", 20'000);
    SCOPED_TRACE("MORTISE_MERGE_SEED=" + std::to_string(seed));
    RandomRun run{seed};
    run.open();
    for (std::uint64_t i = 0; i < operations && !testing::Test::HasFailure(); ++i) {
        if (i % 1000 == 999) run.start_anew();
        run.step();
    }
    run.compare_all();
    std::printf(
        "seed %llu: %llu operations, %zu merges, %zu undone, %zu rightly refused\n",
        static_cast<unsigned long long>(seed),
        static_cast<unsigned long long>(operations),
        run.merges,
        run.unmerges,
        run.blocked
    );
    EXPECT_GT(run.merges, 0U);
}

} // namespace
} // namespace mortise::host
