#include "base/normalise_url.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

TEST(NormaliseUrl, TakesWhatPeopleWrite)
{
    const std::vector<std::pair<std::string_view, std::string_view>> examples{
        {"example.com", "https://example.com"},
        {" HTTP://Example.COM/ ", "http://example.com"},
        {"https://example.com:443/a b?q=ä#x", "https://example.com/a%20b?q=ä#x"},
        {"http://example.com:8080/", "http://example.com:8080"},
        {"http://example.com:", "http://example.com"},
        {"//example.com/x", "https://example.com/x"},
        {"example.com?redirect=http://x.de", "https://example.com?redirect=http://x.de"},
        {"https://medium.com/@user", "https://medium.com/@user"},
        {"www.Müller.de/Ümlaut", "https://www.müller.de/Ümlaut"},
        {"http://xn--mller-kva.de", "http://müller.de"},
        {"http://[2001:db8::1]:80/x", "http://[2001:db8::1]/x"},
        {"http://192.168.0.1/x", "http://192.168.0.1/x"},
        {"intranet/start", "https://intranet/start"},
        {"https:\\\\example.com", "https://example.com"},
        {"http://example.com\\x", "http://example.com/x"},
        {"ftp://ftp.example.com/f", "ftp://ftp.example.com/f"},
    };
    for (const auto& [text, url] : examples) {
        const auto found = normalise_url(text);
        ASSERT_TRUE(found) << text << ": " << found.error().message;
        EXPECT_EQ(*found, url);
        EXPECT_EQ(*normalise_url(*found), url);
    }
}

TEST(NormaliseUrl, SaysWhyItRefuses)
{
    const std::vector<std::pair<std::string, std::string>> examples{
        {"", "empty"},
        {"  ", "empty"},
        {"javascript:alert(1)", "port"},
        {"javascript://x.de/%0aalert(1)", "scheme"},
        {"file:///etc/passwd", "scheme"},
        {"data:text/html,x", "port"},
        {"http://", "host"},
        {"/path", "host"},
        {"?q", "host"},
        {"http://user:pass@x.de", "user"},
        {"a@b.de", "user"},
        {"http://x.de:99999", "port"},
        {"http://x.de:0", "port"},
        {"http://-x.de", "host"},
        {"http://x..de", "host"},
        {"http://a b.de", "host"},
        {"http://x.de/\x01", "character"},
        {"http://x.de/a\nb", "character"},
        {"http://1.2.3.4.5", "host"},
        {"http://[::1", "host"},
        {"http:/x.de", "host"},
        {"https:", "host"},
        {"x.de/" + std::string(9000, 'x'), "length"},
    };
    for (const auto& [text, key] : examples) {
        const auto found = normalise_url(text);
        ASSERT_FALSE(found) << text << " -> " << *found;
        EXPECT_EQ(found.error().key, "url." + key) << text << ": " << found.error().message;
    }
    EXPECT_FALSE(normalise_url("http://x.de/\xff"));
}

} // namespace
} // namespace mortise::host
