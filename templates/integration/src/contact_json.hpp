#pragma once

/// \file
/// The form in which a contact is sent, without the host: plain functions that a unit test calls.

#include <cstdint>
#include <string>
#include <string_view>

namespace my_plugin {

struct Contact {
    std::int64_t id{0};
    std::int64_t version{0};
    std::string name;
    std::string email;
};

/// A text as a JSON string, with its quotes.
std::string json_string(std::string_view text);
/// {"id":"42","version":3,"name":"Marie Curie","email":null}
std::string contact_json(const Contact& contact);
/// The same for the same state of a contact, so that the other side notices what it has already.
std::string idempotency_key(const Contact& contact);

} // namespace my_plugin
