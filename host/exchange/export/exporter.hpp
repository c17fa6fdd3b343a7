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

struct ExportRequest {
    std::string type;
    ExportFormat format{ExportFormat::csv};
    std::string where{}; ///< an SQL condition over the type's view; empty: all
    std::function<void(std::uint64_t rows)> on_progress{};
    const std::atomic<bool>* cancel{nullptr};
};

/// Streams; returns how many records were written. The sink is finished. Errors: of the condition, the sink;
/// `cancelled`.
Result<std::uint64_t> run_export(
    Records& records, Views& views, const CallContext& context, const ExportRequest& request, ByteSink& sink
);

} // namespace mortise::host
