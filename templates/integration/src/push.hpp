#pragma once

/// \file
/// The job: sends contacts that are new or changed since the last time, a batch at a time.

#include <mortise/plugin.hpp>

namespace my_plugin {

/// Runs on a thread of its own. After each batch it keeps how far it came, so that a crash, a cancel or a
/// server that is away loses nothing; what was sent and not kept is sent again, with the same idempotency
/// key.
mortise::Value push_contacts(const mortise::Host& host, mortise::Job& job);

} // namespace my_plugin
