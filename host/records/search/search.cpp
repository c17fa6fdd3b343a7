#include "records/search/search.hpp"

#include "base/normalise_phone.hpp"
#include "base/text.hpp"
#include "base/words.hpp"
#include "records/records.hpp"
#include "records/row_storage.hpp"
#include "records/search/search_document.hpp"
#include "records/sort_key.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace mortise::host {

namespace {

constexpr std::size_t most_hits = 200;
constexpr std::size_t most_words = 16;
constexpr std::int64_t candidates = 200; // of each way of looking, to choose the best from

/// How good a hit is; the greater the better.
enum Rank : int {
    in_body = 1,
    by_address_start = 2,
    words_in_title = 3,
    title_starts = 4,
    title_starts_with_word = 5,
    by_address = 6,
    is_title = 7
};

struct Candidate {
    TypePointer type{};
    int rank{0};
    std::string title{}; // folded words
    bool by_address{false}; // found so, among others
};

struct Wanted {
    std::string text{}; // trimmed
    std::vector<std::string> words{};
    std::string joined{}; // the words with blanks between them
    bool last_is_whole{false}; // something follows it
};

Wanted read_wish(std::string_view given)
{
    Wanted wanted{.text = std::string{trim(given)}};
    wanted.words = words_of(wanted.text);
    if (wanted.words.size() > most_words) wanted.words.resize(most_words);
    for (const std::string& word : wanted.words)
        wanted.joined += (wanted.joined.empty() ? "" : " ") + word;
    return wanted;
}

int rank_of(const std::string& title, const Wanted& wanted)
{
    if (title == wanted.joined) return is_title;
    if (title.starts_with(wanted.joined))
        return title[wanted.joined.size()] == ' ' ? title_starts_with_word : title_starts;
    const std::vector<std::string_view> words = split(title, ' ');
    const bool all = std::ranges::all_of(wanted.words, [&](const std::string& word) {
        const bool is_last = &word == &wanted.words.back();
        return std::ranges::any_of(words, [&](std::string_view each) {
            return is_last ? each.starts_with(word) : each == word;
        });
    });
    return all ? words_in_title : in_body;
}

/// Types are those that a person sees: of its rights only rows and fields are left.
bool may_read(const Principal& principal, const RecordType& type)
{
    return !principal.plugin || type.owner == principal.plugin->plugin()
        || principal.plugin_allows(type.plural + ".read");
}

/// One search on its own connections.
class Round {
public:
    Round(
        Connection& records,
        Connection& index,
        const Principal& principal,
        std::vector<TypePointer> types,
        const Collator& collator,
        Wanted wanted,
        std::size_t limit
    )
        : m_records{records},
          m_index{index},
          m_principal{principal},
          m_types{std::move(types)},
          m_collator{collator},
          m_wanted{std::move(wanted)},
          m_limit{limit}
    {
    }

    Result<std::vector<SearchHit>> run(bool all_types, const Schema& schema)
    {
        const bool looks_like_email = m_wanted.text.find('@') != std::string::npos;
        MORTISE_CHECK(addresses(schema, looks_like_email));
        if (!m_wanted.words.empty()) {
            MORTISE_CHECK(titles());
            MORTISE_CHECK(words("title", all_types));
            if (m_found.size() < m_limit) MORTISE_CHECK(words("title body", all_types));
        }
        return best();
    }

private:
    void note(const TypePointer& type, std::int64_t id, int rank, std::string title)
    {
        Candidate& candidate = m_found[id];
        candidate.by_address |= rank == by_address || rank == by_address_start;
        if (candidate.rank >= rank) return;
        candidate.type = type;
        candidate.rank = rank;
        if (!title.empty()) candidate.title = std::move(title);
    }

    /// Whose records of the type alone are found; 0: all.
    Id owner_of(const RecordType& type) const
    {
        return type.shared ? Id{} : m_principal.row_owner(type.name);
    }

    std::string scope_condition(const RecordType& type) const
    {
        const Id owner = owner_of(type);
        return owner ? " AND +owner = " + std::to_string(owner.number) : std::string{};
    }

