#include "store/guard/expansion.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

namespace mortise::host {

namespace {

struct Span {
    std::size_t begin;
    std::size_t end;
};

struct Clause {
    std::vector<Span> bodies; ///< clauses of one name in several places count as one
    std::size_t size{0};
    bool measured{false};
    bool open{false};
};

constexpr std::size_t limitless = std::numeric_limits<std::size_t>::max();

std::size_t add(std::size_t a, std::size_t b)
{
    return a > limitless - b ? limitless : a + b;
}

bool is_symbol(const SqlToken& token, std::string_view symbol)
{
    return token.kind == SqlTokenKind::symbol && token.text == symbol;
}

class Expansion {
public:
    Expansion(const std::vector<SqlToken>& tokens, const ViewSizes& views) : m_tokens{tokens}, m_views{views}
    {
        match_parentheses();
        for (std::size_t i = 1; i < m_tokens.size(); ++i)
            if (is_keyword(m_tokens[i], "AS")) add_clause(i);
    }

    StatementShape shape()
    {
        StatementShape shape{.expanded_size = size_of({0, m_tokens.size()}), .clause_names = {}};
        for (const auto& [name, clause] : m_clauses)
            shape.clause_names.insert(name);
        return shape;
    }

private:
    void match_parentheses()
    {
        m_partner.assign(m_tokens.size(), m_tokens.size());
        std::vector<std::size_t> open;
        for (std::size_t i = 0; i < m_tokens.size(); ++i) {
            if (is_symbol(m_tokens[i], "(")) open.push_back(i);
            if (!is_symbol(m_tokens[i], ")") || open.empty()) continue;
            m_partner[i] = open.back();
            m_partner[open.back()] = i;
            open.pop_back();
        }
    }

    /// `name [(columns)] AS [[NOT] MATERIALIZED] ( body )`, with its AS at `as`.
    void add_clause(std::size_t as)
    {
        std::size_t body = as + 1;
        while (body < m_tokens.size()
               && (is_keyword(m_tokens[body], "NOT") || is_keyword(m_tokens[body], "MATERIALIZED")))
            ++body;
        if (body >= m_tokens.size() || !is_symbol(m_tokens[body], "(")) return;
        std::size_t name = as - 1;
        if (is_symbol(m_tokens[name], ")")) {
            name = m_partner[name];
            if (name == 0 || name >= m_tokens.size()) return;
            --name;
        }
        m_clauses[sql_name(m_tokens[name])].bodies.push_back({body, m_partner[body]});
    }

    /// Only where a table can stand: after FROM, JOIN, IN, a comma or a parenthesis.
    bool may_name_table(std::size_t i) const
    {
        const SqlToken& token = m_tokens[i];
        if (token.kind != SqlTokenKind::word && token.kind != SqlTokenKind::quoted
            && token.kind != SqlTokenKind::text)
            return false;
        if (i == 0) return false;
        const SqlToken& before = m_tokens[i - 1];
        return is_symbol(before, ",") || is_symbol(before, "(") || is_symbol(before, ".")
            || is_keyword(before, "FROM") || is_keyword(before, "JOIN") || is_keyword(before, "IN");
    }

    std::size_t size_of(Span span)
    {
        std::size_t size = span.end - span.begin;
        for (std::size_t i = span.begin; i < span.end; ++i) {
            if (!may_name_table(i)) continue;
            const std::string name = sql_name(m_tokens[i]);
            if (const auto clause = m_clauses.find(name); clause != m_clauses.end())
                size = add(size, size_of(clause->second));
            else if (const auto view = m_views.find(name); view != m_views.end())
                size = add(size, view->second);
        }
        return size;
    }

    std::size_t size_of(Clause& clause)
    {
        if (clause.measured) return clause.size;
        if (clause.open) return 0; // recursive: it is not written out again
        clause.open = true;
        std::size_t size = 0;
        for (const Span body : clause.bodies)
            size = add(size, size_of(body));
        clause.open = false;
        clause.measured = true;
        clause.size = size;
        return size;
    }

    const std::vector<SqlToken>& m_tokens;
    const ViewSizes& m_views;
    std::vector<std::size_t> m_partner;
    std::map<std::string, Clause, std::less<>> m_clauses;
};

} // namespace

StatementShape shape_of(const std::vector<SqlToken>& tokens, const ViewSizes& views)
{
    return Expansion{tokens, views}.shape();
}

} // namespace mortise::host
