#pragma once

/// \file
/// The commands that send.

#include <mortise/plugin.hpp>

namespace mortise::plugins::email {

Value send(const Host& host, const Arguments& arguments, Work& work);
Value cancel_delivery(const Host& host, const Arguments& arguments, Work& work);
Value send_again(const Host& host, const Arguments& arguments, Work& work);

} // namespace mortise::plugins::email
