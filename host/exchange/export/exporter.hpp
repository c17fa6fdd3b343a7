#pragma once

/// \file
/// Writes the records of a type into a file: CSV, JSON Lines or vCard. What is written is what an import
/// takes: the round trip gives the same records.

#include "access/principal.hpp"
#include "exchange/stream/byte_sink.hpp"
#include "records/records.hpp"
#include "records/views.hpp"

#include <mortise/result.hpp>

#include <atomic>
#include <functional>
#include <string>

namespace mortise::host {

enum class ExportFormat : std::uint8_t { csv, jsonl, vcard };

bool parse_export_format(std::string_view name, ExportFormat& format) noexcept;

/// The column (or member) beside `id` that says which database the record's ids belong to. An import tells by
/// it whether they are its own, and else finds by them what it took in from there.
inline constexpr std::string_view exported_from = "exported_from";

/// By the ending of the file's name, else CSV.
ExportFormat guess_export_format(std::string_view file_name) noexcept;

/// What came of an export.
struct ExportCount {
    std::uint64_t records{0}; ///< that were written
    std::uint64_t restricted{0}; ///< left out: restricted contacts, and what refers to them
};

struct ExportRequest {
    std::string type;
    ExportFormat format{ExportFormat::csv};
    std::string where{}; ///< an SQL condition over the type's view; empty: all
    std::string source{}; ///< what the database is called, see `exported_from`
    bool formula_guard{true}; ///< CSV: see formula_guard.hpp
    std::function<void(std::uint64_t records)> on_progress{};
    const std::atomic<bool>* cancel{nullptr};
};

/// Writes the records by their ids, page by page, each page as it is then: what others write meanwhile may be
/// in it or not. Contacts whose processing is restricted, and records that refer to them directly, are left
/// out, also where the reference is hidden from who exports. The sink is finished. Errors: of the condition,
/// the sink; `cancelled`.
Result<ExportCount> run_export(
    Records& records, Views& views, const CallContext& context, const ExportRequest& request, ByteSink& sink
);

} // namespace mortise::host
