#pragma once

/// \file
/// A session with the IMAP server of a mailbox, logged in.

#include "imap/imap_client.hpp"
#include "smtp/host_wire.hpp"
#include "smtp/server.hpp"

#include <mortise/host.hpp>

#include <memory>
#include <string>
#include <vector>

namespace mortise::plugins::email {

struct ImapSession {
    std::unique_ptr<HostWire> wire;
    std::unique_ptr<ImapClient> client;
};

/// Connects and logs in, as the record of the mailbox says; throws mortise::Failure.
ImapSession open_session(const Host& host, const Record& mailbox);
/// The folders that are read: those of the record, or INBOX.
std::vector<std::string> folders_of(const Record& mailbox);

} // namespace mortise::plugins::email