    /// Titles that begin so, through the key of their order: never behind.
    Result<void> titles()
    {
        const auto [first, last] = sort_key_range(m_collator, m_wanted.text);
        if (first.empty()) return {};
        for (const TypePointer& type : m_types) {
            const auto slot = type->slot(type->title_field);
            if (!slot || !type->fields[*slot].sorted || !type->fields[*slot].searchable) continue;
            // A person with few records of many finds them through the index, whose work depends on theirs.
            if (m_principal.row_owner(type->name)) continue;
            const std::string key = quoted_name(key_column_of(type->fields[*slot]));
            MORTISE_TRY(
                Statement * select,
                m_records.cached(
                    "SELECT id, " + quoted_name(type->fields[*slot].column) + " FROM "
                    + quoted_name(type->table) + " WHERE " + key + " >= ?1 AND " + key
                    + " < ?2 AND +deleted_at IS NULL ORDER BY " + key + " LIMIT ?3"
                )
            );
            select->bind_bytes(1, std::as_bytes(std::span{first}));
            select->bind_bytes(2, std::as_bytes(std::span{last}));
            select->bind(3, static_cast<std::int64_t>(m_limit));
            for (;;) {
                MORTISE_TRY(const bool more, select->step());
                if (!more) break;
                std::string title;
                for (const std::string& word : words_of(select->text(1)))
                    title += (title.empty() ? "" : " ") + word;
                const int rank = std::max<int>(rank_of(title, m_wanted), title_starts);
                note(type, select->integer(0), rank, std::move(title));
            }
            select->reset();
        }
        return {};
    }

    /// What the numbers begin with that are meant, as they are kept; empty if none can be.
    std::string phone_prefix(const Schema& schema) const
    {
        const bool has_zeros = m_wanted.text.starts_with("00");
        if (!has_zeros && !m_wanted.text.starts_with('+')) {
            const auto phone = normalise_phone(m_wanted.text, schema.country());
            return phone ? phone->e164 : std::string{};
        }
        std::string digits;
        for (const char c : m_wanted.text)
            if (c >= '0' && c <= '9') digits += c;
        return "+" + (has_zeros ? digits.substr(2) : digits);
    }

    std::string email_prefix() const
    {
        const bool is_one = m_wanted.text.size() >= 2 && m_wanted.text.find(' ') == std::string::npos;
        return is_one ? ascii_lower(m_wanted.text) : std::string{};
    }

    Result<void> addresses(const Schema& schema, bool is_email)
    {
        const bool is_phone = m_wanted.text.size() >= 4
            && m_wanted.text.find_first_not_of("+0123456789 ()-./") == std::string::npos;
        const std::string prefix = is_phone ? phone_prefix(schema) : email_prefix();
        // A scoped person's beginnings of addresses are found among the words of the index; here they would
        // cost as much as there are addresses of others.
        const auto costs = [&](const RecordType& type) {
            return m_principal.row_owner(type.name) && !is_phone && prefix.size() < 8;
        };
        if (prefix.empty()) return {};
        const FieldKind kind = is_phone ? FieldKind::phone : FieldKind::email;
        const int rank = is_email || is_phone ? by_address : by_address_start;
        for (const TypePointer& type : m_types)
            for (const Field& field : type->fields)
                if (field.kind == kind && field.searchable && field.indexed && !field.hidden && !costs(*type))
                    MORTISE_CHECK(address_range(
                        type,
                        "SELECT id FROM " + quoted_name(type->table) + " WHERE " + quoted_name(field.column)
                            + " >= ?1 AND " + quoted_name(field.column) + " < ?2 AND +deleted_at IS NULL"
                            + scope_condition(*type) + " LIMIT ?3",
                        prefix,
                        rank
                    ));
        const auto contact = std::ranges::find(m_types, "contact", &RecordType::name);
        const TypePointer points = schema.find("contact_point");
        if (contact == m_types.end() || !points || costs(*points)) return {};
        return address_range(
            *contact,
            "SELECT contact FROM " + quoted_name(points->table)
                + " WHERE value >= ?1 AND value < ?2 AND +kind = '" + (is_phone ? "phone" : "email")
                + "' AND +deleted_at IS NULL" + scope_condition(*points) + " LIMIT ?3",
            prefix,
            rank
        );
    }

    Result<void>
    address_range(const TypePointer& type, const std::string& sql, const std::string& prefix, int rank)
    {
        MORTISE_TRY(Statement * select, m_records.cached(sql));
        select->bind(1, std::string_view{prefix});
        select->bind(2, std::string_view{prefix + '\xff'});
        select->bind(3, static_cast<std::int64_t>(m_limit));
        for (;;) {
            MORTISE_TRY(const bool more, select->step());
            if (!more) break;
            note(type, select->integer(0), rank, {});
        }
        select->reset();
        return {};
    }

