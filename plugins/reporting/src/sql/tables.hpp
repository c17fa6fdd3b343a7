#pragma once

/// \file
/// From names of fields to SQL: follows references and joins, and collects what FROM must say.

#include "definition/definition.hpp"
#include "sql/type_book.hpp"

#include <mortise/result.hpp>

#include <map>
#include <string>
#include <vector>

namespace mortise::plugins::reporting {

/// A field at the end of a path.
struct Column {
    FieldInfo field;
    std::string sql; ///< money: the minor units
    std::string currency; ///< money: SQL of its currency
    std::string join; ///< the join that it hangs on; empty for the source
};

class Tables {
public:
    /// Error: invalid, when the source or a join is not there or cannot be joined so.
    static Result<Tables> open(const Definition& report, const TypeBook& types);

    Result<Column> column(const Path& path, const std::string& at);
    /// FROM and the joins that were needed so far (and those that the report declares), and WHERE for the
    /// events.
    std::string from() const;
    /// The condition that every row fulfils: the type of events; "1" for records.
    std::string base_condition() const;
    const Map& parameters() const noexcept { return m_parameters; }
    /// SQL of what tells rows of the source, or of a join, apart.
    std::string id_of(const std::string& join) const;
    /// Record type of the rows of a join, or of the source; empty for events.
    std::string type_of(const std::string& join) const;
    bool has_joins() const noexcept { return !m_joins.empty(); }
    bool is_events() const noexcept { return m_is_events; }
    /// Whether each row of that join (or the source) may appear several times because of another join.
    bool is_repeated(const std::string& join) const;

private:
    struct Hop {
        std::string type;
        std::string alias;
    };
    Result<Column>
    step(const Hop& from, const std::string& name, const std::string& join, const std::string& at) const;
    Column data_column(const DataField& field) const;
    static std::string alias_of(const std::string& join) { return join.empty() ? "t" : "x_" + join; }
    const Join* find_join(const std::string& name) const;

    const TypeBook* m_types{nullptr};
    Source m_source;
    bool m_is_events{false};
    std::vector<Join> m_joins;
    std::string m_joined; ///< of the report's joins
    std::vector<std::pair<std::string, std::string>> m_hops; ///< what leads there, alias
    std::string m_hopped;
    Map m_parameters;
};

} // namespace mortise::plugins::reporting
