#include "greeting.hpp"

namespace my_plugin {

std::string greeting(std::string_view word, std::string_view name)
{
    std::string text{word};
    if (!name.empty()) text.append(", ").append(name);
    return text;
}

bool lacks_email(std::string_view kind, std::string_view email)
{
    return kind == "person" && email.empty();
}

} // namespace my_plugin