    /// The words hold nothing but letters, digits and bytes beyond ASCII, so nothing in them means anything
    /// to the query.
    Result<void> words(const std::string& columns, bool all_types)
    {
        std::string match;
        std::size_t used = 0;
        for (const std::string& word : m_wanted.words) {
            const bool is_last = &word == &m_wanted.words.back();
            // One letter at the end stands for half of all words; what is found is looked through for it.
            if (is_last && used > 0 && word.size() == 1) continue;
            match += (used++ == 0 ? "\"" : " AND \"") + word + (is_last ? "\" *" : "\"");
        }
        match = "({" + columns + "} : (" + match + "))";
        if (is_scoped()) match += " AND ({scope} : (" + visible_tokens() + "))";
        if (!all_types) {
            std::string types;
            for (const TypePointer& type : m_types)
                types += (types.empty() ? "\"" : " OR \"") + type_token(*type) + "\"";
            match += " AND ({scope} : (" + types + "))";
        }
        MORTISE_TRY(
            Statement * select,
            m_index.cached("SELECT rowid, title, scope FROM doc WHERE doc MATCH ?1 LIMIT ?2")
        );
        select->bind(1, std::string_view{match});
        select->bind(2, candidates);
        for (;;) {
            MORTISE_TRY(const bool more, select->step());
            if (!more) break;
            const TypePointer type = type_of(select->text(2));
            if (!type) continue;
            std::string title{type->slot(type->title_field) ? select->text(1) : std::string_view{}};
            const int rank = rank_of(title, m_wanted);
            note(type, select->integer(0), rank, std::move(title));
        }
        select->reset();
        return {};
    }

    bool is_scoped() const
    {
        return std::ranges::any_of(m_types, [this](const TypePointer& type) {
            return owner_of(*type) != Id{};
        });
    }

    /// Of what a scoped person sees: their own, and the types of which it sees all.
    std::string visible_tokens() const
    {
        std::string tokens = "\"" + owner_token(m_principal.user) + "\"";
        for (const TypePointer& type : m_types)
            if (!owner_of(*type)) tokens += " OR \"" + type_token(*type) + "\"";
        return tokens;
    }

    TypePointer type_of(std::string_view scope) const
    {
        const std::string_view token = scope.substr(0, scope.find(' '));
        for (const TypePointer& type : m_types)
            if (type_token(*type) == token) return type;
        return nullptr;
    }

    Result<std::vector<SearchHit>> best()
    {
        std::vector<std::pair<std::int64_t, const Candidate*>> order;
        order.reserve(m_found.size());
        for (const auto& [id, candidate] : m_found)
            order.emplace_back(id, &candidate);
        std::ranges::sort(order, [](const auto& a, const auto& b) {
            return std::tuple{
                       -a.second->rank, a.second->title.size(), std::string_view{a.second->title}, a.first
                   }
            < std::tuple{-b.second->rank, b.second->title.size(), std::string_view{b.second->title}, b.first};
        });
        std::vector<SearchHit> hits;
        for (const auto& [id, candidate] : order) {
            if (hits.size() >= m_limit) break;
            MORTISE_CHECK(add_hit(*candidate, id, hits));
        }
        return hits;
    }

    /// Reads the record as it is now: the index may be a moment behind, and decides nothing about rights.
    Result<void> add_hit(const Candidate& candidate, std::int64_t id, std::vector<SearchHit>& hits)
    {
        const RecordType& type = *candidate.type;
        MORTISE_TRY(Statement * select, m_records.cached(type.sql.select_by_id));
        select->bind(1, id);
        MORTISE_TRY(const bool found, select->step());
        std::optional<Row> row;
        if (found) row = read_row(*select, type);
        select->reset();
        const Id owner = owner_of(type);
        if (!row || row->is_deleted() || (owner && row->owner != owner)) return {};
        // An address was looked up among those that may be seen; words were not.
        if (m_principal.rights && !candidate.by_address) {
            MORTISE_TRY(const bool shows, shows_words(type, *row));
            if (!shows) return {};
        }
        SearchHit hit{
            .type = candidate.type,
            .id = row->id,
            .title = std::string{value_of(type, *row, type.title_field).text()}
        };
        if (candidate.rank < words_in_title || candidate.rank == by_address) explain(type, *row, hit);
        hits.push_back(std::move(hit));
        return {};
    }

