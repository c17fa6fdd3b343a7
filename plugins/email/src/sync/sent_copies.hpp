#pragma once

/// \file
/// Copies of what was sent, in the mailbox's folder for sent messages. A delivery that was sent waits for its
/// copy until the mailbox is read next; before one is filed the folder is searched for it, so that nothing is
/// there twice, whatever ended the host in between.

#include "imap/imap_client.hpp"

#include <mortise/host.hpp>

#include <functional>
#include <string_view>

namespace mortise::plugins::email {

/// What becomes of the copy of a message that was sent from the mailbox: "waiting", "left_to_server", or
/// empty for none.
std::string_view copy_of_sent(const Record& mailbox);

/// Files what waits. What the server refuses is told on the delivery and tried again for three days; throws
/// mortise::Failure when the connection is of no more use.
void file_sent_copies(
    const Host& host, ImapClient& client, const Record& mailbox, const std::function<bool()>& should_stop
);

} // namespace mortise::plugins::email
