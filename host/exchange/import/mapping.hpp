#pragma once

/// \file
/// How the columns of a file become the fields of records: the file that `mortise import --map` takes
/// (sdk/schemas/mapping.schema.json).

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::host {

/// A column that names a record of another type.
struct ReferenceRule {
    std::string type;
    std::string by; ///< the field of that type that the column holds; empty: the record's id in `source`
    bool create{false}; ///< make the record when it is not there
    Map create_values{}; ///< further fields of a record that is made
    std::string source{}; ///< the database that the row was exported from

    friend bool operator==(const ReferenceRule&, const ReferenceRule&) = default;
};

/// Rules that no mapping holds; their addresses stay.
class ReferenceRules {
public:
    const ReferenceRule* keep(ReferenceRule rule)
    {
        for (const ReferenceRule& kept : m_rules)
            if (kept == rule) return &kept;
        return &m_rules.emplace_back(std::move(rule));
    }

private:
    std::deque<ReferenceRule> m_rules;
};

struct ColumnMapping {
    std::string column; ///< as the file's header has it
    std::string field; ///< of the record type; "owner" too
    bool trim{true};
    std::map<std::string, std::string, std::less<>> values{}; ///< what the file says -> what is meant
    std::string date{}; ///< pattern of dates, such as "%d-%m-%y"; empty: ISO 8601
    std::string currency{}; ///< of amounts in this column: ISO 4217 code, or "@column"
    std::optional<ReferenceRule> reference{};
};

enum class OnMissingReference : std::uint8_t { leave, refuse };

struct Mapping {
    std::string type; ///< empty: what the command line says
    std::vector<std::string> match{}; ///< fields that make a row the same record
    std::vector<ColumnMapping> columns{};
    Map constants{}; ///< field -> value for every row
    OnMissingReference on_missing_reference{OnMissingReference::refuse};
};

/// Those of its columns.
std::vector<const ReferenceRule*> rules_of(const Mapping& mapping);

/// Errors: `invalid`; `where` is the JSON pointer of what is wrong.
Result<Mapping> parse_mapping(std::string_view json);

} // namespace mortise::host
