#include "records/audit/audit_verify.hpp"

#include "records/audit/audit_events.hpp"
#include "records/audit/audit_writer.hpp"
#include "records/audit/erased_records.hpp"
#include "records/audit/sealed_rows.hpp"
#include "records/catalog.hpp"
#include "records/event_leaf.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace mortise::host {

namespace {

constexpr std::size_t most_findings = 20;
constexpr std::uint64_t progress_every = 2000; // entries

std::string events_text(std::int64_t first, std::int64_t last)
{
    return first == last ? "event " + std::to_string(first)
                         : "events " + std::to_string(first) + " to " + std::to_string(last);
}

class AuditWalk {
public:
    AuditWalk(
        Connection& reader,
        const AuditVerifyOptions& options,
        const Schema& schema,
        ErasedRecords gone,
        EventReader events
    )
        : m_reader{reader},
          m_options{options},
          m_gone{std::move(gone)},
          m_events{std::move(events)},
          m_rows{reader, schema, m_gone}
    {
    }

    Result<AuditReport> run()
    {
        MORTISE_TRY(const std::int64_t all, number(R"(SELECT count(*) FROM "mt$audit")"));
        MORTISE_TRY(
            Statement entries,
            m_reader.prepare("SELECT " + std::string{audit_columns} + " FROM \"mt$audit\" ORDER BY number")
        );
        for (;;) {
            MORTISE_TRY(const bool more, entries.step());
            if (!more) break;
            if (m_report.entries++ % progress_every == 0) {
                if (m_options.cancel && m_options.cancel->load(std::memory_order_relaxed))
                    return Error{ErrorCode::cancelled, "the check was stopped", "audit.cancelled", {}, {}};
                if (m_options.on_progress)
                    m_options.on_progress(m_report.entries - 1, static_cast<std::uint64_t>(all));
            }
            const AuditEntry entry = read_audit_entry(entries);
            check_place(entry);
            check_heads(entry);
            MORTISE_CHECK(check_events(entry));
            m_before = entry;
        }
        MORTISE_CHECK(check_end());
        MORTISE_CHECK(check_strangers());
        m_report.head = {m_before ? m_before->number : 0, m_before ? m_before->hash : Digest{}};
        m_report.rows = m_rows.compared();
        m_report.purged = m_rows.purged();
        for (const auto& [entry, count] : m_erased)
            m_report.erased.push_back({entry, count});
        std::ranges::stable_sort(m_report.findings, {}, &AuditFinding::entry);
        return std::move(m_report);
    }

private:
    void wrong(std::int64_t entry, std::string what)
    {
        ++m_report.wrong;
        if (m_report.findings.size() < most_findings) m_report.findings.push_back({entry, std::move(what)});
    }

    Result<std::int64_t> number(const std::string& sql)
    {
        MORTISE_TRY(Statement statement, m_reader.prepare(sql));
        MORTISE_TRY(const bool found, statement.step());
        return found ? statement.integer(0) : 0;
    }

    /// Whether the entry stands where it was written, and says what it said.
    void check_place(const AuditEntry& entry)
    {
        const std::int64_t expected = m_before ? m_before->number + 1 : 1;
        m_follows = entry.number == expected;
        if (!m_follows) {
            const std::string last = std::to_string(entry.number - 1);
            wrong(
                expected,
                entry.number - 1 == expected
                    ? "entry " + last + " is missing"
                    : "entries " + std::to_string(expected) + " to " + last + " are missing"
            );
            return; // what it was behind is not known
        }
        if (audit_hash(entry, m_before ? m_before->hash : Digest{}) != entry.hash)
            wrong(
                entry.number,
                "entry " + std::to_string(entry.number)
                    + " was edited, or is not where it was written: its hash does not follow from what it "
                      "says and from the entry before"
            );
    }

    void check_heads(const AuditEntry& entry)
    {
        for (const AuditHead& head : m_options.heads) {
            if (head.number != entry.number) continue;
            if (head.hash == entry.hash) {
                m_last_fit = std::max(m_last_fit, head.number);
                continue;
            }
            wrong(
                entry.number,
                "entry " + std::to_string(head.number) + " is not the one of the head that was kept: from "
                    + (m_last_fit == 0 ? "some entry up to it"
                                       : "some entry after " + std::to_string(m_last_fit))
                    + ", the trail was written anew"
            );
        }
    }

    Result<void> check_events(const AuditEntry& entry)
    {
        std::int64_t from = entry.last - entry.events;
        if (!m_before) m_report.before = static_cast<std::uint64_t>(from);
        if (m_before && m_follows && from != m_before->last) {
            wrong(
                entry.number,
                "entry " + std::to_string(entry.number) + " begins behind event " + std::to_string(from)
                    + " when the one before ends at event " + std::to_string(m_before->last)
            );
        }
        if (entry.kind == audit_resumed) MORTISE_CHECK(check_resumed(entry));
        if (entry.kind == audit_began || entry.events <= 0) return {};
        Hasher content;
        AuditText text;
        bool is_told = false;
        m_events.seek(from, entry.last);
        for (;;) {
            MORTISE_TRY(const bool more, m_events.next());
            if (!more) break;
            const AuditedEvent event = m_events.event();
            if (event.number != from + 1) {
                wrong(entry.number, events_text(from + 1, event.number - 1) + " is missing");
                is_told = true;
            }
            from = event.number;
            ++m_report.events;
            text.clear();
            add_event(text, event);
            content.add(text.text());
            is_told |= !check_payload(entry, event);
            MORTISE_CHECK(check_rows(entry, event));
        }
        if (from != entry.last) {
            wrong(entry.number, events_text(from + 1, entry.last) + " is missing");
            is_told = true;
        }
        if (!is_told && content.finish() != entry.content)
            wrong(
                entry.number,
                events_text(entry.last - entry.events + 1, entry.last)
                    + ": not as it was written (who, how, links or seals)"
            );
        return {};
    }

