#pragma once

/// \file
/// The commands that read messages and take them in.

#include <mortise/plugin.hpp>

namespace mortise::plugins::email {

Value parse(const Host& host, const Arguments& arguments);
Value ingest(const Host& host, const Arguments& arguments, Work& work);
/// Each message of the files in a unit of its own.
Value import_messages(const Host& host, const Arguments& arguments);
Value add_mailbox(const Host& host, const Arguments& arguments, Work& work);
Value adopt_sender(const Host& host, const Arguments& arguments, Work& work);
Value suppress(const Host& host, const Arguments& arguments, Work& work);
Value allow(const Host& host, const Arguments& arguments, Work& work);

/// The mailbox of that address; fails with not_found.
Id require_mailbox(const Host& host, std::string_view address);

} // namespace mortise::plugins::email
