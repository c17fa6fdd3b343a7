#pragma once

/// \file
/// The values of a bundle's records: references by what the others are called, and whether a record is there
/// already.

#include "bundles/bundle.hpp"
#include "records/records.hpp"

#include <mortise/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// The fields by which a record of the type is found again.
std::vector<std::string> match_fields(const RecordType& type, const BundleRecord& record);

/// The values with every {"by", "is"} of a reference field as the id of that record. Errors: `not_found`
/// (key "bundles.no_record") and `conflict` (key "bundles.several_records").
Result<Map> resolved_values(Records& records, const RecordType& type, const BundleRecord& record);

/// The record that is there already. `values` are resolved.
Result<std::optional<Id>> find_record(
    Records& records, const RecordType& type, const std::vector<std::string>& match, const Map& values
);

/// What a person calls the record: its title, or the first text in it.
std::string record_title(const std::string& title_field, const BundleRecord& record);

/// As JSON of a step carries it, and back.
boost::json::object json_of(const BundleRecord& record);
BundleRecord record_of(std::string_view type, const boost::json::object& json);

} // namespace mortise::host
