#include "smtp/wire_form.hpp"

namespace mortise::plugins::email {

namespace {

std::string with_line_ends(std::string_view message, bool doubles_dots)
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
        if (is_line_start && c == '.' && doubles_dots) wire += '.';
        wire += c;
        is_line_start = false;
    }
    if (!is_line_start) wire += "\r\n";
    return wire;
}

} // namespace

std::string to_wire_form(std::string_view message)
{
    return with_line_ends(message, true);
}

std::string plain_lines(std::string_view message)
{
    return with_line_ends(message, false);
}

} // namespace mortise::plugins::email
