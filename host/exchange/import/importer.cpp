#include "exchange/import/importer.hpp"

#include "base/json.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace mortise::host {

bool parse_import_mode(std::string_view name, ImportMode& mode) noexcept
{
    for (const auto& [known, value] :
         {std::pair{"create", ImportMode::create},
          std::pair{"update", ImportMode::update},
          std::pair{"upsert", ImportMode::upsert},
          std::pair{"skip", ImportMode::skip}})
        if (name == known) {
            mode = value;
            return true;
        }
    return false;
}

Error missing_reference(const ReferenceLookup& lookup)
{
    const ReferenceRule& rule = *lookup.rule;
    if (rule.by.empty())
        return {
            .code = ErrorCode::not_found,
            .message = "no " + rule.type + " here came of record " + lookup.text + " of " + rule.source,
            .key = "import.missing_reference",
            .where = lookup.field,
            .hint = "import the " + rule.type + " records of that database first",
        };
    return {
        .code = ErrorCode::not_found,
        .message = "there is no " + rule.type + " with the " + rule.by + " \"" + lookup.text + "\"",
        .key = "import.missing_reference",
        .where = lookup.field,
        .hint = "import those records first, or say \"create\": true in the mapping",
    };
}

Importer::Importer(Database& database, Records& records, CallContext context, ImportOptions options)
    : m_database{database},
      m_records{records},
      m_context{std::move(context)},
      m_options{std::move(options)},
      m_references{database, records, m_context.principal, m_options.source},
      m_open{database, m_options.import},
      m_progress{m_options.resume_from},
      m_batch_size{m_options.batch == 0 ? smallest_batch : m_options.batch}
{
    m_context.channel = "import";
    if (m_options.import) m_context.client = "import " + std::to_string(m_options.import.number);
    m_last_row = m_options.resume_after;
}

Result<ImportProgress> Importer::run(ImportSource& source)
{
    for (const ReferenceRule* rule : source.rules())
        if (rule->type == m_options.type) m_own_rules.push_back(rule);
    if (m_options.resume_after != 0 || m_options.resume_from.created != 0
        || m_options.resume_from.updated != 0) {
        MORTISE_TRY(const std::vector<std::uint64_t> done, m_open.done());
        m_done.insert(done.begin(), done.end());
    }
    auto taken = read_rows(source);
    if (taken) taken = flush_and_land();
    const auto ended = end_bulk(); // whether all rows came in or not
    MORTISE_CHECK(taken);
    MORTISE_CHECK(ended);
    MORTISE_CHECK(settle());
    m_progress.bytes = source.bytes_read();
    if (m_options.on_progress) m_options.on_progress(m_progress);
    return m_progress;
}

Result<void> Importer::stop_if_cancelled()
{
    if (!m_options.cancel || !m_options.cancel->load(std::memory_order_relaxed)) return {};
    MORTISE_CHECK(flush_and_land());
    return Error{
        .code = ErrorCode::cancelled,
        .message = "the import was stopped after " + std::to_string(m_progress.read) + " rows",
        .key = "import.cancelled",
        .where = {},
        .hint = m_options.import ? "go on with --resume " + std::to_string(m_options.import.number)
                + ", or take back what was done with: mortise undo " + std::to_string(m_options.import.number)
                                 : "nothing was written",
    };
}

Result<void> Importer::read_rows(ImportSource& source)
{
    for (;;) {
        MORTISE_CHECK(stop_if_cancelled());
        ImportRow row;
        auto more = source.next(row);
        if (!more) {
            MORTISE_CHECK(flush_and_land());
            return std::move(more).error();
        }
        if (!*more) return {};
        m_progress.bytes = source.bytes_read();
        const bool needs_match
            = m_options.match.empty() && m_options.mode != ImportMode::create && row.source.empty();
        if (needs_match && row.problems.empty()) {
            Error no_match{
                .code = ErrorCode::invalid,
                .message = "no field says which rows are the same record",
                .key = "import.no_match",
                .where = "match",
                .hint = "name one with --match, such as --match email",
            };
            if (m_progress.read == m_progress.refused && m_last_row == m_options.resume_after)
                return no_match;
            row.problems.push_back(std::move(no_match)); // among rows of an export, which need none
        }
        m_last_row = std::max(m_last_row, row.number);
        if (row.number <= m_options.resume_after) continue;
        ++m_progress.read;
        if (m_done.contains(row.number)) continue;
        if (m_options.dry_run) remember_seen(row);
        MORTISE_CHECK(take(std::move(row)));
    }
}

