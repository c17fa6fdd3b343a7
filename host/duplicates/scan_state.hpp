#pragma once

/// \file
/// How far a scan has come, and the model that it learnt: kept in the database, so that a scan that was cut
/// off goes on where it was, with the same model.

#include "matching/model/model.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <optional>

namespace mortise::host {

class Connection;

struct ScanState {
    std::int64_t job{0}; ///< of the scan that wrote this last
    Id done_to; ///< contacts up to this one were compared with all behind them
    bool is_finished{false};
};

/// Makes the table where it is not there.
Result<void> create_scan_table(Connection& connection);
/// Nothing if nobody ever scanned.
Result<std::optional<ScanState>> read_scan_state(Connection& reader);
/// The model of the last scan; the usual one if there was none, or it is of another version.
Result<matching::Model> read_model(Connection& reader);
/// A scan begins: its model is there. Inside a transaction of the writer, as is `write_scan_place`.
Result<void> write_scan_begin(Connection& connection, std::int64_t job, const matching::Model& model);
Result<void> write_scan_place(Connection& connection, Id done_to, bool is_finished);

} // namespace mortise::host
