#include "commands/describe.hpp"

#include "store/ingest.hpp"

namespace mortise::plugins::email {

namespace {

List describe(const std::vector<Address>& addresses)
{
    List list;
    for (const Address& address : addresses)
        list.push_back(Map{{"name", address.name}, {"address", address.address}});
    return list;
}

List describe(const std::vector<std::string>& texts)
{
    List list;
    for (const std::string& text : texts)
        list.push_back(text);
    return list;
}

std::string_view name(AutomaticKind kind)
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

} // namespace

List describe(const BounceReport& report)
{
    List list;
    for (const BouncedAddress& found : report.addresses)
        list.push_back(
            Map{{"address", found.address},
                {"kind", email::name(found.reason.kind)},
                {"category", found.reason.category},
                {"status", found.reason.status},
                {"because", found.reason.because},
                {"evidence", found.evidence},
                {"server", found.server}}
        );
    return list;
}

Map describe(const Message& message, const BounceReport& report)
{
    List files;
    for (const Attachment& attachment : message.attachments)
        files.push_back(
            Map{{"name", attachment.name},
                {"type", attachment.type},
                {"content_id", attachment.content_id},
                {"is_inline", attachment.is_inline},
                {"size", static_cast<std::int64_t>(attachment.content.size())},
                {"digest", sha256(attachment.content)}}
        );
    constexpr std::int64_t microseconds_per_second = 1'000'000;
    Map bounce{
        {"is_report", report.is_report},
        {"source", report.source},
        {"original_message_id", report.original_message_id},
        {"original_subject", report.original_subject},
        {"addresses", describe(report)}
    };
    return Map{
        {"message_id", message.message_id},
        {"in_reply_to", describe(message.in_reply_to)},
        {"references", describe(message.references)},
        {"from", describe(message.from)},
        {"sender", describe(message.sender)},
        {"reply_to", describe(message.reply_to)},
        {"to", describe(message.to)},
        {"cc", describe(message.cc)},
        {"bcc", describe(message.bcc)},
        {"subject", message.subject},
        {"date", message.date ? Value{Instant{*message.date * microseconds_per_second}} : Value{}},
        {"text", message.text},
        {"html", message.html},
        {"remote_images", static_cast<std::int64_t>(message.remote_images)},
        {"is_cut", message.is_cut},
        {"attachments", std::move(files)},
        {"automatic", name(message.automatic)},
        {"automatic_because", message.automatic_because},
        {"list_id", message.list_id},
        {"list_unsubscribe", message.list_unsubscribe},
        {"authentication", message.authentication},
        {"size", static_cast<std::int64_t>(message.size)},
        {"problems", describe(message.problems)},
        {"bounce", std::move(bounce)}
    };
}

} // namespace mortise::plugins::email
