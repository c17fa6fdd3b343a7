#pragma once

/// \file
/// Where the importer's rows come from, whatever the format of the file.

#include "exchange/import/mapping.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mortise::host {

/// A field that names another record, still to be found.
struct ReferenceLookup {
    std::string field;
    const ReferenceRule* rule{nullptr}; ///< of the mapping; lives as long as the source
    std::string text;
};

/// A record that belongs to the row's own, such as one of several phone numbers of a contact.
struct ImportChild {
    std::string type;
    std::string parent_field; ///< the reference of the child to the row's record
    Map values;
};

/// One row on its way to becoming a record.
struct ImportRow {
    std::uint64_t number{0}; ///< from 1
    std::uint64_t line{0}; ///< of the file, from 1
    Map values; ///< field -> value, as text where the file has text
    std::vector<ReferenceLookup> lookups;
    std::vector<ImportChild> children;
    std::vector<Error> problems; ///< with any of these the row is refused
    std::string raw; ///< as it stands in the file
    std::string source{}; ///< the database that it was exported from; empty: it is no export
    std::int64_t source_id{0}; ///< its id there
};

/// That files do not come with an export: what records had in that field stays.
inline std::string file_notice(const std::string& field)
{
    return "files do not come along, so " + field
        + " stays as it is; attach them with: mortise records TYPE attach ID " + field + " FILE";
}

/// Thread-safety: one thread at a time.
class ImportSource {
public:
    virtual ~ImportSource() = default;

    /// The next row; false at the end. Errors are those of the file; what is wrong with a row is in the row.
    virtual Result<bool> next(ImportRow& row) = 0;
    /// The header as it stands in the file, for the file of refused rows; empty if the format has none.
    virtual std::string header() const { return {}; }
    /// What is worth telling about the file as a whole: columns that are not read, the encoding that was
    /// found.
    virtual std::vector<std::string> notices() const { return {}; }
    virtual std::uint64_t bytes_read() const = 0;
    /// The rules of references that rows may have, as far as they are known at the start.
    virtual std::vector<const ReferenceRule*> rules() const { return {}; }
};

} // namespace mortise::host