Result<void> Importer::take(ImportRow row)
{
    if (row.problems.empty()) {
        MORTISE_CHECK(take_usable(std::move(row)));
    } else {
        for (const Error& problem : row.problems)
            complain(row, problem, false);
        ++m_progress.refused;
        m_refused.emplace_back(row.number, std::move(row.raw));
    }
    return is_full() ? flush() : Result<void>{};
}

Result<void> Importer::take_usable(ImportRow row)
{
    // A second row about a record of this batch must find the first one written.
    std::string key = match_key(row);
    if (m_keys.contains(key)) MORTISE_CHECK(flush_and_land());
    if (m_flight && m_flight->batch.keys.contains(key)) MORTISE_CHECK(land());
    Pending pending{
        .row = std::move(row), .change = {}, .children = {}, .open = {}, .left = {}, .waited = m_settling
    };
    const auto verdict = plan(pending);
    if (!verdict) {
        if (ends_import(verdict.error())) return verdict.error();
        refuse(pending.row, verdict.error());
        if (m_settling) m_settled.push_back(pending.row.number);
        return {};
    }
    switch (*verdict) {
    case Verdict::write:
        if (!key.empty()) m_keys.insert(std::move(key));
        m_children += pending.children.size();
        m_batch.push_back(std::move(pending));
        break;
    case Verdict::skip:
        ++m_progress.skipped;
        if (m_settling) m_settled.push_back(pending.row.number);
        break;
    case Verdict::wait:
        if (!m_settling && !m_options.dry_run) m_waiting.push_back(std::move(pending.row));
        break;
    }
    return {};
}

Result<Importer::Verdict> Importer::plan(Pending& pending)
{
    note_lookups(pending.row);
    for (const ReferenceLookup& lookup : pending.row.lookups) {
        MORTISE_TRY(const Verdict verdict, resolve(pending, lookup));
        if (verdict == Verdict::wait) return verdict;
    }
    Change& change = pending.change;
    change.type = m_options.type;
    MORTISE_TRY(const Known known, find_known(pending.row));
    const std::string key = m_options.dry_run ? match_key(pending.row) : std::string{};
    const bool is_known = known.match || (!key.empty() && m_matched.contains(key));
    const Operation operation = is_known ? Operation::update : Operation::create;
    if (is_known && m_options.mode == ImportMode::create && !known.came_with_contact)
        return is_there_already(known.match);
    if (operation == Operation::update ? m_options.mode == ImportMode::skip
                                       : m_options.mode == ImportMode::update)
        return Verdict::skip;
    if (!key.empty()) m_matched.insert(key);
    for (Expected& expected : m_expected)
        if (expected.row.number == pending.row.number) expected.updates = operation == Operation::update;
    change.operation = operation;
    if (known.match)
        change.id = known.match->id;
    else if (operation == Operation::update) { // of a dry run: the record is not there to be tried
        ++m_progress.updated;
        return Verdict::wait;
    }
    change.values = std::move(pending.row.values);
    MORTISE_CHECK(complete_export(pending));
    MORTISE_CHECK(plan_id(pending));
    MORTISE_CHECK(plan_children(pending));
    return Verdict::write;
}

/// A new record that something is noted of, or that has children, needs its id beforehand.
Result<void> Importer::plan_id(Pending& pending)
{
    const bool is_named
        = !pending.row.source.empty() || !pending.open.empty() || !pending.row.children.empty();
    if (pending.change.id || m_options.dry_run || !is_named) return {};
    MORTISE_TRY(pending.change.id, m_records.reserve(1));
    return {};
}

