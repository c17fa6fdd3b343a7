#pragma once

/// \file
/// The built plugin in the test kit, with what tests of people's work with it need again and again.

#include <mortise/testkit.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

namespace mortise::testkit {

class MailTest : public testing::Test {
protected:
    Value ingest(const std::string& header, const std::string& text = "Hello\n")
    {
        return kit.call("email.ingest", {{"text", header + "\n\n" + text}}).value();
    }
    Id mailbox()
    {
        return kit.call("email.add_mailbox", {{"address", "sales@example.org"}, {"login", "none"}})
            .value()["mailbox"]
            .get_or(Id{});
    }
    Id person(const char* name, const char* address)
    {
        Map fields{{"name", name}, {"kind", "person"}};
        if (address) fields.set("email", address);
        return kit.create("contact", fields).value();
    }
    Value send(Map arguments)
    {
        arguments.set("mailbox", "sales@example.org");
        return kit.call("email.send", arguments).value();
    }
    std::string key_of(Map arguments)
    {
        arguments.set("mailbox", "sales@example.org");
        const auto answer = kit.call("email.send", arguments);
        return answer ? std::string{} : answer.error().key;
    }
    std::string message_id_of(const Value& message)
    {
        return std::string{kit.field("email_message", message.get_or(Id{}), "message_id").text()};
    }
    Id sequence()
    {
        const Id from = mailbox();
        const Id first
            = kit.create(
                     "email_template",
                     {{"name", "first"}, {"subject", "Hello"}, {"body", "Hi {{contact.given_name|there}}"}}
            )
                  .value();
        const Id second
            = kit.create(
                     "email_template",
                     {{"name", "second"}, {"subject", "Again"}, {"body", "Still there, {{contact.name}}?"}}
            )
                  .value();
        const Id made = kit.create("email_sequence", {{"name", "welcome"}, {"mailbox", from}}).value();
        EXPECT_TRUE(kit.create(
            "email_sequence_step",
            {{"sequence", made}, {"position", 1}, {"template", first}, {"wait_hours", 0}}
        ));
        EXPECT_TRUE(kit.create(
            "email_sequence_step",
            {{"sequence", made}, {"position", 2}, {"template", second}, {"wait_hours", 72}}
        ));
        return made;
    }

    /// How often the plugin has read a record by id since the trace was cleared.
    std::uint64_t reads() const
    {
        const auto trace = kit.trace();
        return static_cast<std::uint64_t>(std::ranges::count_if(trace, [](const SeenCall& call) {
            return !call.into_plugin && call.function == "mortise.records/1.get";
        }));
    }

    Kit kit{MORTISE_PLUGIN_FOLDER};
};

} // namespace mortise::testkit
