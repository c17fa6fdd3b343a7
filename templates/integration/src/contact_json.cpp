#include "contact_json.hpp"

namespace my_plugin {

std::string json_string(std::string_view text)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string json = "\"";
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            json.append(1, '\\').append(1, c);
        else if (code < 0x20)
            json.append("\\u00").append(1, digits[code >> 4U]).append(1, digits[code & 15U]);
        else
            json += c;
    }
    return json += '"';
}

std::string contact_json(const Contact& contact)
{
    return "{\"id\":\"" + std::to_string(contact.id) + "\",\"version\":" + std::to_string(contact.version)
        + ",\"name\":" + json_string(contact.name)
        + ",\"email\":" + (contact.email.empty() ? "null" : json_string(contact.email)) + '}';
}

std::string idempotency_key(const Contact& contact)
{
    return "contact-" + std::to_string(contact.id) + '-' + std::to_string(contact.version);
}

} // namespace my_plugin
