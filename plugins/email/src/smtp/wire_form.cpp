#include "smtp/wire_form.hpp"

namespace mortise::plugins::email {

std::string to_wire_form(std::string_view message)
{
    std::string wire;
    wire.reserve(message.size() + message.size() / 32 + 2);
    bool is_line_start = true;
    for (std::size_t i = 0; i < message.size(); ++i) {
        const char c = message[i];
        if (c == '\0') continue;
        if (c == '\r' || c == '\n') {
            if (c == '\r' && i + 1 < message.size() && message[i + 1] == '\n') ++i;
            wire += "\r\n";
            is_line_start = true;
            continue;
        }
        if (is_line_start && c == '.') wire += '.';
        wire += c;
        is_line_start = false;
    }
    if (!is_line_start) wire += "\r\n";
    return wire;
}

} // namespace mortise::plugins::email
