#include "records/verify.hpp"

#include "base/hash.hpp"
#include "records/catalog.hpp"
#include "records/event_leaf.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <utility>

namespace mortise::host {

namespace {

constexpr std::size_t most_findings = 20;

class Verifier {
public:
    Verifier(Connection& reader, const VerifyOptions& options) : m_reader{reader}, m_options{options} { }

    Result<std::vector<DatabaseCheck>> run()
    {
        MORTISE_CHECK(check_pages());
        if (m_checks.back().wrong != 0) return std::move(m_checks); // what follows could not be trusted
        MORTISE_TRY(m_schema, read_schema(m_reader));
        MORTISE_CHECK(check_references());
        MORTISE_CHECK(check_history());
        MORTISE_CHECK(check_numbers());
        MORTISE_CHECK(check_payloads());
        return std::move(m_checks);
    }

private:
    Result<void> begin(std::string name)
    {
        if (m_options.cancel && m_options.cancel->load(std::memory_order_relaxed))
            return Error{ErrorCode::cancelled, "the check was stopped", "verify.cancelled", {}, {}};
        if (m_options.on_check) m_options.on_check(name);
        m_checks.push_back({std::move(name), 0, 0, {}});
        return {};
    }

    void wrong(std::string finding)
    {
        DatabaseCheck& check = m_checks.back();
        ++check.wrong;
        if (check.findings.size() < most_findings) check.findings.push_back(std::move(finding));
    }

    Result<std::int64_t> number(std::string_view sql)
    {
        MORTISE_TRY(Statement statement, m_reader.prepare(sql));
        MORTISE_TRY(const bool found, statement.step());
        return found ? statement.integer(0) : 0;
    }

    Result<void> check_pages()
    {
        MORTISE_CHECK(begin("pages"));
        MORTISE_TRY(const std::int64_t pages, number("PRAGMA page_count"));
        m_checks.back().looked_at = static_cast<std::uint64_t>(pages);
        MORTISE_TRY(Statement check, m_reader.prepare("PRAGMA integrity_check(20)"));
        for (;;) {
            auto more = check.step();
            if (!more) { // damaged so badly that even the check cannot go on
                wrong(more.error().message);
                return {};
            }
            if (!*more) return {};
            if (check.text(0) != "ok") wrong(std::string{check.text(0)});
        }
    }

    /// Each names a record that was there once; deleted ones may come back.
    Result<void> check_references()
    {
        MORTISE_CHECK(begin("references"));
        for (const TypePointer& type : m_schema->types())
            for (const Field& field : type->fields) {
                const TypePointer target = m_schema->find(field.reference_type);
                if (field.kind != FieldKind::reference || !target) continue;
                MORTISE_CHECK(check_field(*type, field, *target));
            }
        return {};
    }

    Result<void> check_field(const RecordType& type, const Field& field, const RecordType& target)
    {
        const std::string column = "r." + quoted_name(field.column);
        const std::string from = " FROM " + quoted_name(type.table) + " r ";
        MORTISE_TRY(
            const std::int64_t count, number("SELECT count(*)" + from + "WHERE " + column + " IS NOT NULL")
        );
        m_checks.back().looked_at += static_cast<std::uint64_t>(count);
        MORTISE_TRY(
            Statement broken,
            m_reader.prepare(
                "SELECT r.id, " + column + from + "WHERE " + column
                + " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM " + quoted_name(target.table)
                + " t WHERE t.id = " + column + ")"
            )
        );
        for (;;) {
            MORTISE_TRY(const bool more, broken.step());
            if (!more) return {};
            wrong(
                type.name + " " + std::to_string(broken.integer(0)) + ": " + field.name + " is " + target.name
                + " " + std::to_string(broken.integer(1)) + ", which was never there"
            );
        }
    }

    /// Version n of a record was true until version n + 1 began, and none is missing.
    Result<void> check_history()
    {
        MORTISE_CHECK(begin("history"));
        for (const TypePointer& type : m_schema->types()) {
            const std::string table = quoted_name(type->table);
            const std::string history = quoted_name(type->table + "_h");
            MORTISE_TRY(const std::int64_t former, number("SELECT count(*) FROM " + history));
            MORTISE_TRY(const std::int64_t present, number("SELECT count(*) FROM " + table));
            m_checks.back().looked_at += static_cast<std::uint64_t>(former + present);
            MORTISE_CHECK(check_versions(
                *type,
                "SELECT r.id, r.version FROM " + table
                    + " r LEFT JOIN (SELECT id, count(*) AS n, min(version) AS first, max(version) AS last "
                      "FROM "
                    + history
                    + " GROUP BY id) h ON h.id = r.id WHERE r.version <> ifnull(h.n, 0) + 1 OR (h.n > 0 AND "
                      "(h.first <> 1 OR h.last <> r.version - 1))",
                "lacks some of its former versions"
            ));
            MORTISE_CHECK(check_versions(
                *type,
                "SELECT h.id, h.version FROM " + history + " h LEFT JOIN " + history
                    + " n ON n.id = h.id AND n.version = h.version + 1 LEFT JOIN " + table
                    + " r ON r.id = h.id AND r.version = h.version + 1 WHERE ifnull(n.since, r.since) IS NOT "
                      "h.until",
                "does not end where the next version begins"
            ));
        }
        return {};
    }

