#pragma once

/// \file
/// The capability `plugins/segmentation` as it is built, in the real host, with pipelines and orders.

#include "plugins/tests/plugins_fixture.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace mortise::host {

class Segmentation : public PluginsTest {
protected:
    void SetUp() override
    {
        PluginsTest::SetUp();
        if (HasFatalFailure()) return;
        enable_built(MORTISE_BUILT_PLUGINS, "mortise.segmentation");
        enable_built(MORTISE_BUILT_PLUGINS, "mortise.pipelines");
        enable_built(MORTISE_TEST_PLUGINS, "mortise.orders");
        ASSERT_TRUE(call("pipelines.set_up"));
    }

    Id segment(const char* name, Map definition)
    {
        const Value made
            = must("segmentation.create_segment", {{"name", name}, {"definition", std::move(definition)}});
        EXPECT_TRUE(settle());
        return made["segment"].get_or(Id{});
    }
    std::set<std::int64_t> members(Id segment, const char* at = nullptr)
    {
        EXPECT_TRUE(settle());
        Map arguments{{"segment", segment}, {"limit", 1000}};
        if (at) arguments.set("at", at);
        std::set<std::int64_t> ids;
        const Value answer = must("segmentation.members", arguments);
        if (const List* listed = answer["members"].as<List>())
            for (const Value& member : *listed)
                ids.insert(member["contact"].get_or(Id{}).number);
        return ids;
    }
    /// Settles, and lets time pass for what has to be tried again: a contact may be deleted between the look
    /// at it and the commit of its membership.
    bool settle_all()
    {
        return eventually([this] {
            if (!settle() || !settle()) return false; // segments of segments follow one event later
            const auto all = m_dispatcher->status();
            if (std::ranges::none_of(all, [](const SubscriptionStatus& one) { return one.retrying != 0; }))
                return true;
            m_clock.advance(Duration{60'000'000});
            return false;
        });
    }
    std::int64_t size_of(Id segment)
    {
        EXPECT_TRUE(settle());
        return must("segmentation.members", {{"segment", segment}, {"limit", 1}})["count"].get_or(
            std::int64_t{-1}
        );
    }
    std::int64_t matching(const Map& definition)
    {
        return must("segmentation.preview", {{"definition", definition}, {"sample", 0}})["count"].get_or(
            std::int64_t{-1}
        );
    }
    std::int64_t number(const std::string& sql)
    {
        const auto found = rows(sql);
        return found.empty() ? -1 : found[0][0].get_or(std::int64_t{-1});
    }
    Id person(const char* name, Map values = {}) { return create_contact(name, std::move(values))->ids[0]; }
    void set(Id contact, Map values)
    {
        ASSERT_TRUE(change(
            {.operation = Operation::update,
             .type = "contact",
             .id = contact,
             .version = {},
             .values = std::move(values)}
        ));
    }
    void order(Id contact, double total, std::int64_t days_ago = 0)
    {
        const std::int64_t at = m_clock.now().microseconds / 1'000'000 - days_ago * 86'400;
        must(
            "orders.place",
            {{"orders", List{Map{{"contact", contact}, {"at", at}, {"total", total}, {"items", 1}}}}}
        );
    }
    static Map field(const char* name, const char* is, Value value = {})
    {
        Map map{{"field", name}, {"is", is}};
        if (!value.is_null()) map.set("value", std::move(value));
        return map;
    }
    std::string field_of(Id segment, std::string_view name)
    {
        return std::string{PluginsTest::field(segment, name, "segment").text()};
    }
    static Map top(Map says) { return Map{{"top", std::move(says)}}; }
    static Map days(std::int64_t count) { return Map{{"count", count}, {"unit", "day"}}; }
};

} // namespace mortise::host
