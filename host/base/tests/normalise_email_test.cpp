#include "base/normalise_email.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

TEST(NormaliseEmail, TakesWhatPeopleWrite)
{
    const std::vector<std::array<std::string_view, 3>> examples{
        {"a@b.de", "a@b.de", "a@b.de"},
        {"  John.Smith@Example.COM \n", "John.Smith@example.com", "john.smith@example.com"},
        {"<a@b.de>", "a@b.de", "a@b.de"},
        {"mailto:a@b.de?subject=x", "a@b.de", "a@b.de"},
        {"MAILTO:a%2Bb@b.de", "a+b@b.de", "a+b@b.de"},
        {"o'neil+tag!#$%&*=?^_`{|}~@b.de", "o'neil+tag!#$%&*=?^_`{|}~@b.de", "o'neil+tag!#$%&*=?^_`{|}~@b.de"
        },
        {"a@Müller.DE", "a@müller.de", "a@xn--mller-kva.de"},
        {"a@xn--mller-kva.de", "a@müller.de", "a@xn--mller-kva.de"},
        {"jo\u0308rg@b.de", "jörg@b.de", "jörg@b.de"},
        {"a@straße.de", "a@straße.de", "a@xn--strae-oqa.de"},
        {"用户@例子.广告", "用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"},
        {"\"john\"@b.de", "john@b.de", "john@b.de"},
        {"\"john smith\"@b.de", "\"john smith\"@b.de", "\"john smith\"@b.de"},
        {"\"a@\\\"b\"@b.de", "\"a@\\\"b\"@b.de", "\"a@\\\"b\"@b.de"},
        {"a@b.de.", "a@b.de", "a@b.de"},
        {"1@2.museum", "1@2.museum", "1@2.museum"},
    };
    for (const auto& [text, display, normalised] : examples) {
        const auto email = normalise_email(text);
        ASSERT_TRUE(email) << text << ": " << email.error().message;
        EXPECT_EQ(email->display, display) << text;
        EXPECT_EQ(email->normalised, normalised) << text;
        EXPECT_EQ(normalise_email(email->normalised)->normalised, normalised);
        EXPECT_EQ(normalise_email(email->display)->display, display);
    }
}

TEST(NormaliseEmail, SaysWhyItRefuses)
{
    const std::string long_local(65, 'a');
    const std::string long_domain = std::string(63, 'a') + "." + std::string(63, 'b') + "."
        + std::string(63, 'c') + "." + std::string(55, 'd') + ".de";
    const std::vector<std::pair<std::string, std::string>> examples{
        {"", "empty"},
        {"  ", "empty"},
        {"mailto:", "empty"},
        {"john", "no_at"},
        {"@b.de", "local_part"},
        {"a@", "domain"},
        {"a@b@c.de", "two_at"},
        {"a@b.de, c@d.de", "two_at"},
        {"John <a@b.de>", "local_part"},
        {".a@b.de", "local_part"},
        {"a.@b.de", "local_part"},
        {"a..b@b.de", "local_part"},
        {"a b@b.de", "local_part"},
        {"a,b@b.de", "local_part"},
        {"\"a@b.de", "local_part"},
        {"\"\"@b.de", "local_part"},
        {"a\u00A0b@b.de", "local_part"},
        {"a\u0085b@b.de", "local_part"},
        {"a@b", "domain"},
        {"a@localhost", "domain"},
        {"a@[127.0.0.1]", "domain"},
        {"a@1.2.3.4", "domain"},
        {"a@b..de", "domain"},
        {"a@-b.de", "domain"},
        {"a@b-.de", "domain"},
        {"a@b_c.de", "domain"},
        {"a@b c.de", "domain"},
        {"a@xn--\u00e4.de", "domain"},
        {"a@xn--a.de", "domain"},
        {"a@\u2603\u200d.de", "domain"},
        {long_local + "@b.de", "length"},
        {"a@" + std::string(64, 'b') + ".de", "domain"},
        {std::string(60, 'a') + "@" + long_domain, "length"},
        {"a\xff@b.de", "text"},
        {std::string("a\0@b.de", 7), "text"},
        {"a(comment)@b.de", "local_part"},
    };
    for (const auto& [text, key] : examples) {
        const auto email = normalise_email(text);
        ASSERT_FALSE(email) << text;
        EXPECT_EQ(email.error().key, "email." + key) << text << ": " << email.error().message;
        EXPECT_EQ(email.error().code, ErrorCode::invalid);
    }
    EXPECT_EQ(
        normalise_email("a@b").error().message,
        "\"a@b\" is no e-mail address: the part behind the @ has no point"
    );
}

} // namespace
} // namespace mortise::host
