#include "net/allowed_hosts.hpp"
#include "net/resolve.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

TEST(AllowedHosts, MatchesHostAndPort)
{
    EXPECT_EQ(match_host("smtp.example.com:465", "smtp.example.com", 465), HostMatch::named);
    EXPECT_EQ(match_host("smtp.example.com:465", "smtp.example.com", 25), HostMatch::no);
    EXPECT_EQ(match_host("SMTP.Example.com", "smtp.example.com", 25), HostMatch::named);
    EXPECT_EQ(match_host("smtp.example.com", "smtp.example.com.evil.net", 25), HostMatch::no);
    EXPECT_EQ(match_host("127.0.0.1:25", "127.0.0.1", 25), HostMatch::named);
}

TEST(AllowedHosts, AWildcardIsBelowItsDomainOnly)
{
    EXPECT_EQ(match_host("*.example.com", "a.b.example.com", 1), HostMatch::wildcard);
    EXPECT_EQ(match_host("*.example.com", "example.com", 1), HostMatch::no);
    EXPECT_EQ(match_host("*.example.com", "badexample.com", 1), HostMatch::no);
    EXPECT_EQ(match_host("*:443", "example.com", 443), HostMatch::wildcard);
    EXPECT_EQ(match_host("*:443", "example.com", 80), HostMatch::no);
    EXPECT_EQ(match_host("*", "::1", 80), HostMatch::wildcard);
}

TEST(AllowedHosts, WritesHostsInOneWay)
{
    EXPECT_EQ(*normalise_host("M\xC3\xBCller.de"), "xn--mller-kva.de");
    EXPECT_EQ(*normalise_host("0:0:0:0:0:0:0:1"), "::1");
    EXPECT_FALSE(normalise_host("a b"));
    EXPECT_FALSE(normalise_host(""));
    EXPECT_FALSE(normalise_host("example.com/x"));
}

TEST(AllowedHosts, SplitsHostsFromPorts)
{
    EXPECT_EQ(split_host_port("[::1]:25")->port, 25);
    EXPECT_EQ(split_host_port("[::1]:25")->host, "::1");
    EXPECT_EQ(split_host_port("::1")->host, "::1");
    EXPECT_EQ(split_host_port("example.com:993")->port, 993);
    EXPECT_FALSE(split_host_port("example.com")->port);
    for (const char* bad :
         {"", ":25", "example.com:", "example.com:0", "example.com:70000", "[::1]x", "[x]:1"})
        EXPECT_FALSE(split_host_port(bad)) << bad;
}

TEST(AllowedHosts, ReadsWhereHostsAreNamed)
{
    EXPECT_EQ(named_elsewhere("{mailbox.imap_host}")->type, "mailbox");
    EXPECT_EQ(named_elsewhere("{mailbox.imap_host}:993")->port, 993);
    EXPECT_EQ(named_elsewhere("{smtp_host}")->field, "smtp_host");
    EXPECT_FALSE(named_elsewhere("smtp.example.com"));
}

TEST(AllowedHosts, KnowsWhatIsInsideTheHouse)
{
    for (const char* inside :
         {"127.0.0.1",
          "10.1.2.3",
          "172.31.0.1",
          "192.168.1.1",
          "169.254.169.254",
          "100.64.0.1",
          "0.0.0.0",
          "224.0.0.1",
          "255.255.255.255",
          "::1",
          "::",
          "fe80::1",
          "fd00::1",
          "::ffff:127.0.0.1",
          "64:ff9b::7f00:1",
          "2002:7f00:1::",
          "2001:db8::1",
          "ff02::1"})
        EXPECT_FALSE(numeric_address(inside, 1).front().is_public()) << inside;
    for (const char* outside : {"8.8.8.8", "172.32.0.1", "100.128.0.1", "2a00:1450::1", "::ffff:8.8.8.8"})
        EXPECT_TRUE(numeric_address(outside, 1).front().is_public()) << outside;
}

} // namespace
} // namespace mortise::host
