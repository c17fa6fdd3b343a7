#pragma once

/// \file
/// The built plugin in the test kit, with what tests of people's work with it need again and again.

#include <mortise/currency.hpp>
#include <mortise/testkit.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace mortise::testkit {

class SalesTest : public testing::Test {
protected:
    Value must(std::string_view command, Map arguments = {})
    {
        auto answer = kit.call(command, std::move(arguments));
        EXPECT_TRUE(answer) << command;
        return answer ? answer.value() : Value{};
    }
    std::string refusal(std::string_view command, Map arguments)
    {
        const auto answer = kit.call(command, std::move(arguments));
        return answer ? "it was done" : answer.error().key;
    }
    Id make(std::string_view type, Map fields) { return kit.create(type, std::move(fields)).value(); }
    Id deal(Map fields = {})
    {
        if (fields["name"].is_null()) fields.set("name", "Deal");
        return make("opportunity", std::move(fields));
    }
    Id stage(std::string_view name) const
    {
        return kit.list("stage", {{"name", name}}).at(0)["id"].get_or(Id{});
    }
    Value of(std::string_view type, Id id, std::string_view field) const
    {
        return kit.field(type, id, field);
    }
    static Value dollars(std::int64_t cents) { return Money{cents, 840, 2}; }
    static std::int64_t minor(const Value& money) { return money.get_or(Money{}).minor; }
    static const Value& item(const Value& list, std::size_t index) { return list.as<List>()->at(index); }
    static std::size_t size(const Value& list) { return list.as<List>()->size(); }

    Kit kit{MORTISE_PLUGIN_FOLDER};
};

} // namespace mortise::testkit