    Result<void> check_versions(const RecordType& type, const std::string& sql, const std::string& what)
    {
        MORTISE_TRY(Statement broken, m_reader.prepare(sql));
        for (;;) {
            MORTISE_TRY(const bool more, broken.step());
            if (!more) return {};
            wrong(
                type.name + " " + std::to_string(broken.integer(0)) + " at version "
                + std::to_string(broken.integer(1)) + " " + what
            );
        }
    }

    Result<void> check_numbers()
    {
        MORTISE_CHECK(begin("event numbers"));
        MORTISE_TRY(
            Statement range,
            m_reader.prepare(
                "SELECT count(*), ifnull(min(number), 1), ifnull(max(number), 0) FROM \"mt$event\""
            )
        );
        MORTISE_CHECK(range.step());
        m_checks.back().looked_at = static_cast<std::uint64_t>(range.integer(0));
        const std::int64_t last = range.integer(2);
        if (range.integer(0) != last - range.integer(1) + 1) MORTISE_CHECK(find_holes());
        for (const TypePointer& type : m_schema->types()) {
            MORTISE_TRY(
                const std::int64_t ahead,
                number(
                    "SELECT count(*) FROM " + quoted_name(type->table) + " WHERE since > "
                    + std::to_string(last)
                )
            );
            if (ahead != 0)
                wrong(
                    std::to_string(ahead) + " records of " + type->name
                    + " were changed after the last event, " + std::to_string(last)
                );
        }
        return {};
    }

    Result<void> find_holes()
    {
        MORTISE_TRY(
            Statement holes,
            m_reader.prepare(
                "SELECT number + 1 FROM \"mt$event\" e WHERE NOT EXISTS (SELECT 1 FROM \"mt$event\" n "
                "WHERE n.number = e.number + 1) ORDER BY number"
            )
        );
        std::vector<std::int64_t> after;
        for (;;) {
            MORTISE_TRY(const bool more, holes.step());
            if (!more) break;
            after.push_back(holes.integer(0));
        }
        if (!after.empty()) after.pop_back(); // behind the last there is none
        for (const std::int64_t number : after)
            wrong("event " + std::to_string(number) + " is missing");
        return {};
    }

    /// Each event says what was written when it happened.
    Result<void> check_payloads()
    {
        MORTISE_CHECK(begin("events"));
        MORTISE_TRY(
            Statement events,
            m_reader.prepare(
                R"(SELECT e.number, n.text, e.recorded, e.time, ifnull(e.subject, 0), e.leaf, d.salt,
                d.data FROM "mt$event" e LEFT JOIN "mt$name" n ON n.id = e.type
                LEFT JOIN "mt$event_data" d ON d.number = e.number ORDER BY e.number)"
            )
        );
        for (;;) {
            MORTISE_TRY(const bool more, events.step());
            if (!more) break;
            if (++m_checks.back().looked_at % 10'000 == 0 && m_options.cancel
                && m_options.cancel->load(std::memory_order_relaxed))
                return Error{ErrorCode::cancelled, "the check was stopped", "verify.cancelled", {}, {}};
            if (events.is_null(6)) continue; // erased: its leaf alone is kept
            Hasher hasher;
            hasher.add(events.bytes(6));
            hasher.add(events.text(7));
            const Digest leaf = event_leaf(
                events.text(1),
                events.integer(0),
                Instant{events.integer(2)},
                Instant{events.integer(3)},
                Id{events.integer(4)},
                hasher.finish()
            );
            if (!std::ranges::equal(leaf, events.bytes(5)))
                wrong("event " + std::to_string(events.integer(0)) + " is not what was written");
        }
        MORTISE_TRY(
            const std::int64_t lost,
            number("SELECT count(*) FROM \"mt$event_data\" d WHERE NOT EXISTS (SELECT 1 FROM \"mt$event\" e "
                   "WHERE e.number = d.number)")
        );
        if (lost != 0) wrong(std::to_string(lost) + " payloads belong to no event");
        MORTISE_TRY(
            const std::int64_t links,
            number("SELECT count(*) FROM \"mt$event_link\" l WHERE NOT EXISTS (SELECT 1 FROM \"mt$event\" e "
                   "WHERE e.number = l.number)")
        );
        if (links != 0) wrong(std::to_string(links) + " links belong to no event");
        return {};
    }

    Connection& m_reader;
    const VerifyOptions& m_options;
    SchemaPointer m_schema;
    std::vector<DatabaseCheck> m_checks;
};

} // namespace

Result<std::vector<DatabaseCheck>> verify_database(Connection& reader, const VerifyOptions& options)
{
    MORTISE_CHECK(reader.begin());
    auto checks = Verifier{reader, options}.run();
    reader.end_reads();
    return checks;
}

Result<std::vector<std::pair<std::string, std::int64_t>>> count_records(Connection& reader)
{
    MORTISE_TRY(const SchemaPointer schema, read_schema(reader));
    std::vector<std::pair<std::string, std::int64_t>> counts;
    const auto count = [&](const std::string& name, const std::string& sql) -> Result<void> {
        MORTISE_TRY(Statement statement, reader.prepare(sql));
        MORTISE_CHECK(statement.step());
        counts.emplace_back(name, statement.integer(0));
        return {};
    };
    for (const TypePointer& type : schema->types())
        MORTISE_CHECK(count(
            type->name, "SELECT count(*) FROM " + quoted_name(type->table) + " WHERE deleted_at IS NULL"
        ));
    MORTISE_CHECK(count("event", "SELECT count(*) FROM \"mt$event\""));
    return counts;
}

} // namespace mortise::host
