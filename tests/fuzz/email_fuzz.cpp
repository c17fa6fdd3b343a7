/// \file
/// E-mail: whatever the bytes are, what is read out of them is text that can be kept, within its limits, and
/// the HTML has nothing in it that could do harm.

#include "fuzz_check.hpp"
#include "plugins/email/src/bounces/bounce.hpp"
#include "plugins/email/src/html/html_text.hpp"
#include "plugins/email/src/html/sanitise.hpp"
#include "plugins/email/src/mime/mbox.hpp"
#include "plugins/email/src/store/addresses.hpp"

using namespace mortise::plugins::email;

namespace {

void check_text(const std::string& text)
{
    FUZZ_CHECK(is_utf8(text));
}

void check_line(const std::string& text)
{
    check_text(text);
    FUZZ_CHECK(text.find_first_of("\r\n") == std::string::npos);
}

void check_html(const std::string& html)
{
    check_text(html);
    for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
        const std::string tag = lower_ascii(html.substr(at, html.find('>', at) - at));
        FUZZ_CHECK(!tag.starts_with("<script") && !tag.starts_with("<style") && !tag.starts_with("<iframe"));
        FUZZ_CHECK(tag.find(" on") == std::string::npos || tag.find('"') < tag.find(" on"));
        FUZZ_CHECK(tag.find("href=\"javascript") == std::string::npos);
    }
    // What is safe once is safe for ever: reading it again changes nothing that matters.
    FUZZ_CHECK(sanitise_html(html).remote_images == 0);
}

void check_message(std::string_view raw)
{
    const Limits limits;
    Entity entity;
    const Message message = read_message(raw, limits, &entity);
    check_line(message.subject);
    check_line(message.message_id);
    check_text(message.text);
    check_text(message.header);
    check_html(message.html);
    FUZZ_CHECK(message.text.size() <= limits.text_bytes && message.html.size() <= limits.text_bytes);
    for (const auto* list : {&message.from, &message.to, &message.cc, &message.bcc, &message.reply_to})
        for (const Address& address : *list) {
            check_line(address.name);
            check_line(address.address);
            check_line(normal_address(address.address));
        }
    for (const Attachment& attachment : message.attachments) {
        check_line(attachment.name);
        check_line(attachment.type);
        FUZZ_CHECK(attachment.name.find('/') == std::string::npos);
    }
    check_line(base_subject(message.subject));
    for (const BouncedAddress& found : find_bounce(message, entity).addresses) {
        check_line(found.address);
        check_line(found.evidence);
        check_line(found.reason.status);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const std::string_view raw{reinterpret_cast<const char*>(data), size};
    check_message(raw);
    if (is_mbox(raw))
        for (const std::string_view message : split_mbox(raw))
            check_message(unquote_from(message));
    return 0;
}
