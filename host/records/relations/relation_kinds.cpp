#include "records/relations/relation_kinds.hpp"

#include "base/text.hpp"
#include "records/row_storage.hpp"
#include "records/sort_key.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace mortise::host {

namespace {

/// Those that are there from the start have the same ids in every database, far from the sequence that all
/// other ids come from.
constexpr std::int64_t first_standard_id = 9'000'000'000'000'001;

constexpr const char* person = "person";
constexpr const char* organisation = "organisation";

struct Standard {
    const char* name;
    const char* label;
    const char* inverse_label;
    std::array<const char*, 2> source_kinds; // null: no more
    std::array<const char*, 2> target_kinds;
    bool symmetric;
    bool single;
    bool tree;
    bool membership;
};

constexpr std::array standard_kinds{
    Standard{"works_at", "works at", "employs", {person}, {organisation}, false, false, false, true},
    Standard{"reports_to", "reports to", "manages", {person}, {person}, false, true, true, false},
    Standard{
        "member_of", "is a member of", "has the member", {person}, {"household"}, false, false, false, true
    },
    Standard{
        "part_of", "is part of", "has the part", {organisation}, {organisation}, false, true, true, false
    },
    Standard{"partner_of", "is a partner of", "is a partner of", {}, {}, true, false, false, false},
    Standard{
        "supplier_of", "supplies", "is supplied by", {person, organisation}, {}, false, false, false, false
    },
    Standard{
        "distributor_of",
        "distributes for",
        "is distributed by",
        {person, organisation},
        {},
        false,
        false,
        false,
        false
    },
};

std::string plain(std::string_view word)
{
    std::string text = fold(trim(word));
    std::ranges::replace(text, ' ', '_');
    std::ranges::replace(text, '-', '_');
    return text;
}

std::vector<std::string> texts_of(const Value& value)
{
    std::vector<std::string> texts;
    for (const Value& item : value.get_or(List{}))
        texts.emplace_back(item.text());
    return texts;
}

RelationKind kind_of(const RecordType& type, const Row& row)
{
    const auto text = [&](std::string_view field) { return std::string{value_of(type, row, field).text()}; };
    const auto flag = [&](std::string_view field) { return value_of(type, row, field).get_or(false); };
    return {
        .id = row.id,
        .name = text("name"),
        .label = text("label"),
        .inverse_label = text("inverse_label"),
        .source_kinds = texts_of(value_of(type, row, "source_kinds")),
        .target_kinds = texts_of(value_of(type, row, "target_kinds")),
        .symmetric = flag("symmetric"),
        .single = flag("single"),
        .tree = flag("tree"),
        .membership = flag("membership"),
        .in_use = value_of(type, row, "in_use").get_or(true),
    };
}

Value list_of(const std::array<const char*, 2>& names)
{
    List list;
    for (const char* name : names)
        if (name) list.emplace_back(name);
    return list.empty() ? Value{} : Value{std::move(list)};
}

Map values_of(const Standard& kind)
{
    return {
        {"name", kind.name},
        {"label", kind.label},
        {"inverse_label", kind.inverse_label},
        {"source_kinds", list_of(kind.source_kinds)},
        {"target_kinds", list_of(kind.target_kinds)},
        {"symmetric", kind.symmetric},
        {"single", kind.single},
        {"tree", kind.tree},
        {"membership", kind.membership},
    };
}

/// Writes a kind as if it had always been there: it has no event, and reads of any former time find it.
Result<void> insert(
    Connection& connection,
    const RecordType& type,
    const Collator& collator,
    Id id,
    const Map& values,
    Instant now
)
{
    Row row;
    row.id = id;
    row.version = 1;
    row.created_at = row.updated_at = now;
    for (const Field& field : type.fields) {
        const Value* given = values.find(field.name);
        row.values.push_back(given ? *given : field.default_value);
    }
    std::vector<std::string> keys;
    for (const std::size_t slot : type.sorted_slots)
        keys.push_back(sort_key_of(collator, row.values[slot]));
    MORTISE_TRY(Statement * statement, connection.cached(type.sql.insert));
    bind_row(*statement, type, row, keys);
    return statement->run();
}

/// The words that relations have as their kind.
Result<std::vector<std::string>> words_in_use(Connection& connection, const RecordType& relations)
{
    MORTISE_TRY(
        Statement select,
        connection.prepare(
            "SELECT DISTINCT kind FROM " + quoted_name(relations.table) + " WHERE kind IS NOT NULL"
        )
    );
    std::vector<std::string> words;
    for (;;) {
        MORTISE_TRY(const bool more, select.step());
        if (!more) return words;
        words.emplace_back(select.text(0));
    }
}

/// A database of an older host has any words as kinds: those that mean one are its name from now on, in
/// former versions too; each other becomes a kind without rules.
Result<void> take_over(
    Connection& connection,
    const Schema& schema,
    const Collator& collator,
    const RelationKinds& kinds,
    Id next,
    Instant now
)
{
    const TypePointer relations = schema.find(relation_type);
    MORTISE_TRY(const std::vector<std::string> words, words_in_use(connection, *relations));
    for (const std::string& word : words) {
        const RelationKinds::Meant meant = kinds.meant(word);
        if (!meant.kind || meant.is_inverse) {
            const Map values{{"name", word}, {"label", word}};
            MORTISE_CHECK(insert(connection, *schema.find(relation_kind_type), collator, next, values, now));
            ++next.number;
            continue;
        }
        for (const char* end : {"", "_h"}) {
            MORTISE_TRY(
                Statement update,
                connection.prepare(
                    "UPDATE " + quoted_name(relations->table + end) + " SET kind = ?1 WHERE kind = ?2"
                )
            );
            update.bind(1, std::string_view{meant.kind->name});
            update.bind(2, std::string_view{word});
            MORTISE_CHECK(update.run());
        }
    }
    return {};
}

} // namespace

