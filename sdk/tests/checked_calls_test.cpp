#include "fake_host.hpp"
#include "sample_plugin.hpp"

#include <mortise/value_block.hpp>

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

// The generated checks, called as a plugin in C would call them.

namespace mortise::host {
namespace {

using namespace std::string_view_literals;

mortise_text text_of(std::string_view text)
{
    return {text.data(), text.size()};
}

class CheckedCalls : public testing::Test {
protected:
    template <class Table>
    const Table& table(std::string_view id)
    {
        const mortise_interface* found = nullptr;
        EXPECT_EQ(host.root()->query(host.self(), text_of(id), &found, &error), MORTISE_OK) << id;
        return *reinterpret_cast<const Table*>(found);
    }

    FakeHost host;
    mortise_error error = new_error();
    mortise_sink ignore{nullptr, [](void*, mortise_tree) noexcept -> mortise_status { return MORTISE_OK; }};
};

TEST_F(CheckedCalls, GiveTablesByIdOnly)
{
    const mortise_interface* found = nullptr;
    EXPECT_EQ(host.root()->query(host.self(), text_of("mortise.log/1"), &found, nullptr), MORTISE_OK);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->size, sizeof(mortise_log));
    for (const std::string_view id :
         {"mortise.log/2"sv, "mortise.log/1 "sv, "mortise.log"sv, ""sv, "mortise.log/1\0"sv}) {
        EXPECT_EQ(host.root()->query(host.self(), text_of(id), &found, &error), MORTISE_E_UNSUPPORTED);
        EXPECT_EQ(found, nullptr);
    }
}

TEST_F(CheckedCalls, RefuseAStaleIdentity)
{
    const auto& log = table<mortise_log>(MORTISE_LOG_ID);
    EXPECT_EQ(log.write(1, 2, text_of("k"), text_of("m"), {}, &error), MORTISE_E_REVOKED);
    EXPECT_EQ(log.write(host.self(), 2, text_of("k"), text_of("m"), {}, &error), MORTISE_OK);
    ASSERT_EQ(host.lines.size(), 1U);
    EXPECT_EQ(host.lines[0].message, "m");
}

TEST_F(CheckedCalls, RefuseTheWrongThread)
{
    const auto& records = table<mortise_records>(MORTISE_RECORDS_ID);
    std::uint64_t work = 0;
    host.thread = thread_hook;
    EXPECT_EQ(records.begin(host.self(), nullptr, &work, &error), MORTISE_E_THREAD);
    EXPECT_EQ(to_error(MORTISE_E_THREAD, error).where, "mortise.records/1.begin");
    EXPECT_EQ(records.reserve(host.self(), 1, &work, &error), MORTISE_OK) << "any means any";
    host.thread = thread_job;
    EXPECT_EQ(records.begin(host.self(), nullptr, &work, &error), MORTISE_OK);
    EXPECT_EQ(records.bind_hook(host.self(), text_of("x"), 1, &error), MORTISE_E_THREAD);
}

TEST_F(CheckedCalls, RefuseNullWhereSomethingIsNeeded)
{
    host.thread = thread_strand;
    const auto& records = table<mortise_records>(MORTISE_RECORDS_ID);
    EXPECT_EQ(records.reserve(host.self(), 1, nullptr, &error), MORTISE_E_NULL);
    EXPECT_EQ(to_error(MORTISE_E_NULL, error).where, "first");
    EXPECT_EQ(records.stage(host.self(), 1, nullptr, 1, &error), MORTISE_E_NULL);
    const std::uint64_t id = 1;
    EXPECT_EQ(records.get(host.self(), text_of("t"), nullptr, 1, {}, ignore, &error), MORTISE_E_NULL);
    EXPECT_EQ(records.get(host.self(), text_of("t"), &id, 1, {}, {nullptr, nullptr}, &error), MORTISE_E_NULL);
    EXPECT_EQ(records.get(host.self(), {nullptr, 3}, &id, 1, {}, ignore, nullptr), MORTISE_E_NULL);
    EXPECT_EQ(records.get(host.self(), text_of("t"), &id, 1, {}, ignore, nullptr), MORTISE_OK);
}

TEST_F(CheckedCalls, RefuseBrokenTextAndValues)
{
    host.thread = thread_strand;
    const auto& commands = table<mortise_commands>(MORTISE_COMMANDS_ID);
    const ValueBlock block = *encode_map({{"a", "text"}});
    EXPECT_EQ(commands.post(host.self(), text_of("\xFF"), {}, nullptr, 0, &error), MORTISE_E_INVALID);
    EXPECT_EQ(
        commands.post(host.self(), text_of("c"), {block.tree().root, 24}, nullptr, 0, &error),
        MORTISE_E_INVALID
    );
    EXPECT_EQ(to_error(MORTISE_E_INVALID, error).where, "arguments");
    mortise_call_options options{sizeof options, 0, text_of("a\0b"sv), 0, 0, 0, {}};
    EXPECT_EQ(commands.post(host.self(), text_of("c"), block.tree(), &options, 0, &error), MORTISE_E_INVALID);
    EXPECT_EQ(to_error(MORTISE_E_INVALID, error).where, "key");
    options.key = {};
    options.size = 8;
    EXPECT_EQ(commands.post(host.self(), text_of("c"), block.tree(), &options, 0, &error), MORTISE_E_SIZE);
    options.size = sizeof options;
    EXPECT_EQ(commands.post(host.self(), text_of("c"), block.tree(), &options, 0, &error), MORTISE_OK);
}

TEST_F(CheckedCalls, RefuseItemsThatDiffer)
{
    host.thread = thread_strand;
    const auto& records = table<mortise_records>(MORTISE_RECORDS_ID);
    std::uint64_t work = 0;
    ASSERT_EQ(records.begin(host.self(), nullptr, &work, &error), MORTISE_OK);
    const ValueBlock values = *encode_map({{"a", 1}});
    std::vector<mortise_operation> operations(2);
    for (mortise_operation& operation : operations)
        operation = {sizeof operation, MORTISE_OPERATION_UPDATE, text_of("t"), 1, 0, values.tree()};
    EXPECT_EQ(records.stage(host.self(), work, operations.data(), 2, &error), MORTISE_OK);
    operations[1].size += 8;
    EXPECT_EQ(records.stage(host.self(), work, operations.data(), 2, &error), MORTISE_E_SIZE);
    operations[1].size -= 8;
    operations[1].values.bytes -= 8;
    EXPECT_EQ(records.stage(host.self(), work, operations.data(), 2, &error), MORTISE_E_INVALID);
    EXPECT_EQ(host.open_units[work].size(), 2U) << "nothing of a refused call was staged";
    EXPECT_EQ(records.stage(host.self(), work, operations.data(), 10'001, &error), MORTISE_E_LIMIT);
}

TEST_F(CheckedCalls, NoticeWhatAPluginDoesNotOffer)
{
    host.table() = {};
    host.table().head.size = sizeof(mortise_plugin);
    EXPECT_EQ(IntoPlugin<FakeGuard>::activate(host, error), MORTISE_E_UNSUPPORTED);
    // An older plugin's table ends earlier; what lies behind is not looked at.
    host.table().migrate = [](void*,
                              mortise_text,
                              mortise_text,
                              mortise_text,
                              std::uint64_t,
                              std::uint64_t,
                              std::uint64_t*,
                              mortise_error*) noexcept -> mortise_status { return MORTISE_OK; };
    std::uint64_t next = 0;
    EXPECT_EQ(IntoPlugin<FakeGuard>::migrate(host, {}, {}, {}, 1, 0, next, error), MORTISE_OK);
    host.table().head.size = offsetof(mortise_plugin, migrate);
    EXPECT_EQ(IntoPlugin<FakeGuard>::migrate(host, {}, {}, {}, 1, 0, next, error), MORTISE_E_UNSUPPORTED);
}

TEST_F(CheckedCalls, BelieveNoForgedStatusAndNoBrokenValue)
{
    host.table() = {};
    host.table().head.size = sizeof(mortise_plugin);
    host.table().quiesce = [](void*, mortise_error*) noexcept -> mortise_status { return MORTISE_E_CRASHED; };
    EXPECT_EQ(IntoPlugin<FakeGuard>::quiesce(host, error), MORTISE_E_INVALID);

    host.table().on_job = [](void*,
                             std::uint64_t,
                             const mortise_context*,
                             std::uint64_t,
                             mortise_tree arguments,
                             mortise_sink result,
                             mortise_error*) noexcept -> mortise_status {
        result.write(result.context, {arguments.root, 8});
        return MORTISE_OK;
    };
    const ValueBlock block = *encode_map({{"a", 1}});
    EXPECT_EQ(
        IntoPlugin<FakeGuard>::on_job(
            host, 1, FakeHost::context_of_call(false), 1, block.tree(), ignore, error
        ),
        MORTISE_E_INVALID
    );
    EXPECT_EQ(to_error(MORTISE_E_INVALID, error).where, "result");
}

} // namespace
} // namespace mortise::host
