#pragma once

/// \file
/// One import from the file's bytes to its result: opens the format, keeps the import's record, writes the
/// refused rows where they can be mended and imported again.

#include "exchange/import/importer.hpp"
#include "exchange/stream/byte_sink.hpp"
#include "exchange/stream/byte_source.hpp"

#include <mortise/result.hpp>

namespace mortise::host {

enum class ImportFormat : std::uint8_t { csv, jsonl, vcard };

/// By the ending of the file's name, else CSV.
ImportFormat guess_import_format(std::string_view file_name) noexcept;
bool parse_import_format(std::string_view name, ImportFormat& format) noexcept;

struct ImportRequest {
    std::string file; ///< its name, for people
    std::string source{}; ///< what this database is called in its exports
    std::string type{"contact"};
    ImportFormat format{ImportFormat::csv};
    std::optional<Mapping> mapping{};
    ImportMode mode{ImportMode::create};
    std::vector<std::string> match{}; ///< empty: what the mapping says
    bool dry_run{false};
    Id resume{}; ///< an import that was stopped or killed; the file must be the same
    ByteSink* refused_rows{nullptr}; ///< the header and the rows that were refused, as they stand in the file
    std::function<void(const ImportProgress&)> on_progress{};
    std::function<void(const ImportComplaint&)> on_complaint{};
    std::function<void(const std::string&)> on_notice{};
    const std::atomic<bool>* cancel{nullptr};
};

struct ImportOutcome {
    ImportProgress progress;
    Id import; ///< 0 with a dry run
};

/// Blocks until the import is done, stopped or failed; what was taken in stays. Errors: of the file, the
/// mapping, the disk; `cancelled`.
Result<ImportOutcome> run_import(
    Database& database,
    Records& records,
    const CallContext& context,
    ByteSource& bytes,
    const ImportRequest& request
);

} // namespace mortise::host
