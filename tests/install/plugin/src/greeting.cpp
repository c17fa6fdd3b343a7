#include "greeting.hpp"

std::string greeter::greeting(std::string_view name)
{
    return "Hello, " + std::string{name};
}
