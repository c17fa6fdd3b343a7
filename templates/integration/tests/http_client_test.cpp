#include "http_client.hpp"

#include <mortise/failure.hpp>

#include <gtest/gtest.h>

using my_plugin::judge;
using my_plugin::Outcome;
using my_plugin::parse_address;
using my_plugin::Request;
using my_plugin::status_of;
using my_plugin::text_of;

TEST(HttpClient, TriesLaterWhatMayPass)
{
    for (const int status : {0, 408, 429, 500, 503})
        EXPECT_EQ(judge({status, {}}), Outcome::try_later) << status;
}

TEST(HttpClient, GivesUpWhatWillNotBeTaken)
{
    for (const int status : {301, 400, 401, 404, 422})
        EXPECT_EQ(judge({status, {}}), Outcome::give_up) << status;
}

TEST(HttpClient, IsContentWithAnySuccess)
{
    for (const int status : {200, 201, 204})
        EXPECT_EQ(judge({status, {}}), Outcome::done) << status;
}

TEST(HttpClient, KnowsAServerByHostAndPort)
{
    EXPECT_EQ(parse_address("api.acme.example", true)->port, 443);
    EXPECT_EQ(parse_address("api.acme.example", false)->port, 80);
    EXPECT_EQ(parse_address("api.acme.example:8443", true)->host, "api.acme.example");
    EXPECT_EQ(parse_address("api.acme.example:8443", true)->port, 8443);
    EXPECT_EQ(parse_address("[2001:db8::1]:8443", true)->host, "2001:db8::1");
    EXPECT_EQ(parse_address("[2001:db8::1]", true)->port, 443);
    for (const char* const wrong : {"", ":443", "api.acme.example:", "api.acme.example:0", "a:70000", "a:b"})
        EXPECT_FALSE(parse_address(wrong, true)) << wrong;
}

TEST(HttpClient, SaysWhatItSends)
{
    EXPECT_EQ(
        text_of(
            {.server = "api.acme.example:8443",
             .path = "/contacts",
             .body = "{}",
             .token = "abc",
             .key = "k-1"}
        ),
        "POST /contacts HTTP/1.1\r\nHost: api.acme.example:8443\r\nContent-Type: application/json\r\n"
        "Content-Length: 2\r\nIdempotency-Key: k-1\r\nConnection: close\r\nAuthorization: Bearer "
        "abc\r\n\r\n{}"
    );
}

TEST(HttpClient, LetsNobodyPutAHeaderIntoAnother)
{
    EXPECT_THROW(
        text_of({.server = "a", .body = "{}", .token = "abc\r\nX-Other: 1", .key = "k"}), mortise::Failure
    );
}

TEST(HttpClient, ReadsAStatusLine)
{
    EXPECT_EQ(status_of("HTTP/1.1 204 No Content"), 204);
    EXPECT_EQ(status_of("HTTP/1.0 503"), 503);
    for (const char* const wrong : {"", "HTTP/1.1", "HTTP/1.1 ok then", "220 mail.example ready"})
        EXPECT_EQ(status_of(wrong), 0) << wrong;
}
