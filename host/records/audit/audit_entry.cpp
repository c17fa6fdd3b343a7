#include "records/audit/audit_entry.hpp"

#include "store/statement.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace mortise::host {

namespace {

std::string_view as_text(std::span<const std::byte> bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Digest digest_in(std::span<const std::byte> bytes)
{
    Digest digest{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
    return digest;
}

} // namespace

std::string text_of(const AuditHead& head)
{
    return std::to_string(head.number) + ':' + hex(head.hash);
}

Result<AuditHead> parse_audit_head(std::string_view text)
{
    AuditHead head;
    const std::size_t colon = text.find(':');
    const std::string_view number = text.substr(0, colon);
    const auto read = std::from_chars(number.data(), number.data() + number.size(), head.number);
    const bool is_number = read.ec == std::errc{} && read.ptr == number.data() + number.size();
    auto digest = parse_digest(colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1));
    if (is_number && head.number > 0 && digest) {
        head.hash = *digest;
        return head;
    }
    return Error{
        .code = ErrorCode::invalid,
        .message = "\"" + std::string{text.substr(0, 100)} + "\" is no head of an audit trail",
        .key = "audit.head",
        .where = {},
        .hint = "give what mortise audit head printed: the entry's number, a colon and 64 hexadecimal digits",
    };
}

AuditEntry read_audit_entry(const Statement& row)
{
    AuditEntry entry;
    entry.number = row.integer(0);
    entry.at = Instant{row.integer(1)};
    entry.actor = row.text(2);
    entry.account = row.text(3);
    entry.client = row.text(4);
    entry.way = row.text(5);
    entry.kind = row.text(6);
    entry.records = row.integer(7);
    entry.events = row.integer(8);
    entry.last = row.integer(9);
    entry.detail = row.text(10);
    entry.content = digest_in(row.bytes(11));
    entry.hash = digest_in(row.bytes(12));
    return entry;
}

AuditText& AuditText::add(std::string_view part)
{
    m_text.append(std::to_string(part.size())).append(1, ':').append(part);
    return *this;
}

AuditText& AuditText::add(std::int64_t number)
{
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return add(std::string_view{digits.data(), static_cast<std::size_t>(end - digits.data())});
}

AuditText& AuditText::add(std::span<const std::byte> bytes)
{
    return add(as_text(bytes));
}

Digest audit_hash(const AuditEntry& entry, const Digest& before)
{
    AuditText text;
    text.add(entry.number).add(entry.at.microseconds).add(entry.actor).add(entry.account).add(entry.client);
    text.add(entry.way).add(entry.kind).add(entry.records).add(entry.events).add(entry.last);
    text.add(entry.detail).add(std::span{entry.content}).add(std::span{before});
    return sha256(text.text());
}

void add_event(AuditText& text, const AuditedEvent& event)
{
    text.add(event.number).add(event.type).add(event.subject).add(event.subject_type);
    text.add(event.time).add(event.recorded).add(event.actor).add(event.client).add(event.schema);
    text.add(event.event_class).add(event.external).add(event.unit).add(event.cause);
    text.add(event.correlation).add(event.depth).add(event.leaf).add(event.links).add(event.sealed);
}

} // namespace mortise::host