/// The record that a row is about.
Result<Importer::Known> Importer::find_known(const ImportRow& row)
{
    Known known;
    MORTISE_TRY(known.match, find_match(row));
    if (known.match || m_options.type != "contact_point") return known;
    MORTISE_TRY(known.match, find_point(row.values));
    known.came_with_contact = known.match.has_value();
    return known;
}

Error Importer::is_there_already(const std::optional<Row>& match) const
{
    return {
        .code = ErrorCode::exists,
        .message = match ? "the row is " + m_options.type + " " + std::to_string(match->id.number)
                + ", which is there already"
                         : "an earlier row of the file is the same " + m_options.type,
        .key = "import.exists",
        .where = m_options.match.empty() ? "id" : m_options.match.front(),
        .hint = "import with --mode upsert to update it, or --mode skip to leave it",
    };
}

/// What an export leaves out was not there: not even what a new record has by default. The owner is a user of
/// the database that it came of.
Result<void> Importer::complete_export(Pending& pending) const
{
    if (pending.row.source.empty()) return {};
    Map& values = pending.change.values;
    if (pending.row.source != m_options.source) values.erase("owner");
    if (pending.change.operation != Operation::create) return {};
    MORTISE_TRY(const TypePointer type, m_records.schema()->require(m_options.type));
    for (const Field& field : type->fields)
        if (!field.archived && !field.required && !values.contains(field.name))
            values.append(field.name, Value{});
    return {};
}

/// Of a record that is there already, only those children are made that it does not have.
Result<void> Importer::plan_children(Pending& pending)
{
    if (pending.row.children.empty()) return {};
    Change& change = pending.change;
    const bool is_new = change.operation == Operation::create;
    if (is_new && m_options.dry_run) return {};
    for (const ImportChild& child : pending.row.children) {
        Change made{
            .operation = Operation::create,
            .type = child.type,
            .id = {},
            .version = {},
            .values = child.values
        };
        made.values.set(child.parent_field, change.id);
        if (!is_new) {
            MORTISE_TRY(
                const std::vector<Row> same,
                m_records.find(m_context.principal, child.type, "value", child.values["value"], 1000)
            );
            const TypePointer type = m_records.schema()->find(child.type);
            if (std::ranges::any_of(same, [&](const Row& row) {
                    return value_of(*type, row, child.parent_field) == Value{change.id};
                }))
                continue;
        }
        pending.children.push_back(std::move(made));
    }
    return {};
}

bool Importer::leaves(const ReferenceRule& rule) const
{
    return m_options.on_missing_reference == OnMissingReference::leave || rule.by.empty();
}

/// Whether an earlier row that is not written yet may be the one that is named.
bool Importer::is_in_batch(const ReferenceLookup& lookup) const
{
    const ReferenceRule& rule = *lookup.rule;
    if (rule.type != m_options.type) return false;
    const auto is_meant = [&](const Pending& pending) {
        if (rule.by.empty())
            return pending.row.source == rule.source && std::to_string(pending.row.source_id) == lookup.text;
        return equal_ignoring_ascii_case(trim(pending.change.values[rule.by].text()), trim(lookup.text));
    };
    return std::ranges::any_of(m_batch, is_meant)
        || (m_flight && std::ranges::any_of(m_flight->batch.rows, is_meant));
}

Result<Importer::Verdict> Importer::resolve(Pending& pending, const ReferenceLookup& lookup)
{
    auto found = m_references.find(*lookup.rule, lookup.text);
    if (found && !*found && is_in_batch(lookup)) {
        MORTISE_CHECK(flush_and_land());
        found = m_references.find(*lookup.rule, lookup.text);
    }
    if (found && *found) {
        pending.row.values.set(lookup.field, *found);
        return Verdict::write;
    }
    if (found) return resolve_missing(pending, lookup);
    Error error = std::move(found).error();
    if (ends_import(error)) return error;
    error.where = lookup.field;
    if (!leaves(*lookup.rule)) return error;
    pending.left.push_back(std::move(error));
    return Verdict::write;
}

