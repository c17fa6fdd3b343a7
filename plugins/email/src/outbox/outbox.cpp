#include "outbox/outbox.hpp"

#include "compose/merge.hpp"
#include "html/sanitise.hpp"
#include "mime/charset.hpp"
#include "store/bounce_keeper.hpp"
#include "store/ingest.hpp"

#include <algorithm>

namespace mortise::plugins::email {

namespace {

constexpr std::int64_t microseconds_per_second = 1'000'000;
constexpr std::size_t most_text_bytes = 700'000; ///< of what is kept as text in one record
constexpr std::size_t most_file_bytes = 18'000'000; ///< in base64 some 25 MB, which most servers take

std::string joined(const std::vector<std::string>& names)
{
    std::string all;
    for (const std::string& name : names)
        all += (all.empty() ? "" : ", ") + name;
    return all;
}

std::optional<std::string> text_of(ValueView value)
{
    switch (value.kind()) {
    case Kind::text:
        return std::string{value.text()};
    case Kind::integer:
        return std::to_string(value.integer());
    default:
        return std::nullopt;
    }
}

/// Merge fields: contact.FIELD, mailbox.FIELD, and what was given.
class Fields {
public:
    Fields(const Host& host, const Order& order, const Record& mailbox)
        : m_mailbox{mailbox},
          m_values{order.values}
    {
        if (order.contact) {
            m_contact = require(host.get("contact", order.contact));
            if (const Id organisation = m_contact["organisation"].id())
                if (auto record = if_found(host.get("contact", organisation, {"name"})))
                    m_organisation = *std::move(record);
        }
    }

    std::optional<std::string> find(std::string_view name) const
    {
        if (name.starts_with("contact.")) {
            const std::string field{name.substr(8)};
            if (field == "organisation") return text_of(m_organisation["name"]);
            return text_of(m_contact[field]);
        }
        if (name == "mailbox.address" || name == "mailbox.display_name")
            return text_of(m_mailbox[std::string{name.substr(8)}]);
        const Value& given = m_values[name];
        if (const auto* number = given.as<std::int64_t>()) return std::to_string(*number);
        return given.text().empty() ? std::nullopt : std::optional{std::string{given.text()}};
    }

private:
    const Record& m_mailbox;
    Value m_values;
    Record m_contact;
    Record m_organisation;
};

class Merger {
public:
    explicit Merger(const Fields& fields) : m_fields{fields} { }

