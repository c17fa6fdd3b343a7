#pragma once

/// \file
/// What full text search keeps of a record: the folded words of its title and of its other searchable fields.

#include "records/row.hpp"
#include "records/schema.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <optional>
#include <string>
#include <vector>

namespace mortise::host {

class Connection;

struct SearchDocument {
    std::string title; ///< words with blanks between them
    std::string body;
    std::string scope; ///< "t5 o17": its type, its owner
};

/// Whether records of the type are found by search.
bool is_searchable(const RecordType& type);
/// The words of those fields of a record that search knows; of hidden ones none.
std::string searched_text(const RecordType& type, const Row& row);
/// Changes when documents of the type must be made anew.
std::string search_signature(const RecordType& type);
/// Nothing if the record is not there or deleted.
Result<std::optional<SearchDocument>>
make_document(Connection& reader, const Schema& schema, const RecordType& type, Id id);

std::string type_token(const RecordType& type);
std::string owner_token(Id owner);

} // namespace mortise::host