    /// Whether what the person sees of the record has the words. The index knows the words of all fields and
    /// of all addresses.
    Result<bool> shows_words(const RecordType& type, const Row& row)
    {
        const bool sees_points = type.name != "contact" || m_principal.rights->of("contact_point").is_whole();
        const bool sees_fields = std::ranges::none_of(type.fields, [](const Field& field) {
            return field.searchable && field.hidden;
        });
        if (sees_points && sees_fields) return true;
        const std::string seen = searched_text(type, row);
        const std::vector<std::string_view> words = split(seen, ' ');
        return std::ranges::all_of(m_wanted.words, [&](const std::string& word) {
            const bool is_last = &word == &m_wanted.words.back();
            return std::ranges::any_of(words, [&](std::string_view each) {
                return is_last ? each.starts_with(word) : each == word;
            });
        });
    }

    /// Where the text stands, if it is not the title.
    void explain(const RecordType& type, const Row& row, SearchHit& hit) const
    {
        constexpr std::size_t longest = 200;
        for (std::size_t slot = 0; slot < type.fields.size(); ++slot) {
            const Field& field = type.fields[slot];
            if (!field.searchable || field.name == type.title_field || row.values[slot].kind() != Kind::text)
                continue;
            const std::string_view text = row.values[slot].text();
            const std::vector<std::string> words = words_of(text.substr(0, 4096));
            const bool has_any = std::ranges::any_of(m_wanted.words, [&](const std::string& word) {
                return std::ranges::any_of(words, [&](const std::string& each) {
                    return each.starts_with(word);
                });
            });
            if (!has_any) continue;
            hit.field = field.name;
            hit.text = cut_utf8(text, longest);
            return;
        }
    }

    Connection& m_records;
    Connection& m_index;
    const Principal& m_principal;
    std::vector<TypePointer> m_types;
    const Collator& m_collator;
    Wanted m_wanted;
    std::size_t m_limit;
    std::unordered_map<std::int64_t, Candidate> m_found;
};

} // namespace

Search::Search(Database& database, Records& records)
    : m_database{database},
      m_records{records},
      m_collator{Collator::create("")},
      m_index{database, [&records] { return records.schema(); }}
{
}

Search::~Search() = default;

void Search::start(std::filesystem::path file, std::int64_t last)
{
    m_index.start(std::move(file), last);
}

Result<SearchAnswer> Search::run(const Principal& principal, const SearchRequest& request)
{
    Wanted wanted = read_wish(request.text);
    if (wanted.text.empty())
        return Error{
            .code = ErrorCode::invalid,
            .message = "there is nothing to search for",
            .key = "search.empty",
            .where = "text",
            .hint = "give a word, or the beginning of one",
        };
    const SchemaPointer schema = m_records.schema(principal);
    std::vector<TypePointer> types;
    bool all_types = request.type.empty();
    if (!request.type.empty()) {
        MORTISE_TRY(TypePointer type, schema->require(request.type));
        if (!may_read(principal, *type)) MORTISE_CHECK(principal.require(type->plural + ".read"));
        if (!is_searchable(*type))
            return Error{
                .code = ErrorCode::invalid,
                .message = type->plural + " are not searched",
                .key = "search.type",
                .where = "type",
                .hint = "none of its fields is declared as searchable",
            };
        types.push_back(std::move(type));
    } else {
        if (principal.rights) all_types = false;
        for (const TypePointer& type : schema->types()) {
            if (!is_searchable(*type)) continue;
            if (may_read(principal, *type))
                types.push_back(type);
            else
                all_types = false;
        }
    }
    if (request.wait.count() > 0) (void)m_index.wait_until_fresh(request.wait);
    SearchAnswer answer;
    answer.status = m_index.status();
    if (types.empty()) return answer;
    if (!m_collator) return m_collator.error();
    MORTISE_TRY(const ReadLease index, m_index.read());
    const ReadLease reader = m_database.read();
    Round round{
        *reader,
        *index,
        principal,
        std::move(types),
        *m_collator,
        std::move(wanted),
        std::clamp<std::size_t>(request.limit, 1, most_hits)
    };
    MORTISE_TRY(answer.hits, round.run(all_types, *schema));
    return answer;
}

} // namespace mortise::host