    std::string operator()(std::string_view text, std::string (*escape)(std::string_view) = nullptr)
    {
        Merged merged = merge(text, [this](std::string_view name) { return m_fields.find(name); }, escape);
        m_missing.insert(m_missing.end(), merged.missing.begin(), merged.missing.end());
        m_broken.insert(m_broken.end(), merged.broken.begin(), merged.broken.end());
        return std::move(merged.text);
    }
    void require_all() const
    {
        if (!m_broken.empty())
            fail(
                ErrorCode::invalid,
                "email.merge_broken",
                "this is no merge field: " + joined(m_broken),
                "template"
            );
        if (!m_missing.empty())
            refuse(
                "email.merge_missing",
                "nothing stands in the field " + joined(m_missing)
                    + "; fill it, or give a stand-in such as {{" + m_missing.front() + "|there}}",
                m_missing.front()
            );
    }

private:
    const Fields& m_fields;
    std::vector<std::string> m_missing;
    std::vector<std::string> m_broken;
};

std::string address_of(const Host& host, const Order& order)
{
    if (!order.address.empty()) return order.address;
    if (!order.contact)
        fail(ErrorCode::invalid, "email.no_recipient", "say to whom: a contact or an address", "contact");
    const Record contact = require(host.get("contact", order.contact, {"email", "name"}));
    if (contact["email"].text().empty())
        refuse("email.no_address", std::string{contact["name"].text()} + " has no e-mail address", "contact");
    return std::string{contact["email"].text()};
}

void require_sendable(const Host& host, const std::string& normal)
{
    const std::string because = why_suppressed(host, normal);
    if (!because.empty())
        refuse("email.suppressed", "nothing is sent to " + normal + ": " + because, "address");
    for (const Record& point : require(host.find("contact_point", "value", normal, 16, {"kind", "state"})))
        if (point["kind"].text() == "email"
            && (point["state"].text() == "bounced" || point["state"].text() == "invalid"))
            refuse(
                "email.bounced_address",
                normal + " is marked as " + std::string{point["state"].text()}
                    + "; email.allow sends to it again",
                "address"
            );
}

void follow(const Host& host, Id answered, Prepared& prepared, bool wants_subject)
{
    const Record message = require(host.get("email_message", answered));
    prepared.thread = message["thread"].id();
    Draft& draft = prepared.draft;
    draft.in_reply_to = message["message_id"].text();
    for (const ValueView id : message["reference_ids"].items())
        draft.references.emplace_back(id.text());
    if (!draft.in_reply_to.empty()) draft.references.push_back(draft.in_reply_to);
    if (wants_subject) {
        const std::string subject{message["subject"].text()};
        draft.subject = lower_ascii(subject).starts_with("re:") ? subject : "Re: " + subject;
    }
}

void fill_texts(const Host& host, const Order& order, Prepared& prepared)
{
    std::string subject = order.subject;
    std::string text = order.text;
    std::string html;
    if (!order.template_name.empty()) {
        const auto found = require(host.find("email_template", "name", order.template_name, 1));
        if (found.empty())
            fail(
                ErrorCode::not_found,
                "email.no_template",
                "there is no template \"" + order.template_name + "\"",
                "template"
            );
        const Record& record = found.front();
        if (subject.empty()) subject = record["subject"].text();
        if (text.empty()) {
            text = record["body"].text();
            html = record["html"].text();
        }
    }
    const Fields fields{host, order, prepared.mailbox};
    Merger merger{fields};
    if (!subject.empty()) prepared.draft.subject = merger(subject);
    prepared.draft.text = merger(text);
    if (!html.empty()) prepared.draft.html = merger(html, escape_html);
    merger.require_all();
    if (trimmed(prepared.draft.subject).empty())
        fail(ErrorCode::invalid, "email.no_subject", "a message needs a subject", "subject");
    if (trimmed(prepared.draft.text).empty())
        fail(ErrorCode::invalid, "email.no_text", "a message needs a text", "text");
    if (const std::string_view signature = prepared.mailbox["signature"].text(); !signature.empty()) {
        if (!prepared.draft.text.ends_with('\n')) prepared.draft.text += '\n';
        prepared.draft.text += "\n-- \n" + std::string{signature} + "\n";
    }
}

/// When it is to be sent, or when it may be: whichever is later.
Instant first_due(const Order& order, const Prepared& prepared, Instant now)
{
    if (order.due > now) return order.due;
    return prepared.permit.may_come_later() ? std::max(now, prepared.permit.again) : now;
}

} // namespace

Prepared prepare(const Host& host, const Order& order)
{
    Prepared prepared;
    prepared.mailbox = require(host.get("mailbox", order.mailbox));
    prepared.address = address_of(host, order);
    const std::string normal = normal_address(prepared.address);
    if (normal.empty())
        fail(
            ErrorCode::invalid,
            "email.address",
            "\"" + clean_line(cut(prepared.address, 100)) + "\" is no address",
            "address"
        );
    require_sendable(host, normal);
    prepared.purpose = purpose_or_usual(host, order.purpose, "purpose");
    prepared.permit = ask_permit(host, {order.contact, normal, prepared.purpose});
    if (!prepared.permit.allowed && !prepared.permit.may_come_later())
        refuse(prepared.permit.key, prepared.permit.message, "contact");
    Draft& draft = prepared.draft;
    draft.from
        = {std::string{prepared.mailbox["display_name"].text()},
           std::string{prepared.mailbox["address"].text()}};
    if (order.contact) {
        const Record contact = require(host.get("contact", order.contact, {"name"}));
        draft.to.name = contact["name"].text();
    }
    draft.to.address = prepared.address;
    if (order.answers)
        follow(host, order.answers, prepared, order.subject.empty() && order.template_name.empty());
    fill_texts(host, order, prepared);
    draft.message_id = new_message_id(draft.from.address);
    draft.date = host.now().microseconds / microseconds_per_second;
    if (!order.unsubscribe_url.empty()) {
        if (!order.unsubscribe_url.starts_with("https://"))
            fail(
                ErrorCode::invalid,
                "email.unsubscribe_url",
                "one click needs an address that begins with https://",
                "unsubscribe_url"
            );
        draft.unsubscribe_url = order.unsubscribe_url;
        draft.unsubscribe_address = draft.from.address;
    }
    draft.attachments = read_attachments(host, order.attachments, most_file_bytes);
    prepared.composed = require(compose(draft));
    if (draft.attachments.empty() && prepared.composed.message.size() > most_text_bytes)
        fail(ErrorCode::limit, "email.too_large", "the message is larger than can be kept", "text");
    return prepared;
}

Queued enqueue(const Host& host, const Order& order, const Prepared& prepared, Work& work)
{
    Entity entity;
    const Message message = read_message(prepared.composed.message, {}, &entity);
    const Instant now = host.now();
    Queued queued;
    queued.thread = prepared.thread;
    if (!queued.thread) {
        Map values{
            {"subject", message.subject},
            {"base_subject", std::string{cut(base_subject(message.subject), 480)}},
            {"message_count", 1},
            {"first_at", now},
            {"last_at", now},
            {"last_direction", "out"}
        };
        if (order.contact) values.set("contact", order.contact);
        queued.thread = work.create("email_thread", values);
    } else {
        const Record thread = require(host.get("email_thread", queued.thread));
        work.update(
            "email_thread",
            queued.thread,
            {{"message_count", thread["message_count"].integer() + 1},
             {"last_at", now},
             {"last_direction", "out"}},
            thread.version()
        );
    }
    Map values = message_values(message);
    values.set("thread", queued.thread);
    values.set("direction", "out");
    values.set("received_at", now);
    values.set("fingerprint", fingerprint_of(message));
    values.set("digest", sha256(prepared.composed.message));
    values.set("state", "outgoing");
    if (order.contact) values.set("contact", order.contact);
    queued.message = work.create("email_message", values);
    work.create(
        "email_participant",
        {{"message", queued.message},
         {"role", "from"},
         {"address", normal_address(prepared.draft.from.address)},
         {"name", prepared.draft.from.name}}
    );
    Map to{
        {"message", queued.message},
        {"role", "to"},
        {"address", normal_address(prepared.address)},
        {"name", prepared.draft.to.name}
    };
    if (order.contact) to.set("contact", order.contact);
    work.create("email_participant", to);
    keep_attachments(host, message, queued.message, work);
    Map delivery{
        {"message", queued.message},
        {"mailbox", order.mailbox},
        {"address", prepared.address},
        {"state", "queued"},
        {"due_at", first_due(order, prepared, now)},
        {"purpose", prepared.purpose},
        {"envelope_from", prepared.composed.envelope_from},
        {"needs_utf8", prepared.composed.needs_utf8}
    };
    if (prepared.composed.message.size() > most_text_bytes)
        delivery.set("source_file", keep_message(host, prepared.composed.message));
    else
        delivery.set("source", prepared.composed.message);
    if (order.contact) delivery.set("contact", order.contact);
    if (order.enrolment) delivery.set("enrolment", order.enrolment);
    if (prepared.permit.may_come_later()) delivery.set("consent", cut(prepared.permit.why(), 990));
    queued.delivery = work.create("email_delivery", delivery);
    return queued;
}

} // namespace mortise::plugins::email
