#include "store/ingest.hpp"

#include "mime/glib.hpp"
#include "mime/meeting.hpp"
#include "store/attachments.hpp"
#include "store/bounce_keeper.hpp"

#include <algorithm>

namespace mortise::plugins::email {

namespace {

constexpr std::int64_t microseconds_per_second = 1'000'000;
constexpr std::int64_t day = std::int64_t{86'400} * microseconds_per_second;
constexpr std::size_t most_people = 200;

const char* name(AutomaticKind kind)
{
    switch (kind) {
    case AutomaticKind::none:
        return "no";
    case AutomaticKind::reply:
        return "reply";
    case AutomaticKind::generated:
        return "generated";
    case AutomaticKind::list:
        return "list";
    }
    return "no";
}

List list_of(const std::vector<Address>& addresses)
{
    List list;
    for (const Address& address : addresses) {
        if (list.size() >= most_people) break;
        list.push_back(Map{{"name", cut(address.name, 500)}, {"address", cut(address.address, 500)}});
    }
    return list;
}

List list_of(const std::vector<std::string>& texts, std::size_t most)
{
    List list;
    for (const std::string& text : texts)
        if (list.size() < most) list.push_back(text);
    return list;
}

Value time_of(const Message& message)
{
    if (!message.date) return nullptr;
    return Instant{*message.date * microseconds_per_second};
}

std::string first_address(const Message& message)
{
    return message.from.empty() ? std::string{} : message.from.front().address;
}

} // namespace

Map message_values(const Message& message)
{
    const Address from = message.from.empty() ? Address{} : message.from.front();
    Map values{
        {"subject", message.subject.empty() ? std::string{"(no subject)"} : message.subject},
        {"from_name", cut(from.name, 480)},
        {"from_address", cut(from.address, 480)},
        {"to_addresses", list_of(message.to)},
        {"cc_addresses", list_of(message.cc)},
        {"bcc_addresses", list_of(message.bcc)},
        {"reply_addresses", list_of(message.reply_to)},
        {"sent_at", time_of(message)},
        {"text", message.text},
        {"html", message.html},
        {"summary", clean_line(cut(message.text, 280))},
        {"message_id", cut(message.message_id, 990)},
        {"in_reply_to", list_of(message.in_reply_to, 20)},
        {"reference_ids", list_of(message.references, 100)},
        {"header", message.header},
        {"size", static_cast<std::int64_t>(message.size)},
        {"automatic", name(message.automatic)},
        {"automatic_because", cut(message.automatic_because, 280)},
        {"attachments", static_cast<std::int64_t>(message.attachments.size())},
        {"remote_images", static_cast<std::int64_t>(message.remote_images)},
        {"is_cut", message.is_cut},
        {"list_unsubscribe", cut(message.list_unsubscribe, 1990)},
        {"authentication", cut(message.authentication, 1990)},
        {"problems", list_of(message.problems, 50)},
    };
    return values;
}

std::string sha256(std::string_view bytes)
{
    const GlibText digest{g_compute_checksum_for_data(
        G_CHECKSUM_SHA256, reinterpret_cast<const guchar*>(bytes.data()), bytes.size()
    )};
    return text_of(digest.get());
}

std::string fingerprint_of(const Message& message)
{
    // Message-IDs alone are not enough: a stranger may use one that is not theirs to keep a message away.
    std::string all = message.message_id;
    for (const std::string_view part : {std::string_view{message.subject}, std::string_view{message.text}}) {
        all += '\0';
        all += part;
    }
    all += '\0' + lower_ascii(first_address(message)) + '\0'
        + std::to_string(message.date_is_own ? *message.date : 0);
    for (const Attachment& attachment : message.attachments)
        all += '\0' + sha256(attachment.content);
    return sha256(all);
}

Ingest::Ingest(const Host& host) : m_host{host}, m_policy{host}
{
    const Settings settings = require(host.settings());
    m_strangers = settings["strangers"].text();
    m_soft_bounces = settings["soft_bounces"].integer(5);
    m_keeps_raw = settings["keep_raw"].boolean();
}

Taken Ingest::take(std::string_view raw, const Place& place, Work& work)
{
    Entity entity;
    const Message message = read_message(raw, {}, &entity);
    const std::string fingerprint = fingerprint_of(message);
    const auto known = require(m_host.find("email_message", "fingerprint", fingerprint, 1, {"id"}));
    if (!known.empty()) return seen_again(known.front().id(), message, place, work);

    Taken taken;
    taken.bounces = find_bounce(message, entity);
    std::vector<Person> people = people_of(message);
    const bool is_out = !people.empty() && std::string_view{people.front().role} == "from"
        && m_policy.is_internal(people.front().normal);
    const auto other
        = std::ranges::find_if(people, [](const Person& person) { return bool{person.contact}; });
    if (other != people.end()) taken.contact = other->contact;
    const bool from_person = message.automatic == AutomaticKind::none && !taken.bounces.is_report
        && !people.empty() && !people.front().normal.empty() && !is_out
        && std::string_view{people.front().role} == "from" && !m_policy.is_nobody(people.front().normal);
    const Thread thread = find_thread(message, people);
    taken.result = "stored";
    if (!taken.contact && !taken.bounces.is_report && !thread.answers) {
        const std::string strangers = strangers_at(place.mailbox);
        if (strangers == "ignore") {
            taken.result = "filtered";
            taken.reason = "nobody in it is known";
            note(taken, message, place, work);
            return taken;
        }
        if (strangers == "contact" && from_person) {
            people.front().contact = make_contact(people.front(), work);
            taken.contact = people.front().contact;
            taken.reason = "its sender became a contact";
        } else if (strangers == "ask" && from_person) {
            taken.result = "waiting";
            taken.reason = "its sender is a stranger";
        }
    }

    taken.thread = thread.id ? thread.id : Id{};
    Thread kept = thread;
    if (!kept.id) {
        const std::string base = base_subject(message.subject);
        Map values{
            {"subject", message.subject.empty() ? std::string{"(no subject)"} : message.subject},
            {"base_subject", cut(base, 480)},
            {"message_count", 1},
            {"first_at", time_of(message)},
            {"last_at", time_of(message)},
            {"last_direction", is_out ? "out" : "in"}
        };
        if (taken.contact) values.set("contact", taken.contact);
        kept.id = work.create("email_thread", values);
        kept.is_new = true;
        taken.thread = kept.id;
    }
    Map values = message_values(message);
    values.set("thread", kept.id);
    values.set("direction", is_out ? "out" : "in");
    values.set("received_at", m_host.now());
    values.set("fingerprint", fingerprint);
    values.set("digest", sha256(raw));
    values.set("is_bounce", taken.bounces.is_report);
    values.set("state", taken.result == "waiting" ? "waiting" : "received");
    if (taken.contact) values.set("contact", taken.contact);
    if (m_keeps_raw) values.set("raw", keep_message(m_host, raw));
    taken.message = work.create("email_message", values);
    for (const Person& person : people) {
        Map participant{
            {"message", taken.message},
            {"role", person.role},
            {"address", cut(person.normal.empty() ? person.address.address : person.normal, 480)},
            {"name", cut(person.address.name, 480)}
        };
        if (person.contact) participant.set("contact", person.contact);
        work.create("email_participant", participant);
    }
    keep_attachments(m_host, message, taken.message, work);
    if (!kept.is_new) update_thread(kept, message, is_out, taken.contact, work);
    note(taken, message, place, work);
    if (taken.bounces.found())
        keep_bounces(m_host, taken.bounces, taken.message, m_soft_bounces, work);
    else if (!is_out && !taken.bounces.is_report)
        publish(taken, message, kept, work);
    return taken;
}

Taken Ingest::seen_again(Id message, const Message& parsed, const Place& place, Work& work) const
{
    Taken taken;
    const Record record = require(m_host.get("email_message", message, {"id", "thread", "contact"}));
    taken.result = "duplicate";
    taken.reason = "kept already";
    taken.message = message;
    taken.thread = record["thread"].id();
    taken.contact = record["contact"].id();
    note(taken, parsed, place, work);
    return taken;
}

std::vector<Ingest::Person> Ingest::people_of(const Message& message) const
{
    std::vector<Person> people;
    const auto add = [&](const std::vector<Address>& addresses, const char* role) {
        for (const Address& address : addresses) {
            if (people.size() >= most_people || address.address.empty()) continue;
            Person person{address, normal_address(address.address), role, {}};
            const bool is_there = std::ranges::any_of(people, [&](const Person& other) {
                return other.normal == person.normal && std::string_view{other.role} == role;
            });
            if (is_there && !person.normal.empty()) continue;
            if (!person.normal.empty() && !m_policy.is_internal(person.normal))
                person.contact = find_contact(m_host, person.normal);
            people.push_back(std::move(person));
        }
    };
    add(message.from, "from");
    add(message.to, "to");
    add(message.cc, "cc");
    add(message.bcc, "bcc");
    return people;
}

std::string Ingest::strangers_at(Id mailbox) const
{
    if (!mailbox) return m_strangers;
    const auto record = if_found(m_host.get("mailbox", mailbox, {"strangers"}));
    const std::string own{record ? (*record)["strangers"].text() : std::string_view{}};
    return own.empty() ? m_strangers : own;
}

/// By what it answers; else by subject and people, for programs that lose the references.
Ingest::Thread Ingest::find_thread(const Message& message, const std::vector<Person>& people) const
{
    std::vector<std::string> ids = message.in_reply_to;
    ids.insert(ids.end(), message.references.rbegin(), message.references.rend());
    if (ids.size() > 50) ids.resize(50);
    for (const std::string& id : ids) {
        const auto found = require(
            m_host.find("email_message", "message_id", cut(id, 990), 1, {"id", "thread", "direction"})
        );
        if (found.empty() || !found.front()["thread"].id()) continue;
        return {
            found.front()["thread"].id(),
            false,
            found.front().id(),
            found.front()["direction"].text() == "out"
        };
    }
    const std::string base = base_subject(message.subject);
    const bool is_answer = base.size() > 3 && lower_ascii(clean_line(message.subject)) != base;
    if (!is_answer || !message.date || people.empty()) return {};
    // The same subject, somebody of the same people, within thirty days before.
    const std::int64_t at = *message.date * microseconds_per_second;
    const Rows rows = require(m_host.query(
        "SELECT m.id AS message, m.thread AS thread, m.direction AS direction FROM email_thread t"
        " JOIN email_message m ON m.thread = t.id JOIN email_participant p ON p.message = m.id"
        " WHERE t.base_subject = :subject AND m.sent_at BETWEEN :from AND :to AND p.address = :address"
        " ORDER BY m.sent_at DESC, m.id DESC LIMIT 1",
        Map{{"subject", cut(base, 480)},
            {"from", at - 30 * day},
            {"to", at},
            {"address", people.front().normal}}
    ));
    if (rows.empty()) return {};
    return {
        rows.front()["thread"].id(),
        false,
        rows.front()["message"].id(),
        rows.front()["direction"].text() == "out"
    };
}

Id Ingest::make_contact(const Person& person, Work& work) const
{
    const std::string name = person.address.name.empty() ? person.normal.substr(0, person.normal.find('@'))
                                                         : std::string{cut(person.address.name, 200)};
    return work.create(
        "contact", {{"kind", "person"}, {"name", name}, {"email", person.normal}, {"source", "email"}}
    );
}

void Ingest::note(const Taken& taken, const Message& message, const Place& place, Work& work) const
{
    Map values{
        {"folder", cut(place.folder, 480)},
        {"message_id", cut(message.message_id, 990)},
        {"result", taken.result},
        {"reason", taken.reason},
        {"seen_at", m_host.now()}
    };
    if (place.mailbox) values.set("mailbox", place.mailbox);
    if (place.uid != 0) values.set("uid", place.uid);
    if (place.uid_validity != 0) values.set("uid_validity", place.uid_validity);
    if (!place.flags.empty()) values.set("flags", cut(place.flags, 190));
    if (taken.message) values.set("message", taken.message);
    work.create("email_sighting", values);
}

void Ingest::note_left(const Place& place, std::string_view result, std::string_view reason, Work& work) const
{
    Taken taken;
    taken.result = result;
    taken.reason = clean_line(cut(reason, 900));
    note(taken, {}, place, work);
}

void Ingest::update_thread(const Thread& thread, const Message& message, bool is_out, Id contact, Work& work)
    const
{
    const Record record = require(m_host.get("email_thread", thread.id));
    Map values{{"message_count", record["message_count"].integer() + 1}};
    const Instant last = record["last_at"].get_or(Instant{});
    const Instant at = message.date ? Instant{*message.date * microseconds_per_second} : Instant{};
    if (at >= last) {
        values.set("last_at", at);
        values.set("last_direction", is_out ? "out" : "in");
    } else if (at.microseconds != 0 && at < record["first_at"].get_or(at)) {
        values.set("first_at", at);
    }
    if (contact && !record["contact"].id()) values.set("contact", contact);
    work.update("email_thread", thread.id, values, record.version());
}

void Ingest::publish(const Taken& taken, const Message& message, const Thread& thread, Work& work) const
{
    const std::string from = first_address(message);
    const Map links{{"message", taken.message}, {"thread", taken.thread}};
    const Instant at{message.date.value_or(0) * microseconds_per_second};
    // A date from the future is a wrong clock, or a lie; then it happened now.
    const Instant when = at > m_host.now() ? Instant{} : at;
    work.publish(
        "email.received",
        taken.contact,
        {{"subject", message.subject}, {"from", from}, {"automatic", name(message.automatic)}},
        links,
        when
    );
    const auto meeting = find_meeting(message, from);
    if (meeting)
        work.publish(
            "email.meeting",
            taken.contact,
            {{"kind", meeting->kind},
             {"summary", meeting->summary},
             {"starts", meeting->starts},
             {"uid", meeting->uid},
             {"from", from}},
            links,
            when
        );
    if (!thread.answers_ours) return;
    if (message.automatic == AutomaticKind::none)
        work.publish(
            "email.replied", taken.contact, {{"subject", message.subject}, {"from", from}}, links, when
        );
    else if (message.automatic == AutomaticKind::reply)
        work.publish(
            "email.autoreplied",
            taken.contact,
            {{"subject", message.subject}, {"because", message.automatic_because}},
            links,
            when
        );
}

} // namespace mortise::plugins::email
