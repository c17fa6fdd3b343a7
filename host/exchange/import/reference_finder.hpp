#pragma once

/// \file
/// Finds the records that the rows of an import name, and remembers them: a file of a million rows names few
/// of them.

#include "access/principal.hpp"
#include "exchange/import/mapping.hpp"
#include "exchange/import/origins.hpp"
#include "records/records.hpp"

#include <mortise/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace mortise::host {

/// Lives for one import; used by one thread.
class ReferenceFinder {
public:
    /// `own_source`: what this database is called in exports.
    ReferenceFinder(Database& database, Records& records, const Principal& principal, std::string own_source)
        : m_records{records},
          m_principal{principal},
          m_origins{database},
          m_own_source{std::move(own_source)}
    {
    }

    /// The record, or 0 if there is none. `conflict` if several have that value.
    Result<Id> find(const ReferenceRule& rule, const std::string& text);
    /// The record of `type` that record `number` of `source` is here, or 0.
    Result<Id> find_origin(const std::string& type, const std::string& source, std::int64_t number);
    /// What `find` gives from now on.
    void remember(const ReferenceRule& rule, const std::string& text, Id id);
    /// Forgets a record that was to be made and was not.
    void forget(Id id);

private:
    static std::string key_of(const ReferenceRule& rule, std::string_view text);

    Records& m_records;
    const Principal& m_principal;
    Origins m_origins;
    std::string m_own_source;
    std::unordered_map<std::string, Id> m_found;
};

} // namespace mortise::host
