#pragma once

/// \file
/// Who may let a field refer to which contents: whoever handed them in, and whoever may read a record that
/// has them. Knowing a digest gives nothing.

#include "access/principal.hpp"
#include "blobs/blob_store.hpp"
#include "records/prepared_unit.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <string>
#include <string_view>

namespace mortise::host {

/// In whose name a principal hands contents in: its plugin's, else its person's.
std::string file_claimant(const Principal& principal);

/// What a field takes of contents of that name and media type, once `digest` and `size` are set too. Error:
/// invalid (`records.wrong_value` at "name") for a name or a type that is none.
Result<Map> file_named(std::string_view name, std::string_view type);
/// The same with the contents.
Map file_value(Map named, const BlobFile& contents);

/// Checks the value of a field of the kind `file` that is about to change, and sets its size to what the
/// contents have. Error: invalid (`records.unknown_file`), the same whether there are no such contents or the
/// principal may not know of them.
Result<void>
check_file(const Preparation& given, const RecordType& type, const Field& field, Id record, Value& value);

} // namespace mortise::host
