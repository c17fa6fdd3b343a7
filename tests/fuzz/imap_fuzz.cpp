/// \file
/// IMAP: whatever a server says, a session with it ends, within its limits, and what is read out of it is
/// what can be kept.

#include "fuzz_check.hpp"
#include "plugins/email/src/imap/folder_name.hpp"
#include "plugins/email/src/imap/imap_client.hpp"
#include "plugins/email/src/mime/charset.hpp"

#include <mortise/failure.hpp>

#include <algorithm>

using namespace mortise::plugins::email;

namespace {

/// Says all that it was given, whatever is asked.
class Saying : public Wire {
public:
    explicit Saying(std::string_view all) : m_all{all} { }

    std::string read_line(std::size_t, std::uint32_t) override { return {}; }
    std::string read_exactly(std::size_t, std::uint32_t) override { return {}; }
    std::string read_some(std::size_t most, std::uint32_t) override
    {
        const std::string some{m_all.substr(0, std::min<std::size_t>(most, 100))};
        m_all.remove_prefix(some.size());
        return some;
    }
    void write(std::string_view bytes, std::uint32_t) override { FUZZ_CHECK(bytes.ends_with("\r\n")); }
    void start_tls(std::string_view) override { }

private:
    std::string_view m_all;
};

constexpr std::size_t largest = 10'000;

void check_session(std::string_view raw, Security security)
{
    Saying wire{raw};
    ImapOptions options;
    options.security = security;
    options.login = {Login::Kind::password, "ann", "secret"};
    options.limits.line_bytes = largest;
    options.limits.literal_bytes = largest;
    ImapClient client{wire, options};
    try {
        client.open();
        for (const std::string& name : client.folders())
            FUZZ_CHECK(is_utf8(name));
        const FolderState state = client.examine("INBOX");
        FUZZ_CHECK(state.uid_validity > 0);
        std::int64_t before = 0;
        for (const Listed& listed : client.list(1, 1'000)) {
            FUZZ_CHECK(listed.uid > before && listed.uid <= 1'000 && is_utf8(listed.flags));
            before = listed.uid;
        }
        const auto body = client.fetch(1, largest);
        FUZZ_CHECK(!body || body->size() <= largest);
        client.begin_idle();
        while (true)
            client.read_idle();
    } catch (const mortise::Failure& failure) {
        FUZZ_CHECK(is_utf8(failure.error().message) && !failure.error().key.empty());
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const std::string_view raw{reinterpret_cast<const char*>(data), size};
    check_session(raw, Security::tls);
    check_session(raw, Security::starttls);
    FUZZ_CHECK(to_imap_name(from_imap_name(raw.substr(0, 200))).find_first_of("\r\n") == std::string::npos);
    return 0;
}
