#include "outbox/passwords.hpp"

#include "mime/charset.hpp"
#include "store/addresses.hpp"

namespace mortise::plugins::email {

std::optional<std::string> find_password(std::string_view passwords, std::string_view address)
{
    const std::string wanted = normal_address(address);
    while (!passwords.empty()) {
        const auto end = passwords.find('\n');
        std::string_view line = passwords.substr(0, end);
        passwords.remove_prefix(end == std::string_view::npos ? passwords.size() : end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        const auto blank = line.find_first_of(" \t");
        if (blank == std::string_view::npos || normal_address(line.substr(0, blank)) != wanted) continue;
        const auto begin = line.find_first_not_of(" \t", blank);
        if (begin != std::string_view::npos) return std::string{line.substr(begin)};
    }
    return std::nullopt;
}

} // namespace mortise::plugins::email
