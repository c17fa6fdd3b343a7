#include "compose/compose.hpp"

#include "mime/charset.hpp"
#include "mime/glib.hpp"
#include "store/addresses.hpp"

#include <algorithm>
#include <array>

namespace mortise::plugins::email {

namespace {

bool has_control(std::string_view text)
{
    return std::ranges::any_of(text, [](char c) {
        return static_cast<unsigned char>(c) < 0x20U || c == 0x7F;
    });
}

bool is_ascii(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80U; });
}

Error injection(std::string where)
{
    return {
        ErrorCode::refused,
        "a line end or control character has no place in the " + where,
        "email.header_injection",
        where,
        "take it out"
    };
}

Result<void> check_address(const Address& address, std::string where)
{
    if (has_control(address.name) || has_control(address.address)) return injection(std::move(where));
    if (normal_address(address.address).empty())
        return Error{
            ErrorCode::invalid,
            "\"" + clean_line(cut(address.address, 100)) + "\" is no address",
            "email.address",
            std::move(where),
            {}
        };
    return {};
}

Result<void> check(const Draft& draft)
{
    if (has_control(draft.subject)) return injection("subject");
    MORTISE_CHECK(check_address(draft.from, "from"));
    MORTISE_CHECK(check_address(draft.to, "to"));
    for (const Address& address : draft.cc)
        MORTISE_CHECK(check_address(address, "cc"));
    if (!draft.reply_to.address.empty()) MORTISE_CHECK(check_address(draft.reply_to, "reply_to"));
    for (const std::string& id : {draft.message_id, draft.in_reply_to})
        if (has_control(id) || id.find_first_of("<> ") != std::string::npos) return injection("message id");
    for (const Attachment& attachment : draft.attachments)
        if (has_control(attachment.name) || has_control(attachment.type)) return injection("name of a file");
    if (has_control(draft.unsubscribe_url)
        || draft.unsubscribe_url.find_first_of("<> ,") != std::string::npos)
        return injection("unsubscribe address");
    return {};
}

/// The address with its domain in ASCII: only what stands before the @ can need SMTPUTF8.
std::string wire_address(const Address& address)
{
    const auto at = address.address.rfind('@');
    const std::string normal = normal_address(address.address);
    return address.address.substr(0, at) + std::string{normal.substr(normal.rfind('@'))};
}

void add(GMimeMessage* message, GMimeAddressType kind, const Address& address)
{
    g_mime_message_add_mailbox(
        message, kind, address.name.empty() ? nullptr : address.name.c_str(), wire_address(address).c_str()
    );
}

