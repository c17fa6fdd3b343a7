#pragma once

/// \file
/// Is told by servers what is new (IMAP IDLE), so that messages need not wait for the next look.

#include "sync/sync_job.hpp"

namespace mortise::plugins::email {

/// The job: keeps a connection to each mailbox whose server offers it, and starts a reading when something
/// arrives. Runs until it is asked to stop, or there is nothing to watch.
Value watch_mailboxes(const Host& host, SyncState& state, Job& running);

} // namespace mortise::plugins::email
