#pragma once

/// \file
/// The scan: compares all contacts with each other, as a job. Profiles and blocks are in memory while it
/// runs, about 200 bytes a contact for the one and 200 for the other.
///
/// Cut off, it reads the contacts again, which is quick, and goes on comparing behind the last stretch whose
/// pairs were written, with the model that it had learnt.

#include "access/principal.hpp"
#include "jobs/job.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <functional>
#include <string_view>

namespace mortise::host {

class BlockIndex;
class Database;
class PairBook;
class Records;
class Writer;

struct ScanTools {
    Database& database;
    Writer& writer;
    Records& records;
    PairBook& book;
    BlockIndex& index;
    /// The index is what contacts were at this event.
    std::function<Result<void>(std::int64_t event)> indexed;
    /// Tells how far it is; an error ends the scan.
    std::function<Result<void>(std::uint64_t done, std::uint64_t total, std::string_view doing)> progress;
};

/// Runs one scan. Gives {contacts, same, review, written, compared, broad_keys, resumed}. Errors:
/// those of `progress`, limit with more than 16,777,215 contacts, those of reading and writing.
Result<Value> scan_contacts(const ScanTools& tools, const CallContext& context, std::int64_t job);

} // namespace mortise::host
