#include "mime/message.hpp"

#include "html/html_text.hpp"
#include "html/sanitise.hpp"
#include "mime/automatic.hpp"
#include "mime/body_parts.hpp"

#include <algorithm>
#include <array>

namespace mortise::plugins::email {

namespace {

/// How much of a text part is decoded at all; more than that is never kept.
constexpr std::size_t decoded_text_bytes = std::size_t{4} << 20U;

void append(std::string& to, std::string_view more)
{
    if (!to.empty() && !to.ends_with('\n')) to += '\n';
    to += more;
}

std::string cut_to(std::string text, std::size_t bytes, Message& message)
{
    if (text.size() <= bytes) return text;
    message.is_cut = true;
    return std::string{cut(text, bytes)};
}

bool is_html(const Entity& part)
{
    return part.type.is("text", "html");
}
bool is_text(const Entity& part)
{
    return part.type.type == "text";
}

Decoded text_part(const Entity& part, Problems& problems)
{
    Decoded decoded = decode_text_part(part, decoded_text_bytes);
    if (decoded.is_lossy) problems.add("some characters could not be read");
    if (decoded.label_was_wrong && part.type.parameter("charset").size() > 0)
        problems.add(
            "the text is not in the charset that it is labelled with: "
            + clean_line(cut(part.type.parameter("charset"), 60))
        );
    return decoded;
}

void read_bodies(Message& message, const BodyParts& parts, const Limits& limits, Problems& problems)
{
    std::string text;
    for (const Entity* part : parts.text)
        if (is_text(*part)) {
            const std::string decoded = text_part(*part, problems).text;
            append(text, is_html(*part) ? html_to_text(decoded) : decoded);
        }
    std::string html;
    if (std::ranges::any_of(parts.html, [](const Entity* part) { return is_html(*part); }))
        for (const Entity* part : parts.html)
            if (is_text(*part)) {
                const std::string decoded = text_part(*part, problems).text;
                if (!is_html(*part)) {
                    append(html, text_to_html(decoded));
                    continue;
                }
                const SafeHtml safe = sanitise_html(decoded);
                append(html, safe.html);
                message.remote_images += safe.remote_images;
                if (safe.is_cut) message.is_cut = true;
            }
    if (trimmed(text).empty() && !html.empty()) text = html_to_text(html);
    message.text = cut_to(std::move(text), limits.text_bytes, message);
    // HTML that is cut in the middle of a tag would not be safe any more: it is left out, and the text
    // stands.
    if (html.size() > limits.text_bytes)
        message.is_cut = true;
    else
        message.html = std::move(html);
}

std::string type_of(const Entity& part)
{
    return clean_line(cut(part.type.full(), 120));
}

std::string name_of(const Entity& part)
{
    std::string name = part.file_name();
    if (!name.empty()) return name;
    if (part.is_message()) {
        const std::string subject = decode_header_text(part.parts.front().headers.get("subject"));
        return safe_file_name((subject.empty() ? "message" : subject) + ".eml");
    }
    return name;
}

void read_attachments(Message& message, const BodyParts& parts, const Limits& limits, Problems& problems)
{
    std::size_t decoded = 0;
    const auto add = [&](const Entity& part, bool is_inline) {
        const std::size_t room = limits.decoded_bytes - std::min(decoded, limits.decoded_bytes);
        if (room == 0) problems.add("the parts are larger than what is decoded");
        Attachment attachment;
        attachment.name = name_of(part);
        attachment.type = type_of(part);
        const std::vector<std::string> ids = decode_ids(part.headers.get("content-id"));
        if (!ids.empty()) attachment.content_id = ids.front();
        attachment.content = decode_body(part, room);
        attachment.is_inline = is_inline;
        decoded += attachment.content.size();
        message.attachments.push_back(std::move(attachment));
    };
    for (const Entity* part : parts.attached)
        add(*part, part->disposition.kind == "inline" || part->headers.has("content-id"));
    // Pictures within the text are kept too, so that nothing of a message is lost.
    for (const Entity* part : parts.text)
        if (!is_text(*part) && std::ranges::find(parts.attached, part) == parts.attached.end())
            add(*part, true);
}

std::optional<std::int64_t> date_of(const Headers& headers)
{
    if (const auto date = decode_date(headers.get("date"))) return date;
    for (const std::string_view received : headers.all("received"))
        if (const auto semicolon = received.rfind(';'); semicolon != std::string_view::npos)
            if (const auto date = decode_date(received.substr(semicolon + 1))) return date;
    return decode_date(headers.get("resent-date"));
}

std::vector<Address> addresses_of(const Headers& headers, std::string_view name, const Limits& limits)
{
    std::vector<Address> all;
    for (const std::string_view value : headers.all(name))
        for (Address& address : decode_addresses(value, limits))
            if (all.size() < limits.addresses) all.push_back(std::move(address));
    return all;
}

} // namespace

Message read_message(std::string_view bytes, const Limits& limits, Entity* entity)
{
    Problems problems;
    Entity root = parse_entity(bytes, limits, problems);
    const Headers& headers = root.headers;
    Message message;
    message.size = bytes.size();
    const std::vector<std::string> ids = decode_ids(headers.get("message-id"));
    if (!ids.empty()) message.message_id = ids.front();
    message.in_reply_to = decode_ids(headers.get("in-reply-to"));
    message.references = decode_ids(headers.get("references"));
    message.from = addresses_of(headers, "from", limits);
    message.sender = addresses_of(headers, "sender", limits);
    message.reply_to = addresses_of(headers, "reply-to", limits);
    message.to = addresses_of(headers, "to", limits);
    message.cc = addresses_of(headers, "cc", limits);
    message.bcc = addresses_of(headers, "bcc", limits);
    for (const char* name : {"delivered-to", "x-original-to", "envelope-to"})
        for (const Address& address : addresses_of(headers, name, limits))
            message.delivered_to.push_back(address.address);
    message.subject = std::string{cut(decode_header_text(headers.get("subject")), 4000)};
    message.date = date_of(headers);
    message.date_is_own = message.date && decode_date(headers.get("date")) == message.date;
    message.list_unsubscribe = std::string{cut(decode_header_text(headers.get("list-unsubscribe")), 2000)};
    message.list_id = std::string{cut(decode_header_text(headers.get("list-id")), 500)};
    message.authentication
        = std::string{cut(decode_header_text(headers.get("authentication-results")), 2000)};
    const Automatic automatic = detect_automatic(headers, message.subject);
    message.automatic = automatic.kind;
    message.automatic_because = automatic.because;
    const auto header_size = static_cast<std::size_t>(root.body.data() - bytes.data());
    constexpr std::size_t header_kept = std::size_t{64} << 10U;
    message.header = decode_charset(bytes.substr(0, std::min(header_size, header_kept)), {}).text;
    if (message.from.empty()) problems.add("the message has no sender");
    if (headers.fields().empty()) problems.add("the message has no header");

    const BodyParts parts = choose_body_parts(root);
    read_bodies(message, parts, limits, problems);
    read_attachments(message, parts, limits, problems);
    message.problems = problems.all();
    if (entity != nullptr) *entity = std::move(root);
    return message;
}

std::string base_subject(std::string_view subject)
{
    constexpr std::array<std::string_view, 24> prefixes{"re",  "aw",  "antw", "antwort", "fw", "fwd",
                                                        "wg",  "sv",  "vs",   "tr",      "rv", "res",
                                                        "enc", "rif", "r",    "i",       "vb", "vl",
                                                        "odp", "pd",  "ynt",  "ilt",     "ha", "回复"};
    std::string base = lower_ascii(clean_line(subject));
    for (bool has_changed = true; has_changed;) {
        has_changed = false;
        std::string_view rest = trimmed(base);
        if (rest.starts_with('[') && rest.find(']') != std::string_view::npos && rest.find(']') < 40) {
            const std::string_view after = trimmed(rest.substr(rest.find(']') + 1));
            if (!after.empty()) { // the tag of a list
                base = std::string{after};
                has_changed = true;
                continue;
            }
        }
        for (const std::string_view prefix : prefixes) {
            if (!rest.starts_with(prefix)) continue;
            std::string_view after = rest.substr(prefix.size());
            if (after.starts_with('[') || after.starts_with('^')) { // "Re[2]:"
                const auto end = after.find_first_of("]:");
                if (end != std::string_view::npos && after[end] == ']') after.remove_prefix(end + 1);
            }
            after = trimmed(after);
            if (after.starts_with("\xEF\xBC\x9A"))
                after.remove_prefix(3);
            else if (after.starts_with(':'))
                after.remove_prefix(1);
            else
                continue;
            base = std::string{trimmed(after)};
            has_changed = true;
            break;
        }
    }
    return std::string{trimmed(base)};
}

} // namespace mortise::plugins::email
