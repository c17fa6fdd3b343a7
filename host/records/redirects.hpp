#pragma once

/// \file
/// Records that were merged into others: their ids lead on to the survivor, for ever or until the merge is
/// undone. A survivor may have been merged itself: redirects are followed to their end.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <vector>

namespace mortise::host {

class Connection;

/// Makes the table where it is not there.
Result<void> create_redirect_table(Connection& connection);

/// The record that `id` stands for now; Id{} if it was not merged away.
Result<Id> redirected(Connection& connection, Id id);

/// All ids that lead to `id`, straight or through others, in the order of their numbers.
Result<std::vector<Id>> redirects_to(Connection& connection, Id id);

/// Inside a transaction of the writer.
Result<void> add_redirect(Connection& connection, Id old, Id target, Id merge);
/// Takes away those that a merge made. Inside a transaction of the writer.
Result<void> remove_redirects(Connection& connection, Id merge);

} // namespace mortise::host
