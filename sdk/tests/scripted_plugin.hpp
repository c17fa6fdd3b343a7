#pragma once

/// \file
/// A plugin that each test scripts, on the fake host.

#include "fake_host.hpp"
#include "sample_plugin.hpp"

#include <mortise/plugin.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <utility>
#include <vector>

namespace mortise {

using host::FakeHost;

/// A plugin whose constructor is what a test says.
class Scripted : public Plugin {
public:
    static inline std::function<void(Scripted&)> script; // of the test that runs
    static inline Scripted* last = nullptr;

    explicit Scripted(Host from) : Plugin{std::move(from)}
    {
        last = this;
        if (script) script(*this);
    }
    using Plugin::ask;
    using Plugin::before;
    using Plugin::command;
    using Plugin::job;
    using Plugin::on;
    using Plugin::on_batch;

    void activate() override
    {
        if (fail_activation) fail(ErrorCode::unsupported, "scripted.too_old", "needs a newer host");
    }
    void settings_changed(const Settings& settings) override { limit = settings["limit"].integer(); }
    void answered(std::uint64_t tag, const Result<Value>& answer) override
    {
        answers.emplace_back(tag, answer ? *answer : Value{answer.error().key});
    }
    Id migrate(const Migration& migration, Work& work) override
    {
        if (migration.after.number >= 2) return {};
        const Id next{migration.after.number + 1};
        work.update(
            migration.type, next, {{"seen", std::string{migration.from} + " to " + std::string{migration.to}}}
        );
        return next;
    }

    bool fail_activation{false};
    std::int64_t limit{0};
    std::vector<std::pair<std::uint64_t, Value>> answers;
};

class PluginLayer : public testing::Test {
protected:
    ~PluginLayer() override { Scripted::script = nullptr; } // it refers to the test

    Result<void> open(std::function<void(Scripted&)> script)
    {
        Scripted::script = std::move(script);
        return fake.open(&detail::PluginEntry::open<Scripted>);
    }
    FakeHost::Delivery deliver(std::size_t count = 1)
    {
        const std::vector<mortise_event> events(count, sample_event("contact.created", 11, m_data));
        return fake.deliver("contact.created", events);
    }

    FakeHost fake;

private:
    ValueBlock m_data = *encode_map({{"name", "Ann"}});
};

} // namespace mortise
