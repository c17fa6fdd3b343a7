#include "greeting.hpp"

#include <mortise/plugin.hpp>

class Greeter : public mortise::Plugin {
public:
    explicit Greeter(mortise::Host host) : Plugin(std::move(host))
    {
        command("greeter.greet", [](const mortise::Arguments& arguments) -> mortise::Value {
            return mortise::Map{{"text", greeter::greeting(arguments["name"].text())}};
        });
    }
};
MORTISE_PLUGIN(Greeter)
