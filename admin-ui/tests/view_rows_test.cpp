#include "base/json_read.hpp"
#include "tests/demo_world.hpp"
#include "tests/test_console.hpp"
#include "views/view_rows.hpp"

namespace mortise::ui::testing {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

TEST(RelativeTime, SaysHowLongAgoOrInHowLong)
{
    const Clock::Wall now = std::chrono::sys_days{std::chrono::year{2026} / 11 / 26} + std::chrono::hours{12};
    EXPECT_EQ(relative_time_text("2026-11-26T11:57:00.5Z", now), "3 min ago");
    EXPECT_EQ(relative_time_text("2026-11-26T14:00:00Z", now), "in 2 h");
    EXPECT_EQ(relative_time_text("2026-11-26T12:00:01Z", now), "now");
    EXPECT_EQ(relative_time_text("2026-01-02T03:04:05Z", now), "2026-01-02 03:04");
    EXPECT_EQ(relative_time_text("2026-13-45T03:04:05Z", now), time_text("2026-13-45T03:04:05Z"));
    EXPECT_EQ(relative_time_text("never", now), time_text("never"));
}

TEST(ToneOfWord, KnowsGoodNewsFromBadAndSaysNothingOfOthers)
{
    EXPECT_EQ(tone_of_word("failing"), Tone::danger);
    EXPECT_EQ(tone_of_word("good"), Tone::positive);
    EXPECT_EQ(tone_of_word("retrying"), Tone::warning);
    EXPECT_EQ(tone_of_word("in"), Tone::neutral);
}

/// A table of mailboxes as the e-mail plugin declares one.
class Mailboxes : public ::testing::Test {
protected:
    void SetUp() override
    {
        make_world(script);
        script.answer(
            "views.list",
            object{
                {"views",
                 array{object{
                     {"name", "email.health"},
                     {"kind", "table"},
                     {"title", "Sync health"},
                     {"source", {{"query", "email.mailbox_health"}}},
                     {"columns",
                      array{
                          object{{"field", "mailbox"}, {"format", "link"}, {"width", 2}},
                          object{{"field", "state"}, {"format", "badge"}},
                          object{{"field", "detail"}, {"width", 1}}
                      }},
                     {"actions",
                      array{
                          object{
                              {"command", "email.sync_mailbox"}, {"arguments", {{"mailbox", "{mailbox}"}}}
                          },
                          object{
                              {"command", "email.resume"},
                              {"arguments", {{"mailbox", "{mailbox}"}}},
                              {"when", {{"state", "off"}}}
                          }
                      }},
                     {"plugin", "mortise.email"}
                 }}},
                {"queries",
                 array{object{
                     {"name", "email.mailbox_health"},
                     {"sql", "SELECT id, mailbox FROM mailboxes"},
                     {"columns",
                      array{
                          object{{"name", "id"}, {"kind", "id"}, {"reference", "mailbox"}},
                          object{{"name", "mailbox"}, {"kind", "text"}, {"label", "Address"}},
                          object{
                              {"name", "state"},
                              {"kind", "text"},
                              {"label", "Reading"},
                              {"field", "mailbox.sync_state"}
                          },
                          object{{"name", "detail"}, {"kind", "text"}, {"label", "What went wrong"}}
                      }}
                 }}}
            }
        );
        script.answer(
            "types.list",
            object{
                {"types",
                 array{object{
                     {"name", "mailbox"},
                     {"plural", "mailboxes"},
                     {"fields",
                      array{object{
                          {"name", "sync_state"},
                          {"kind", "enum"},
                          {"options", array{"good", "failing"}},
                          {"option_labels", object{{"failing", "Cannot be read"}}}
                      }}}
                 }}}
            }
        );
        script.answer(
            "commands.list",
            object{
                {"commands",
                 array{
                     object{
                         {"name", "email.sync_mailbox"},
                         {"title", "Read mailbox now"},
                         {"effect", "write"},
                         {"arguments",
                          {{"type", "object"}, {"properties", {{"mailbox", {{"type", "string"}}}}}}}
                     },
                     object{{"name", "email.resume"}, {"title", "Read it again"}, {"effect", "write"}}
                 }}
            }
        );
        script.send_parts("query.run", [](const object& params) {
            std::vector<value> parts;
            if (text_at(value(params), "sql").find("mailboxes") == std::string::npos) return parts;
            object part;
            array columns;
            for (const char* const name : {"id", "mailbox", "state", "detail"})
                columns.push_back(object{{"name", name}});
            part["columns"] = std::move(columns);
            array rows;
            rows.push_back(array{value(7), value("a@firm.example"), value("good"), value(nullptr)});
            rows.push_back(array{
                value(8),
                value("b@firm.example"),
                value("failing"),
                value("nobody has given mortise.email the secret \"passwords\" yet: give it in the settings")
            });
            part["rows"] = std::move(rows);
            parts.emplace_back(std::move(part));
            return parts;
        });
        console.emplace([this] { return script.connect(); });
        console->open("view/email.health");
    }

    Script script;
    std::optional<TestConsole> console;
};

TEST_F(Mailboxes, AreActedUponByKeyWithTheRowThatIsPointedAt)
{
    console->press(Key::down);
    console->press(static_cast<Key>('1'));
    console->settle();
    const value params(script.last_params("commands.call"));
    EXPECT_EQ(text_at(params, "name"), "email.sync_mailbox");
    EXPECT_EQ(text_at(at(params, "arguments"), "mailbox"), "b@firm.example");
    EXPECT_EQ(console->clicks(), 0);
}

TEST_F(Mailboxes, SayOptionsByTheirLabels)
{
    EXPECT_TRUE(console->sees("Cannot be read")) << console->all_seen();
    EXPECT_FALSE(console->sees("failing"));
}

TEST_F(Mailboxes, OfferOnlyWhatFitsTheRow)
{
    EXPECT_TRUE(console->has_control("Read mailbox now")) << console->all_seen();
    EXPECT_TRUE(console->sees("Read it again"));
    EXPECT_FALSE(console->has_control("Read it again"));
}

TEST_F(Mailboxes, TellInFullWhatACellIsTooNarrowFor)
{
    EXPECT_FALSE(console->sees("What went wrong: nobody"));
    console->press(Key::down);
    EXPECT_TRUE(console->sees("What went wrong: nobody has given mortise.email the secret"))
        << console->all_seen();
}

TEST_F(Mailboxes, OpenWithOneClickOnTheirName)
{
    console->click("b@firm.example");
    console->settle();
    EXPECT_EQ(console->shell().place(), "record/mailbox/8");
}

TEST_F(Mailboxes, SayHowOldTheyAreWhileTheHostIsAway)
{
    script.go_away();
    console->wait([&] { return console->link().state() == LinkState::lost; });
    console->pass(std::chrono::seconds{120});
    console->frames(2);
    EXPECT_TRUE(console->sees("As it was 2 min ago: the host is away")) << console->all_seen();
    EXPECT_TRUE(console->sees("b@firm.example"));
}

} // namespace
} // namespace mortise::ui::testing