    /// False if it told of something wrong.
    bool check_payload(const AuditEntry& entry, const AuditedEvent& event)
    {
        const std::string name = "event " + std::to_string(event.number);
        if (!m_events.has_data()) {
            if (const auto erasure = m_gone.erased(event))
                ++m_erased[*erasure];
            else if (m_events.has_seals() && m_gone.expired(event)) // none: it may be of rows
                ++m_report.expired;
            else {
                wrong(
                    entry.number,
                    "what " + name + " said is missing, and no erasure took it away, nor a rule of retention"
                );
                return false;
            }
            return true;
        }
        Hasher hasher;
        hasher.add(m_events.salt());
        hasher.add(m_events.data());
        const Digest leaf = event_leaf(
            event.type,
            event.number,
            Instant{event.recorded},
            Instant{event.time},
            Id{event.subject},
            hasher.finish()
        );
        if (std::ranges::equal(leaf, event.leaf)) return true;
        wrong(entry.number, name + " is not what was written");
        return false;
    }

    Result<void> check_rows(const AuditEntry& entry, const AuditedEvent& event)
    {
        if (m_gone.is_erasure(event.unit) && event.type.ends_with(".erased"))
            return m_rows.note_erased(event);
        const auto salt = m_events.has_data() ? m_events.salt() : std::span<const std::byte>{};
        return m_rows.check(event, salt, [&](std::string what) { wrong(entry.number, std::move(what)); });
    }

    /// Events that were in the log without an entry when a host opened it.
    Result<void> check_resumed(const AuditEntry& entry)
    {
        const std::int64_t from = entry.last - entry.events;
        MORTISE_TRY(
            const std::int64_t sealed,
            number(
                "SELECT count(*) FROM \"mt$event\" WHERE sealed IS NOT NULL AND number > "
                + std::to_string(from) + " AND number <= " + std::to_string(entry.last)
            )
        );
        const std::string which = events_text(from + 1, entry.last);
        if (sealed != 0)
            wrong(
                entry.number, "the entries of " + which + " were cut off: they would stand before this one"
            );
        else {
            m_rows.leave_out(from, entry.last);
            m_report.remarks.push_back(
                {entry.number, which + ": written by an older version of mortise, or by other means"}
            );
        }
        return {};
    }

    Result<void> check_end()
    {
        const std::int64_t end = m_before ? m_before->number : 0;
        for (const AuditHead& head : m_options.heads)
            if (head.number > end)
                wrong(
                    end + 1,
                    "the trail ends with entry " + std::to_string(end) + " when there was an entry "
                        + std::to_string(head.number) + ": what came between was cut off"
                );
        MORTISE_TRY(const std::int64_t last, number(R"(SELECT ifnull(max(number), 0) FROM "mt$event")"));
        if (m_before && last > m_before->last)
            wrong(
                end + 1,
                "no entry tells of " + events_text(m_before->last + 1, last) + ": entries were cut off"
            );
        MORTISE_TRY(
            const std::int64_t older,
            number(
                "SELECT ifnull(min(number), 0) FROM \"mt$event\" WHERE sealed IS NOT NULL AND number <= "
                + std::to_string(m_report.before)
            )
        );
        if (older != 0)
            wrong(
                1,
                "the trail begins behind event " + std::to_string(m_report.before)
                    + " when there were entries since event " + std::to_string(older)
                    + ": they were taken away"
            );
        return {};
    }

    /// Rows that no entry tells of.
    Result<void> check_strangers()
    {
        return m_rows.check_strangers(
            static_cast<std::int64_t>(m_report.before),
            [&](std::int64_t unit, std::string what) -> Result<void> {
                MORTISE_TRY(
                    const std::int64_t entry,
                    number(
                        "SELECT ifnull(min(number), 0) FROM \"mt$audit\" WHERE last >= "
                        + std::to_string(unit)
                    )
                );
                wrong(entry, std::move(what));
                return {};
            }
        );
    }

    Connection& m_reader;
    const AuditVerifyOptions& m_options;
    const ErasedRecords m_gone;
    EventReader m_events;
    SealedRows m_rows;
    AuditReport m_report;
    std::optional<AuditEntry> m_before;
    bool m_follows{true};
    std::int64_t m_last_fit{0};
    std::map<std::int64_t, std::uint64_t> m_erased; // by entry
};

Result<AuditReport> walk(Connection& reader, const AuditVerifyOptions& options)
{
    MORTISE_TRY(const SchemaPointer schema, read_schema(reader));
    MORTISE_TRY(ErasedRecords gone, ErasedRecords::read(reader));
    MORTISE_TRY(EventReader events, EventReader::open(reader));
    return AuditWalk{reader, options, *schema, std::move(gone), std::move(events)}.run();
}

} // namespace

Result<AuditReport> verify_audit(Connection& reader, const AuditVerifyOptions& options)
{
    MORTISE_CHECK(reader.begin());
    auto report = walk(reader, options);
    reader.end_reads();
    return report;
}

} // namespace mortise::host
