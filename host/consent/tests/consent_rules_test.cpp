#include "base/time_text.hpp"
#include "consent/consent_rules.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

constexpr std::int64_t hour = 3'600'000'000;

Instant at(const char* text)
{
    return *parse_instant(text);
}

Purpose purpose(std::string basis)
{
    Purpose purpose;
    purpose.id = Id{1};
    purpose.name = "newsletter";
    purpose.legal_basis = std::move(basis);
    return purpose;
}

ConsentWord word(ConsentState state, const char* when, Id record = Id{10})
{
    return {
        .purpose = Id{1},
        .point = {},
        .channel = "email",
        .state = state,
        .at = at(when),
        .expires = {},
        .record = record
    };
}

std::string key(const std::optional<ConsentRefusal>& refusal)
{
    return refusal ? refusal->key : "allowed";
}

TEST(ConsentRules, TheLatestWordAboutThePointCounts)
{
    std::vector<ConsentWord> words{
        word(ConsentState::given, "2026-01-02T00:00:00Z", Id{10}),
        word(ConsentState::withdrawn, "2026-01-01T00:00:00Z", Id{11}),
    };
    EXPECT_EQ(latest_word(words, Id{1}, "email", Id{5})->record, Id{10});
    words.push_back(word(ConsentState::withdrawn, "2026-01-03T00:00:00Z", Id{12}));
    words.back().point = Id{6}; // another point
    EXPECT_EQ(latest_word(words, Id{1}, "email", Id{5})->record, Id{10});
    EXPECT_EQ(latest_word(words, Id{1}, "email", Id{6})->record, Id{12});
    EXPECT_EQ(latest_word(words, Id{1}, "sms", Id{5}), nullptr);
    EXPECT_EQ(latest_word(words, Id{2}, "email", Id{5}), nullptr);
    words.push_back(word(ConsentState::withdrawn, "2026-01-04T00:00:00Z", Id{13}));
    words.back().channel = "any";
    EXPECT_EQ(latest_word(words, Id{1}, "sms", Id{5})->record, Id{13});
    words.push_back(word(ConsentState::given, "2026-01-04T00:00:00Z", Id{14})
    ); // at the same time, recorded later
    EXPECT_EQ(latest_word(words, Id{1}, "email", Id{5})->record, Id{14});
}

TEST(ConsentRules, TheLegalBasisDecidesWhoIsAsked)
{
    const Instant now = at("2026-02-01T00:00:00Z");
    const ConsentWord given = word(ConsentState::given, "2026-01-01T00:00:00Z");
    const ConsentWord pending = word(ConsentState::pending, "2026-01-01T00:00:00Z");
    const ConsentWord withdrawn = word(ConsentState::withdrawn, "2026-01-01T00:00:00Z");
    ConsentWord expired = given;
    expired.expires = now;
    struct Case {
        const char* basis;
        const ConsentWord* word;
        const char* wanted;
    };
    for (const Case& each : {
             Case{"consent", nullptr, "consent.none"},
             Case{"consent", &given, "allowed"},
             Case{"consent", &pending, "consent.pending"},
             Case{"consent", &expired, "consent.expired"},
             Case{"consent", &withdrawn, "consent.withdrawn"},
             Case{"legitimate_interest", nullptr, "allowed"},
             Case{"legitimate_interest", &pending, "allowed"},
             Case{"legitimate_interest", &withdrawn, "consent.withdrawn"},
             Case{"contract", nullptr, "allowed"},
             Case{"contract", &withdrawn, "allowed"},
             Case{"legal_obligation", &withdrawn, "allowed"},
         })
        EXPECT_EQ(key(judge_words(purpose(each.basis), each.word, now)), each.wanted) << each.basis;
}

TEST(ConsentRules, QuietHoursGoByTheContactsClock)
{
    Purpose night = purpose("consent");
    night.quiet_from = TimeOfDay{21 * hour};
    night.quiet_to = TimeOfDay{8 * hour};
    EXPECT_EQ(key(judge_hours(night, "Europe/Vienna", at("2026-01-05T12:00:00Z"))), "allowed");
    const auto evening = judge_hours(night, "Europe/Vienna", at("2026-01-05T20:00:00Z")); // 21:00 there
    ASSERT_EQ(key(evening), "consent.quiet_hours");
    EXPECT_EQ(format_instant(evening->again), "2026-01-06T07:00:00Z");
    const auto morning = judge_hours(night, "Europe/Vienna", at("2026-01-06T06:59:59Z"));
    ASSERT_EQ(key(morning), "consent.quiet_hours");
    EXPECT_EQ(format_instant(morning->again), "2026-01-06T07:00:00Z");
    EXPECT_EQ(key(judge_hours(night, "Europe/Vienna", at("2026-01-06T07:00:00Z"))), "allowed");
    EXPECT_EQ(key(judge_hours(night, "", at("2026-01-05T20:00:00Z"))), "allowed"); // UTC
    night.time_zone = "Asia/Tokyo";
    EXPECT_EQ(
        key(judge_hours(night, "Not/AZone", at("2026-01-05T20:00:00Z"))), "consent.quiet_hours"
    ); // 05:00
    night.quiet_from = TimeOfDay{12 * hour};
    night.quiet_to = TimeOfDay{13 * hour};
    EXPECT_EQ(key(judge_hours(night, "UTC", at("2026-01-05T12:30:00Z"))), "consent.quiet_hours");
    EXPECT_EQ(key(judge_hours(night, "UTC", at("2026-01-05T13:00:00Z"))), "allowed");
}

} // namespace
} // namespace mortise::host