Result<Importer::Verdict> Importer::resolve_missing(Pending& pending, const ReferenceLookup& lookup)
{
    const ReferenceRule& rule = *lookup.rule;
    if (rule.create) {
        if (m_options.dry_run) return Verdict::write;
        MORTISE_TRY(const Id id, m_records.reserve(1));
        Change made{
            .operation = Operation::create,
            .type = rule.type,
            .id = id,
            .version = {},
            .values = rule.create_values
        };
        made.values.set(rule.by, lookup.text);
        m_made.push_back(std::move(made));
        m_references.remember(rule, lookup.text, id);
        pending.row.values.set(lookup.field, id);
        return Verdict::write;
    }
    const bool may_come = rule.type == m_options.type;
    if (may_come && m_options.dry_run) {
        ImportRow row;
        row.number = pending.row.number;
        row.line = pending.row.line;
        row.raw = pending.row.raw;
        m_expected.push_back({std::move(row), {}, missing_reference(lookup), leaves(rule), false});
        m_expected.back().key = rule.by + '\n' + rule.source + '\n' + fold(lookup.text);
        return Verdict::write;
    }
    if (may_come && !leaves(rule)) return Verdict::wait;
    if (may_come)
        pending.open.push_back({pending.row.number, pending.row.line, Id{}, lookup.field, rule, lookup.text});
    else if (leaves(rule))
        pending.left.push_back(missing_reference(lookup));
    else
        return missing_reference(lookup);
    return Verdict::write;
}

std::string Importer::match_key(const ImportRow& row) const
{
    std::string key;
    if (!row.source.empty()) key = row.source + '\n' + std::to_string(row.source_id) + '\n';
    for (const std::string& field : m_options.match)
        key.append(json_text(row.values[field])).append(1, '\0');
    return key;
}

Result<std::optional<Row>> Importer::find_match(const ImportRow& row)
{
    if (!row.source.empty()) {
        MORTISE_TRY(const Id id, m_references.find_origin(m_options.type, row.source, row.source_id));
        if (id) {
            MORTISE_TRY(Row found, m_records.get(m_context.principal, m_options.type, id));
            return std::optional{std::move(found)};
        }
    }
    return m_options.match.empty() ? std::optional<Row>{} : find_by_fields(row.values);
}

/// The points of a contact's own addresses come with the contact; a row about one of them completes it.
Result<std::optional<Row>> Importer::find_point(const Map& values)
{
    if (!values["contact"].as<Id>()) return std::optional<Row>{};
    MORTISE_TRY(
        std::vector<Row> rows,
        m_records.find(m_context.principal, "contact_point", "contact", values["contact"], 1000)
    );
    const TypePointer type = m_records.schema()->find("contact_point");
    const auto same = std::ranges::find_if(rows, [&](const Row& row) {
        return value_of(*type, row, "kind") == values["kind"]
            && value_of(*type, row, "value") == values["value"];
    });
    return same == rows.end() ? std::optional<Row>{} : std::optional{std::move(*same)};
}

Result<std::optional<Row>> Importer::find_by_fields(const Map& values)
{
    const std::string& first = m_options.match.front();
    if (values[first].is_null()) return std::optional<Row>{};
    MORTISE_TRY(
        std::vector<Row> rows,
        m_records.find(
            m_context.principal, m_options.type, first, values[first], m_options.match.size() > 1 ? 1000 : 2
        )
    );
    const TypePointer type = m_records.schema()->find(m_options.type);
    for (std::size_t i = 1; i < m_options.match.size(); ++i) {
        // The same normalisation as in the record: compared as the text that a row would keep.
        const std::string wanted = json_text(values[m_options.match[i]]);
        std::erase_if(rows, [&](const Row& row) {
            return json_text(value_of(*type, row, m_options.match[i])) != wanted;
        });
    }
    if (rows.size() > 1)
        return Error{
            .code = ErrorCode::conflict,
            .message = "more than one " + m_options.type + " matches the row",
            .key = "import.ambiguous_match",
            .where = first,
            .hint = "match by more fields, or delete the record that is too many",
        };
    return rows.empty() ? std::optional<Row>{} : std::optional{std::move(rows.front())};
}

} // namespace mortise::host