GMimeObject* text_part(const char* subtype, const std::string& text)
{
    GMimeTextPart* part = g_mime_text_part_new_with_subtype(subtype);
    g_mime_text_part_set_charset(part, "utf-8");
    g_mime_text_part_set_text(part, text.c_str());
    g_mime_part_set_content_encoding(GMIME_PART(part), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    return GMIME_OBJECT(part);
}

/// What people read: the text, and HTML beside it if there is some.
GlibObject<GMimeObject> readable_part(const Draft& draft)
{
    GlibObject<GMimeObject> plain{text_part("plain", draft.text)};
    if (draft.html.empty()) return plain;
    const GlibObject<GMimeObject> rich{text_part("html", draft.html)};
    GMimeMultipart* both = g_mime_multipart_new_with_subtype("alternative");
    g_mime_multipart_add(both, plain.get());
    g_mime_multipart_add(both, rich.get());
    return GlibObject<GMimeObject>{GMIME_OBJECT(both)};
}

/// In base64, which RFC 2046 forbids for messages and multiparts: these travel as plain bytes.
GlibObject<GMimePart> file_part(const Attachment& attachment)
{
    const std::size_t slash = attachment.type.find('/');
    std::string type = attachment.type.substr(0, slash);
    std::string subtype = slash == std::string::npos ? std::string{} : attachment.type.substr(slash + 1);
    if (subtype.empty() || type == "message" || type == "multipart") {
        type = "application";
        subtype = "octet-stream";
    }
    GlibObject<GMimePart> part{g_mime_part_new_with_type(type.c_str(), subtype.c_str())};
    const GlibObject<GMimeStream> bytes{
        g_mime_stream_mem_new_with_buffer(attachment.content.data(), attachment.content.size())
    };
    const GlibObject<GMimeDataWrapper> content{
        g_mime_data_wrapper_new_with_stream(bytes.get(), GMIME_CONTENT_ENCODING_DEFAULT)
    };
    g_mime_part_set_content(part.get(), content.get());
    g_mime_part_set_content_encoding(part.get(), GMIME_CONTENT_ENCODING_BASE64);
    g_mime_object_set_disposition(GMIME_OBJECT(part.get()), GMIME_DISPOSITION_ATTACHMENT);
    g_mime_part_set_filename(part.get(), attachment.name.c_str());
    return part;
}

void set_body(GMimeMessage* message, const Draft& draft)
{
    const GlibObject<GMimeObject> readable = readable_part(draft);
    if (draft.attachments.empty()) {
        g_mime_message_set_mime_part(message, readable.get());
        return;
    }
    const GlibObject<GMimeMultipart> all{g_mime_multipart_new_with_subtype("mixed")};
    g_mime_multipart_add(all.get(), readable.get());
    for (const Attachment& attachment : draft.attachments)
        g_mime_multipart_add(all.get(), GMIME_OBJECT(file_part(attachment).get()));
    g_mime_message_set_mime_part(message, GMIME_OBJECT(all.get()));
}

void set_header(GMimeMessage* message, const char* name, const std::string& value)
{
    g_mime_object_set_header(GMIME_OBJECT(message), name, value.c_str(), "utf-8");
}

void set_references(GMimeMessage* message, const Draft& draft)
{
    if (!draft.in_reply_to.empty()) set_header(message, "In-Reply-To", "<" + draft.in_reply_to + ">");
    std::string references;
    for (const std::string& id : draft.references)
        if (!id.empty() && !has_control(id) && id.find_first_of("<> ") == std::string::npos)
            references += (references.empty() ? "<" : " <") + id + ">";
    if (!references.empty()) set_header(message, "References", references);
}

/// RFC 2369 and, for one click, RFC 8058, which needs an https address.
void set_unsubscribe(GMimeMessage* message, const Draft& draft)
{
    std::string ways;
    if (!draft.unsubscribe_url.empty()) ways = "<" + draft.unsubscribe_url + ">";
    if (!draft.unsubscribe_address.empty())
        ways += (ways.empty() ? "" : ", ")
            + ("<mailto:" + draft.unsubscribe_address + "?subject=unsubscribe>");
    if (ways.empty()) return;
    set_header(message, "List-Unsubscribe", ways);
    if (draft.unsubscribe_url.starts_with("https://"))
        set_header(message, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
}

} // namespace

Result<Composed> compose(const Draft& draft)
{
    prepare_gmime();
    MORTISE_CHECK(check(draft));
    const GlibObject<GMimeMessage> message{g_mime_message_new(TRUE)};
    add(message.get(), GMIME_ADDRESS_TYPE_FROM, draft.from);
    add(message.get(), GMIME_ADDRESS_TYPE_TO, draft.to);
    for (const Address& address : draft.cc)
        add(message.get(), GMIME_ADDRESS_TYPE_CC, address);
    if (!draft.reply_to.address.empty()) add(message.get(), GMIME_ADDRESS_TYPE_REPLY_TO, draft.reply_to);
    g_mime_message_set_subject(message.get(), draft.subject.c_str(), "utf-8");
    GDateTime* date = g_date_time_new_from_unix_utc(draft.date);
    g_mime_message_set_date(message.get(), date);
    g_date_time_unref(date);
    g_mime_message_set_message_id(message.get(), draft.message_id.c_str());
    set_references(message.get(), draft);
    set_unsubscribe(message.get(), draft);
    set_header(message.get(), "MIME-Version", "1.0");
    set_body(message.get(), draft);
    const GlibText text{g_mime_object_to_string(GMIME_OBJECT(message.get()), nullptr)};
    Composed composed;
    composed.message = text_of(text.get());
    composed.envelope_from = wire_address(draft.from);
    composed.needs_utf8 = !is_ascii(composed.envelope_from) || !is_ascii(wire_address(draft.to));
    return composed;
}

std::string new_message_id(std::string_view address)
{
    const GlibText unique{g_uuid_string_random()};
    const std::string normal = normal_address(address);
    const std::string_view domain = domain_of(normal);
    return text_of(unique.get()) + "@" + std::string{domain.empty() ? std::string_view{"localhost"} : domain};
}

} // namespace mortise::plugins::email
