#pragma once

/// \file
/// A host with merging, consents and types of a plugin that refer to contacts.

#include "base/json.hpp"
#include "commands/registry.hpp"
#include "consent/consent_book.hpp"
#include "events/event_log.hpp"
#include "merging/merge_commands.hpp"
#include "merging/merging.hpp"
#include "records/tests/scratch_host.hpp"

#include <boost/json/value.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mortise::host {

inline constexpr const char* plugin_types = R"json([
{ "name": "incident", "title_field": "title", "fields": [
  { "name": "title", "kind": "text", "label": "Title" },
  { "name": "contact", "kind": "reference", "reference": "contact", "label": "Contact", "indexed": true, "timeline": true },
  { "name": "watcher", "kind": "reference", "reference": "contact", "label": "Watcher" } ] },
{ "name": "account", "title_field": "programme", "fields": [
  { "name": "programme", "kind": "text", "label": "Programme" },
  { "name": "contact", "kind": "reference", "reference": "contact", "label": "Contact", "indexed": true } ],
  "constraints": [{ "name": "one_account", "unique": ["programme", "contact"] }] },
{ "name": "booking", "title_field": "text", "fields": [
  { "name": "text", "kind": "text", "label": "Text" },
  { "name": "account", "kind": "reference", "reference": "account", "label": "Account", "indexed": true } ] }
])json";

class MergingTest : public testing::Test {
protected:
    MergingTest()
        : m_merging{*m_host.database, *m_host.writer, *m_host.records, m_host.clock},
          m_log{*m_host.database}
    {
    }

    void SetUp() override
    {
        const auto opened = m_merging.open();
        ASSERT_TRUE(opened) << opened.error().message;
        const auto types = parse_type_declarations(*parse_json(plugin_types, "types"), "", "");
        ASSERT_TRUE(types) << types.error().message;
        ASSERT_TRUE(m_host.records->declare("com.test", *types));
        m_consents
            = std::make_unique<ConsentBook>(*m_host.database, *m_host.writer, *m_host.records, m_host.clock);
        const auto consents = m_consents->open();
        ASSERT_TRUE(consents) << consents.error().where << ": " << consents.error().message;
        ASSERT_TRUE(m_log.open());
        ASSERT_TRUE(add_merge_commands(m_commands, m_merging));
    }

    Id make(const char* type, Map values)
    {
        const auto made = m_host.create(type, std::move(values));
        EXPECT_TRUE(made) << made.error().where << ": " << made.error().message;
        return made ? made->ids.front() : Id{};
    }
    void update(const char* type, Id id, Map values)
    {
        const auto done = m_host.commit(
            {.operation = Operation::update,
             .type = type,
             .id = id,
             .version = {},
             .values = std::move(values)}
        );
        EXPECT_TRUE(done) << done.error().where << ": " << done.error().message;
    }
    void remove(const char* type, Id id)
    {
        EXPECT_TRUE(m_host.commit(
            {.operation = Operation::remove, .type = type, .id = id, .version = {}, .values = {}}
        ));
    }
    Row row(const char* type, Id id, bool with_deleted = false)
    {
        auto found = m_host.records->get(Principal::system(), type, id, with_deleted);
        EXPECT_TRUE(found) << found.error().message;
        return found ? *std::move(found) : Row{};
    }
    Value value(const char* type, Id id, const char* field)
    {
        return value_of(*m_host.records->schema()->find(type), row(type, id, true), field);
    }
    std::size_t count(const char* type, const char* field, Id id)
    {
        const auto found = m_host.records->find(Principal::system(), type, field, id, 1000);
        EXPECT_TRUE(found);
        return found->size();
    }
    Result<MergeOutcome> try_merge(Id survivor, std::vector<Id> losers, FieldTakes takes = {})
    {
        MergeRequest request;
        request.survivor = survivor;
        request.losers = std::move(losers);
        request.takes = std::move(takes);
        return m_merging.merge(ScratchHost::system(), request);
    }
    Id merge(Id survivor, std::vector<Id> losers, FieldTakes takes = {})
    {
        const auto merged = try_merge(survivor, std::move(losers), std::move(takes));
        EXPECT_TRUE(merged) << merged.error().where << ": " << merged.error().message;
        return merged ? merged->merge : Id{};
    }
    UnmergePlan unmerge(Id merge)
    {
        auto done = m_merging.unmerge(ScratchHost::system(), merge);
        EXPECT_TRUE(done) << done.error().where << ": " << done.error().message;
        return done ? std::move(done->plan) : UnmergePlan{};
    }
    /// Everything that can be read, but for versions and times.
    std::map<std::string, std::string> dump()
    {
        std::map<std::string, std::string> all;
        for (const TypePointer& type : m_host.records->schema()->types()) {
            if (type->name == "merge") continue;
            for (const bool deleted : {false, true}) {
                const auto page = m_host.records->list(
                    Principal::system(), type->name, {.limit = 1000, .deleted = deleted}
                );
                EXPECT_TRUE(page);
                for (const Row& each : page->rows) {
                    Map map = map_of(*type, each);
                    for (const char* field : {"version", "updated_at"})
                        map.erase(field);
                    all[type->name + std::to_string(each.id.number)] = json_text(Value{map});
                }
            }
        }
        return all;
    }
    ScratchHost m_host;
    Merging m_merging;
    EventLog m_log;
    CommandRegistry m_commands;
    std::unique_ptr<ConsentBook> m_consents;
};

} // namespace mortise::host