Result<RelationKinds> RelationKinds::read(Connection& connection, const Schema& schema)
{
    RelationKinds kinds;
    const TypePointer type = schema.find(relation_kind_type);
    if (!type) return kinds;
    MORTISE_TRY(
        Statement * select, connection.cached(type->sql.select + " WHERE deleted_at IS NULL ORDER BY id")
    );
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        kinds.m_kinds.push_back(kind_of(*type, read_row(*select, *type)));
    }
    select->reset();
    return kinds;
}

const RelationKind* RelationKinds::find(std::string_view name) const noexcept
{
    const auto found = std::ranges::find(m_kinds, name, &RelationKind::name);
    return found == m_kinds.end() ? nullptr : &*found;
}

RelationKinds::Meant RelationKinds::meant(std::string_view word) const
{
    if (const RelationKind* exact = find(word)) return {exact, false};
    const std::string wanted = plain(word);
    for (const RelationKind& kind : m_kinds)
        if (plain(kind.name) == wanted || plain(kind.label) == wanted) return {&kind, false};
    for (const RelationKind& kind : m_kinds)
        if (!kind.inverse_label.empty() && plain(kind.inverse_label) == wanted) return {&kind, true};
    return {};
}

std::string RelationKinds::names() const
{
    std::string text;
    for (const RelationKind& kind : m_kinds)
        if (kind.in_use) text += (text.empty() ? "" : ", ") + kind.name;
    return text;
}

Error unknown_relation_kind(const RelationKinds& kinds, std::string_view word)
{
    return {
        .code = ErrorCode::invalid,
        .message = "there is no kind of relation \"" + std::string{word} + '"',
        .key = "relation.unknown_kind",
        .where = "kind",
        .hint = "there are " + kinds.names()
            + "; an administrator adds one with \"mortise records relation_kind create\"",
    };
}

Result<void>
make_relation_kinds(Connection& connection, const Schema& schema, const Collator& collator, Instant now)
{
    const TypePointer type = schema.find(relation_kind_type);
    // Whether two contacts are related must be found where one of them is to very many.
    MORTISE_CHECK(connection.execute(
        R"(CREATE INDEX IF NOT EXISTS "mt$relation$source_target" ON "mt$relation" (source, target))"
    ));
    MORTISE_TRY(
        Statement * mark, connection.cached("INSERT OR IGNORE INTO \"mt$meta\" VALUES ('relation_kinds', 1)")
    );
    MORTISE_CHECK(mark->run());
    if (!type || connection.changes() == 0) return {};
    Id next{first_standard_id};
    for (const Standard& kind : standard_kinds) {
        MORTISE_CHECK(insert(connection, *type, collator, next, values_of(kind), now));
        ++next.number;
    }
    MORTISE_TRY(const RelationKinds kinds, RelationKinds::read(connection, schema));
    return take_over(connection, schema, collator, kinds, next, now);
}

} // namespace mortise::host
