#pragma once

/// \file
/// Deletes what a plugin kept, for good: the tables of its record types with their history, and what its
/// fields hold on other types. Events that tell of it stay, as the log is never rewritten.

#include <mortise/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Database;
class Records;
class Writer;

struct PurgedType {
    std::string name{};
    std::int64_t records{0}; ///< deleted ones too
    std::int64_t history{0}; ///< rows of what they were before
};

struct PurgedField {
    std::string type{};
    std::string name{};
    std::int64_t values{0}; ///< records that have one
};

struct Purged {
    std::vector<PurgedType> types{};
    std::vector<PurgedField> fields{};
};

/// What `purge_owner` would delete. Errors: `state` (key "records.referenced") if records of others refer to
/// it.
Result<Purged> count_of_owner(Database& database, const Records& records, std::string_view owner);
/// Archives first, so that nobody writes meanwhile; then deletes in one transaction. The types can be
/// declared anew afterwards, and begin empty. Errors: those of `count_of_owner`.
Result<Purged> purge_owner(Database& database, Writer& writer, Records& records, std::string_view owner);

} // namespace mortise::host
