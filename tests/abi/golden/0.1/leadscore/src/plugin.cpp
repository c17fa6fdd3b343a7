#include "score_rules.hpp"

#include <mortise/plugin.hpp>

#include <map>
#include <utility>
#include <vector>

namespace {

// [plugin]
class LeadScore : public mortise::Plugin {
public:
    explicit LeadScore(mortise::Host given) : mortise::Plugin{std::move(given)}
    {
        before("contact.delete", keep_hot_contacts);
        before("leadscore_note.create", weigh_note);
        on_batch("score", [this](const mortise::Events& events, mortise::Work& work) {
            score(events, work);
        });
        command("leadscore.record", [this](const mortise::Arguments& arguments, mortise::Work& work) {
            return record(arguments, work);
        });
        command("leadscore.cool_down", [](const mortise::Arguments&, mortise::Work& work) {
            work.start("cool_down", {}, {.key = "cool_down"});
        });
        job("cool_down", [this](mortise::Job& running) { return cool_down(running); });
    }
    // [/plugin]

    // [migrate]
    mortise::Id migrate(const mortise::Migration& migration, mortise::Work& work) override
    {
        if (migration.type != "leadscore_note") return {};
        const mortise::Rows notes = mortise::require(host().query(
            "SELECT id, points FROM leadscore_note WHERE id > :after AND weight IS NULL ORDER BY id LIMIT "
            "500",
            mortise::Map{{"after", migration.after}}
        ));
        mortise::Id last;
        for (const mortise::Row note : notes) {
            last = note["id"].id();
            work.update("leadscore_note", last, {{"weight", weight(note["points"].integer())}});
        }
        return last; // 0 when no note is left: done
    }
    // [/migrate]

private:
    static const char* weight(std::int64_t points) { return points > 20 || points < -20 ? "large" : "small"; }

    // [delete-hook]
    static void
    keep_hot_contacts(const mortise::Settings& settings, mortise::Reader&, mortise::Draft& contact)
    {
        if (contact.before()["leadscore_points"].integer() >= settings["hot_from"].integer())
            contact.refuse("leadscore_points", "leadscore.hot", "a hot contact is not deleted");
    }
    // [/delete-hook]

    // [amend-hook]
    static void weigh_note(const mortise::Settings&, mortise::Reader&, mortise::Draft& note)
    {
        note.set("weight", weight(note["points"].integer()));
    }
    // [/amend-hook]

    // [command]
    mortise::Value record(const mortise::Arguments& arguments, mortise::Work& work) const
    {
        const mortise::Id contact = arguments.id("contact");
        mortise::require(host().get("contact", contact, {"id"})); // not_found if there is none
        const std::string_view activity = arguments["activity"].text();
        work.publish("leadscore.activity", contact, {{"activity", activity}});
        return mortise::Map{{"points", leadscore::points_of(activity)}};
    }
    // [/command]

    // [handler]
    void score(const mortise::Events& events, mortise::Work& work) const
    {
        // What is staged in `work` cannot be read yet: gather first, write each contact once.
        std::map<mortise::Id, std::vector<Entry>> earned;
        for (const mortise::Event event : events)
            if (const std::int64_t points = points_of(event); points != 0 && !has_counted(event))
                earned[contact_of(event)].push_back({number_of(event), points});
        const std::int64_t hot = hot_from();
        for (const auto& [id, entries] : earned) {
            const auto contact = mortise::if_found(host().get("contact", id, {"leadscore_points"}));
            if (!contact) continue; // deleted meanwhile; any other error is thrown, and the batch comes again
            std::int64_t sum = (*contact)["leadscore_points"].integer();
            for (const auto& [event, points] : entries) {
                sum += points;
                work.create("leadscore_entry", {{"contact", id}, {"event", event}, {"points", points}});
            }
            work.update(
                "contact",
                id,
                {{"leadscore_points", sum}, {"leadscore_temperature", leadscore::temperature(sum, hot)}},
                contact->version() // a change in between makes the host run this batch again
            );
        }
    }
    // [/handler]

    // [again]
    struct Entry {
        std::int64_t event;
        std::int64_t points;
    };

    static std::int64_t number_of(const mortise::Event& event)
    {
        return static_cast<std::int64_t>(event.sequence());
    }

    /// An event may come again. Its entry, in which its number is unique, tells that it has counted.
    bool has_counted(const mortise::Event& event) const
    {
        return !mortise::require(host().find("leadscore_entry", "event", number_of(event))).empty();
    }
    // [/again]

    // [settings]
    std::int64_t hot_from() const
    {
        const mortise::Settings settings = mortise::require(host().settings());
        return settings["hot_from"].integer();
    }
    // [/settings]

    // [event]
    static mortise::Id contact_of(const mortise::Event& event)
    {
        return event.subject_type() == "contact" ? event.subject() : event.links()["contact"].id();
    }

    static std::int64_t points_of(const mortise::Event& event)
    {
        if (event.type() == "leadscore.activity") return leadscore::points_of(event["activity"].text());
        if (event.type() == "leadscore_note.created") return event["record"]["points"].integer();
        return event.type() == "opportunity.won" ? 30 : 10;
    }
    // [/event]

    // [job]
    mortise::Value cool_down(mortise::Job& running) const
    {
        std::int64_t done = 0;
        mortise::Id last;
        const std::int64_t hot = hot_from();
        for (;;) {
            running.stop_if_cancelled();
            const mortise::Rows rows = mortise::require(host().query(
                "SELECT id, leadscore_points FROM contact WHERE leadscore_points > 0 AND id > :last "
                "ORDER BY id LIMIT 200",
                mortise::Map{{"last", last}}
            ));
            if (rows.empty()) break;
            mortise::require(host().transact([&](mortise::Work& work) {
                for (const mortise::Row row : rows) {
                    const std::int64_t points = leadscore::cooled(row["leadscore_points"].integer());
                    last = row["id"].id();
                    work.update(
                        "contact",
                        last,
                        {{"leadscore_points", points},
                         {"leadscore_temperature", leadscore::temperature(points, hot)}}
                    );
                }
            }));
            done += static_cast<std::int64_t>(rows.size());
            running.progress(static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(done));
        }
        log().info("leadscore.cooled", "every score is a tenth lower", {{"contacts", done}});
        return mortise::Map{{"contacts", done}};
    }
    // [/job]
};

} // namespace

// [export]
MORTISE_PLUGIN(LeadScore)
// [/export]
